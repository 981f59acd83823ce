import type { EndpointId, Exchange } from "../plan/network-plan.ts";
import { EXCHANGE, webOn } from "./exchanges.ts";
import { habit, ownOf, type Habit, type Life } from "./life.ts";
import type { Placed } from "./office-hosts.ts";
import { addSignIn } from "./people-life.ts";
import { between, publicRhythm } from "./rhythms.ts";

/** What keeps machines running: names, time, logs, monitoring, patches, backups at night. */
export function addUpkeep(life: Life): void {
  const { office } = life;
  const windows = [...office.sqlServer, ...office.terminals, office.updates, office.printing];
  const linux = [
    office.mail,
    ...office.wikis,
    office.git,
    office.licences,
    office.access,
    office.exchangeOfPhones,
    office.fileTransfer,
    office.vpn,
    office.collector,
    office.monitoring,
    ...office.intranetApps,
    ...office.erpApps,
    ...office.publicWeb,
    ...office.postgres,
    ...office.mysql,
    office.mongo,
    office.redis,
    office.search,
    ...office.fileServers,
    ...office.nfs,
    ...office.iscsi,
    office.backup,
    office.intranetBalancer,
    office.erpBalancer,
    office.publicBalancer,
    office.apiBalancer,
    ...office.nodes,
    ...office.builders,
    ...office.developerMachines,
    office.jump,
    office.scanner,
  ];
  for (const machine of [...windows, ...linux]) addCare(life, machine);
  for (const { id } of windows) {
    addSignIn(life, id, (more) => habit(life, id, more), 0.5);
    habit(life, id, { to: office.updates, exchange: EXCHANGE.updates, perHour: 0.2 });
  }
  for (const server of office.fileServers) {
    addSignIn(life, server.id, (more) => habit(life, server.id, more), 0.4);
  }
  addDirectoryUpkeep(life);
  addMonitoring(life, [...office.directory, ...windows, ...linux]);
  addBackups(life);
  addAdministration(life, linux);
}

function addCare(life: Life, { id }: Placed): void {
  const { office } = life;
  const does = (more: Habit) => habit(life, id, more);
  does({ to: ownOf(id, office.directory), exchange: EXCHANGE.dns, perHour: 5 });
  if (id !== office.access.id) does({ to: office.access, exchange: EXCHANGE.ntp, perHour: 2.5 });
  if (id !== office.collector.id) does({ to: office.collector, exchange: EXCHANGE.syslog, perHour: 3 });
  const patches = office.clouds.find(({ name }) => name === "operating system updates") ?? office.clouds[0];
  does({ to: patches, exchange: webOn(443), perHour: 0.15 });
}

function addDirectoryUpkeep(life: Life): void {
  const { office, outside } = life;
  const provider = [outside.firstVisitor + 80, outside.firstVisitor + 81] as const;
  for (const [i, server] of office.directory.entries()) {
    const other = office.directory[(i + 1) % office.directory.length];
    // Names the directory does not know are asked of the provider.
    life.builder.reaction(server.id, ({ startMs, exchange }, random, begin) => {
      if (exchange.port !== 53 || !random.chance(0.12)) return;
      const to = random.pick(provider);
      begin({ atMs: startMs + 1, client: server.id, server: to, exchange: EXCHANGE.dns });
    });
    const does = (more: Habit) => habit(life, server.id, more);
    does({ to: other, exchange: EXCHANGE.rpc, perHour: 6 });
    does({ to: other, exchange: EXCHANGE.ldap, perHour: 2 });
    does({ to: other, exchange: EXCHANGE.kerberos, perHour: 2 });
    does({ to: office.access, exchange: EXCHANGE.ntp, perHour: 2 });
    does({ to: office.updates, exchange: EXCHANGE.updates, perHour: 0.2 });
  }
  const timeSources = (random: { below(below: number): number }) =>
    outside.firstVisitor + 84 + random.below(4);
  habit(life, office.access.id, { to: timeSources, exchange: EXCHANGE.ntp, perHour: 4 });
  for (const { id } of [office.wirelessController, office.vpn]) {
    habit(life, id, {
      to: office.access,
      exchange: EXCHANGE.radius,
      perHour: id === office.vpn.id ? 6 : 30,
      rhythm: publicRhythm(0.05),
    });
  }
}

function addMonitoring(life: Life, machines: readonly Placed[]): void {
  const { office, builder } = life;
  const self = office.monitoring.id;
  const devices = networkDevices(life);
  const poll = (id: EndpointId, exchange: Exchange, everyMinutes: number) =>
    builder.activity({
      client: self,
      server: id,
      exchange,
      everyMinutes,
      atMinute: id % everyMinutes,
      mishaps: { unanswered: 0.001 },
    });
  for (const { id } of devices) poll(id, EXCHANGE.snmp, 5);
  for (const { id } of machines) if (id !== self) poll(id, EXCHANGE.agent, 5);
  for (const { id } of [...devices, ...machines]) {
    if (id === self) continue;
    builder.activity({
      client: self,
      server: id,
      exchange: EXCHANGE.ping,
      everyMinutes: 10,
      atMinute: id % 10,
    });
  }
  for (const { id } of administrators(life)) {
    const rhythm = life.rhythms.get(id);
    for (const to of [office.monitoring, office.collector]) {
      const more = { to, exchange: webOn(443), perHour: 4 };
      habit(life, id, rhythm === undefined ? more : { ...more, rhythm });
    }
  }
}

/** Everything that keeps data sends it at night; databases ship their logs each half hour. */
function addBackups(life: Life): void {
  const { office, builder } = life;
  const databases = [
    ...office.postgres,
    ...office.mysql,
    ...office.sqlServer,
    office.mongo,
    office.redis,
    office.search,
  ];
  const whole = [...databases, ...office.fileServers, office.mail, office.git, ...office.wikis];
  for (const [i, { id }] of whole.entries()) {
    builder.activity({
      client: id,
      server: office.backup.id,
      exchange: EXCHANGE.rsync,
      everyMinutes: 1_440,
      atMinute: 30 + ((i * 11) % 200),
    });
  }
  for (const { id } of databases) {
    builder.activity({
      client: id,
      server: office.backup.id,
      exchange: { ...EXCHANGE.rsync, up: [4e6, 1], durationMs: [3_000, 0.6], rounds: [20, 0.3] },
      everyMinutes: 30,
      atMinute: id % 30,
    });
  }
}

/** Administrators come through the jump host, from their own machines. */
function addAdministration(life: Life, machines: readonly Placed[]): void {
  const { office } = life;
  for (const { id } of administrators(life)) {
    const rhythm = life.rhythms.get(id);
    const more = { to: office.jump, exchange: EXCHANGE.ssh, perHour: 3 };
    habit(life, id, rhythm === undefined ? more : { ...more, rhythm });
  }
  const others = machines.filter(({ id }) => id !== office.jump.id);
  const targets = [...others, ...networkDevices(life)];
  habit(life, office.jump.id, {
    to: targets,
    exchange: EXCHANGE.ssh,
    perHour: 14,
    rhythm: between(480, 1_080, 0.05),
  });
}

function administrators({ office }: Life): readonly { readonly id: EndpointId }[] {
  return office.people.filter(({ kind }) => kind === "developer").slice(0, 4);
}

export function networkDevices({ office }: Life): Placed[] {
  return [...office.routers, office.wirelessController, ...office.accessSwitches, ...office.accessPoints];
}
