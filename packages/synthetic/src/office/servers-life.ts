import type { EndpointId, Exchange, Reaction } from "../plan/network-plan.ts";
import { callOn, EXCHANGE, pooledOn, queryOn } from "./exchanges.ts";
import { habit, USUAL_MISHAPS, type Life } from "./life.ts";
import type { Placed } from "./office-hosts.ts";
import { publicRhythm } from "./rhythms.ts";

/** What servers do for those who ask them, and on their own behalf. */
export function addServersLife(life: Life): void {
  addBalancers(life);
  addApplications(life);
  addMail(life);
  addFilesAndDatabases(life);
  addWayIn(life);
}

const CHECKS_A_MINUTE = 1;

/** A balancer answers redirects itself and hands everything else on, decrypted, to the next of its pool. */
function addBalancers(life: Life): void {
  const { office, builder } = life;
  const pools: readonly (readonly [Placed, readonly Placed[], number])[] = [
    [office.intranetBalancer, office.intranetApps, 8080],
    [office.erpBalancer, office.erpApps, 8443],
    [office.publicBalancer, office.publicWeb, 8080],
    [office.apiBalancer, office.gateways, 3000],
  ];
  for (const [balancer, pool, port] of pools) {
    const handOn: Reaction = ({ startMs, exchange, upBytes, downBytes, durationMs }, random, begin) => {
      if (exchange.port !== 443) return;
      begin({
        atMs: startMs + random.between(1, 6),
        client: balancer.id,
        server: random.pick(pool).id,
        exchange: {
          protocol: 6,
          port,
          up: [Math.max(200, upBytes - 500), 0.05],
          down: [Math.max(200, downBytes - 3_000), 0.05],
          durationMs: [durationMs * 0.9, 0],
          rounds: [2, 0.4],
        },
      });
    };
    builder.reaction(balancer.id, handOn);
    for (const { id } of pool) {
      builder.activity({
        client: balancer.id,
        server: id,
        exchange: callOn(port),
        everyMinutes: 1,
        burst: CHECKS_A_MINUTE,
        mishaps: { unanswered: 0.0005, refused: 0.0005 },
      });
    }
  }
}

interface Asks {
  readonly of: readonly Placed[];
  readonly exchange: Exchange;
  /** How often, of the conversations accepted on `onPort`. */
  readonly share: number;
}

/** Asks others for some of what it is asked, while the client waits. */
function asking(self: EndpointId, onPorts: readonly number[], asks: readonly Asks[]): Reaction {
  return ({ startMs, exchange }, random, begin) => {
    if (!onPorts.includes(exchange.port)) return;
    let atMs = startMs;
    for (const ask of asks) {
      if (!random.chance(ask.share)) continue;
      atMs += random.between(2, 25);
      begin({ atMs, client: self, server: random.pick(ask.of).id, exchange: ask.exchange });
    }
  };
}

function addApplications(life: Life): void {
  const { office, builder } = life;
  const react = (hosts: readonly Placed[], ports: readonly number[], asks: readonly Asks[]) => {
    for (const { id } of hosts) builder.reaction(id, asking(id, ports, asks));
  };
  react(
    office.intranetApps,
    [8080],
    [
      { of: office.mysql, exchange: queryOn(3306), share: 0.25 },
      { of: [office.redis], exchange: callOn(6379), share: 0.3 },
      { of: office.directory, exchange: EXCHANGE.ldap, share: 0.03 },
    ],
  );
  react(
    office.erpApps,
    [8443],
    [
      { of: office.sqlServer.slice(0, 2), exchange: queryOn(1433), share: 0.4 },
      { of: [office.apiBalancer], exchange: EXCHANGE.https, share: 0.15 },
    ],
  );
  react(
    office.publicWeb,
    [8080],
    [
      { of: office.mysql.slice(-1), exchange: queryOn(3306), share: 0.3 },
      { of: [office.apiBalancer], exchange: EXCHANGE.https, share: 0.1 },
    ],
  );
  react(
    office.wikis,
    [443],
    [
      { of: office.mysql, exchange: queryOn(3306), share: 0.2 },
      { of: [office.search], exchange: callOn(9200), share: 0.15 },
    ],
  );
  react(
    [office.git],
    [443, 22],
    [
      { of: office.builders, exchange: callOn(8080), share: 0.1 },
      { of: office.directory, exchange: EXCHANGE.ldap, share: 0.05 },
    ],
  );
  const pools: readonly (readonly [readonly Placed[], readonly Placed[], Exchange])[] = [
    [office.intranetApps, office.mysql, pooledOn(3306)],
    [office.erpApps, office.sqlServer.slice(0, 2), pooledOn(1433)],
    [office.wikis, office.postgres.slice(-1), pooledOn(5432)],
    [[office.git], office.postgres.slice(-1), pooledOn(5432)],
  ];
  for (const [applications, databases, exchange] of pools) {
    for (const { id } of applications) habit(life, id, { to: databases, exchange, perHour: 3 });
  }
}

function addMail(life: Life): void {
  const { office, outside, builder } = life;
  const visitor = (random: { below(below: number): number }) =>
    outside.firstVisitor + random.below(Math.min(2_000, outside.visitors));
  const rhythm = publicRhythm(0.2);
  builder.activity({
    client: visitor,
    server: office.mail.id,
    exchange: EXCHANGE.smtp,
    perHour: 55,
    rhythm,
    mishaps: USUAL_MISHAPS,
  });
  habit(life, office.mail.id, { to: visitor, exchange: EXCHANGE.smtp, perHour: 35, rhythm });
  builder.reaction(
    office.mail.id,
    asking(
      office.mail.id,
      [25, 587, 993],
      [
        { of: office.directory, exchange: EXCHANGE.ldap, share: 0.08 },
        { of: office.directory, exchange: EXCHANGE.dns, share: 0.25 },
      ],
    ),
  );
}

function addFilesAndDatabases(life: Life): void {
  const { office } = life;
  const databases = [...office.postgres, ...office.mysql, ...office.sqlServer];
  const mounts: readonly (readonly [readonly Placed[], number])[] = [
    [office.nodes, 4],
    [office.builders, 3],
    [office.developerMachines, 1.5],
    [office.intranetApps, 2],
    [office.publicWeb, 1],
    [office.wikis, 1],
  ];
  for (const [clients, perHour] of mounts) {
    for (const { id } of clients) habit(life, id, { to: office.nfs, exchange: EXCHANGE.nfs, perHour });
  }
  for (const { id } of [...databases, ...office.nodes]) {
    habit(life, id, { to: office.iscsi, exchange: EXCHANGE.iscsi, perHour: 1.2 });
  }
  // Standbys keep up with their first.
  for (const [group, port] of [
    [office.postgres, 5432],
    [office.mysql, 3306],
    [office.sqlServer, 1433],
  ] as const) {
    for (const { id } of group.slice(1)) {
      habit(life, id, { to: group[0], exchange: pooledOn(port), perHour: 2 });
    }
  }
  const erpReports = office.people.filter(({ kind, id }) => kind === "sales" && id % 3 === 0);
  for (const { id } of erpReports) {
    const rhythm = life.rhythms.get(id);
    const more = { to: office.sqlServer.slice(-1), exchange: queryOn(1433), perHour: 0.6 };
    habit(life, id, rhythm === undefined ? more : { ...more, rhythm });
  }
}

/** Who comes in from outside. */
function addWayIn(life: Life): void {
  const { office, outside, builder } = life;
  const visitor = (random: { below(below: number): number }) =>
    outside.firstVisitor + random.below(outside.visitors);
  const worker = (random: { below(below: number): number }) => outside.firstVisitor + random.below(25);
  const partner = (random: { below(below: number): number }) => outside.firstVisitor + 100 + random.below(12);
  const comes = (client: typeof visitor, to: Placed, exchange: Exchange, perHour: number, night: number) =>
    builder.activity({
      client,
      server: to.id,
      exchange,
      perHour,
      rhythm: publicRhythm(night),
      mishaps: USUAL_MISHAPS,
    });
  comes(visitor, office.publicBalancer, EXCHANGE.https, 170, 0.2);
  comes(visitor, office.publicBalancer, EXCHANGE.http, 25, 0.2);
  comes(partner, office.publicBalancer, EXCHANGE.https, 30, 0.8);
  comes(worker, office.vpn, EXCHANGE.wireguard, 9, 0.1);
  comes(worker, office.vpn, EXCHANGE.https, 12, 0.1);
  comes(partner, office.fileTransfer, EXCHANGE.sftp, 14, 0.6);
  for (const { id } of [...office.erpApps, ...office.intranetApps]) {
    habit(life, id, { to: office.fileTransfer, exchange: EXCHANGE.sftp, perHour: 1 });
  }
  const trunk = outside.firstVisitor + 90;
  builder.activity({
    client: trunk,
    server: office.exchangeOfPhones.id,
    exchange: EXCHANGE.sip,
    perHour: 40,
    rhythm: publicRhythm(0.02),
  });
  habit(life, office.exchangeOfPhones.id, {
    to: trunk,
    exchange: EXCHANGE.sip,
    perHour: 40,
    rhythm: publicRhythm(0.02),
  });
}
