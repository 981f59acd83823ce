import type { Exchange, Reaction, Rhythm } from "../plan/network-plan.ts";
import { callOn, EXCHANGE, pooledOn, queryOn, webOn } from "./exchanges.ts";
import { habit, ownOf, type Life } from "./life.ts";
import type { Placed } from "./office-hosts.ts";
import { addSignIn } from "./people-life.ts";
import { between, publicRhythm } from "./rhythms.ts";

/** Containers that call each other, the nodes they run on, and the machines of developers and administrators. */
export function addClusterLife(life: Life): void {
  addContainers(life);
  addNodes(life);
  addMachines(life);
}

function addContainers(life: Life): void {
  const { office, builder } = life;
  const { gateways, services } = office;
  const calls = (share: number, of: readonly Placed[], exchange: Exchange) => ({ share, of, exchange });
  const reaction =
    (self: number, asks: readonly ReturnType<typeof calls>[]): Reaction =>
    ({ startMs, exchange }, random, begin) => {
      if (exchange.port !== 8000 && exchange.port !== 3000) return;
      for (const { share, of, exchange: asked } of asks) {
        if (!random.chance(share)) continue;
        begin({
          atMs: startMs + random.between(1, 20),
          client: self,
          server: random.pick(of).id,
          exchange: asked,
        });
      }
    };
  for (const { id } of gateways) {
    builder.reaction(
      id,
      reaction(id, [
        calls(0.9, services, callOn(8000)),
        calls(0.3, services, callOn(8000)),
        calls(0.2, [office.redis], callOn(6379)),
      ]),
    );
  }
  for (const [i, { id }] of services.entries()) {
    // A service knows a few others, not all.
    const known = services.filter((_, other) => other !== i && (other * 7 + i) % 4 === 0);
    const stores = [
      calls(0.3, [office.redis], callOn(6379)),
      i % 3 === 0
        ? calls(0.25, [office.mongo], queryOn(27_017))
        : calls(0.25, [ownOf(i, office.postgres)], queryOn(5432)),
      calls(i % 4 === 1 ? 0.2 : 0, [office.search], callOn(9200)),
    ];
    const others = known.length === 0 ? [] : [calls(0.35, known, callOn(8000))];
    builder.reaction(id, reaction(id, [...others, ...stores]));
    if (known.length > 0) {
      habit(life, id, { to: known, exchange: callOn(8000), perHour: 10, rhythm: publicRhythm(0.25) });
    }
    habit(life, id, { to: ownOf(i, office.postgres), exchange: pooledOn(5432), perHour: 1.5 });
  }
  for (const { id } of [...gateways, ...services, office.scraper]) {
    habit(life, id, {
      to: office.clusterDns,
      exchange: EXCHANGE.dns,
      perHour: 18,
      rhythm: publicRhythm(0.3),
    });
    habit(life, id, { to: ownOf(0, office.nodes), exchange: EXCHANGE.kubernetesApi, perHour: 0.8 });
  }
  builder.reaction(office.clusterDns.id, ({ startMs }, random, begin) => {
    if (!random.chance(0.15)) return;
    const server = random.pick(office.directory).id;
    begin({ atMs: startMs + 1, client: office.clusterDns.id, server, exchange: EXCHANGE.dns });
  });
  addScrapes(life);
}

function addScrapes(life: Life): void {
  const { office, builder } = life;
  const scrape = (server: number, exchange: Exchange) =>
    builder.activity({
      client: office.scraper.id,
      server,
      exchange,
      everyMinutes: 5,
      atMinute: server % 5,
      mishaps: { unanswered: 0.001 },
    });
  for (const { id } of office.gateways) scrape(id, callOn(3000));
  for (const { id } of office.services) scrape(id, callOn(8000));
  for (const { id } of office.nodes) scrape(id, EXCHANGE.kubelet);
  for (const { id } of office.developerMachines) {
    habit(life, id, {
      to: office.scraper,
      exchange: callOn(9090),
      perHour: 3,
      rhythm: between(480, 1_200, 0.1),
    });
  }
}

function addNodes(life: Life): void {
  const { office } = life;
  const [first, ...others] = office.nodes;
  for (const { id } of others) {
    habit(life, id, { to: first, exchange: EXCHANGE.kubernetesApi, perHour: 14 });
    habit(life, first.id, { to: id, exchange: EXCHANGE.kubelet, perHour: 12 });
  }
  for (const { id } of office.nodes) {
    habit(life, id, { to: office.clouds.slice(0, 7), exchange: EXCHANGE.download, perHour: 0.5 });
    habit(life, id, { to: office.services, exchange: callOn(8000), perHour: 20 });
  }
  habit(life, office.monitoring.id, { to: office.nodes, exchange: webOn(30_080), perHour: 12 });
}

function addMachines(life: Life): void {
  const { office } = life;
  const workday = between(500, 1_150, 0.08);
  for (const { id } of office.builders) {
    const does = (to: readonly Placed[] | Placed, exchange: Exchange, perHour: number) =>
      habit(life, id, { to, exchange, perHour, rhythm: workday });
    does(office.git, EXCHANGE.https, 9);
    does(office.clouds.slice(6, 8), EXCHANGE.download, 3);
    does(office.nodes, EXCHANGE.sftp, 3);
    does(office.developerMachines, EXCHANGE.sftp, 2);
    does(office.postgres.slice(0, 1), queryOn(5432), 3);
    does(ownOf(0, office.nodes), EXCHANGE.kubernetesApi, 3);
  }
  for (const [i, { id }] of office.developerMachines.entries()) {
    const does = (to: readonly Placed[] | Placed, exchange: Exchange, perHour: number) =>
      habit(life, id, { to, exchange, perHour, rhythm: workday });
    does(office.git, EXCHANGE.https, 4);
    does(ownOf(i, office.postgres), queryOn(5432), 8);
    does(office.redis, callOn(6379), 4);
    does(office.apiBalancer, EXCHANGE.https, 4);
    does(office.clouds.slice(5, 8), EXCHANGE.https, 2);
    does(ownOf(i + 1, office.developerMachines), webOn(8080), 3);
  }
  for (const { id } of office.terminals) addTerminal(life, id, workday);
}

/** Twenty people's programs on one machine. */
function addTerminal(life: Life, id: number, rhythm: Rhythm): void {
  const { office } = life;
  const does = (to: readonly Placed[] | Placed, exchange: Exchange, perHour: number) =>
    habit(life, id, { to, exchange, perHour, rhythm });
  does(office.intranetBalancer, EXCHANGE.https, 20);
  does(office.erpBalancer, EXCHANGE.https, 30);
  does(office.fileServers, EXCHANGE.smb, 10);
  does(office.mail, EXCHANGE.imaps, 10);
  does(office.clouds, EXCHANGE.https, 25);
  does(office.printing, EXCHANGE.ipp, 2);
  addSignIn(life, id, (more) => habit(life, id, { ...more, rhythm }), 6);
}
