import type { EndpointId, Exchange, Rhythm } from "../plan/network-plan.ts";
import { mix, type Random } from "../random/random.ts";
import { EXCHANGE, queryOn, webOn } from "./exchanges.ts";
import { favourite, habit, ownOf, type Habit, type Life } from "./life.ts";
import type { Person, Placed } from "./office-hosts.ts";
import { personsRhythm, type PersonsHours, type WorkWeek } from "./rhythms.ts";

/** When each person is there. Callers work in two shifts. */
export function peoplesRhythms(people: readonly Person[], week: WorkWeek): Map<EndpointId, Rhythm> {
  const hoursOf = ({ kind, id }: Person): PersonsHours => {
    if (kind === "caller") {
      const shift = id % 2 === 0 ? { comesAt: 425, leavesAt: 930 } : { comesAt: 800, leavesAt: 1_255 };
      return { ...shift, everyDay: true };
    }
    return kind === "developer" ? { comesAt: 555, leavesAt: 1_090 } : { comesAt: 490, leavesAt: 1_025 };
  };
  return new Map(people.map((person) => [person.id, personsRhythm(person.id, hoursOf(person), week)]));
}

export function addPeoplesLife(life: Life): void {
  for (const person of life.office.people) addPerson(life, person);
}

function addPerson(life: Life, person: Person): void {
  const { office } = life;
  const rhythm = life.rhythms.get(person.id);
  const does = (more: Habit) => habit(life, person.id, rhythm === undefined ? more : { ...more, rhythm });
  addBrowsing(life, person, does);
  addDirectory(life, person.id, does);

  does({ to: office.intranetBalancer, exchange: EXCHANGE.https, perHour: 5 });
  does({ to: office.intranetBalancer, exchange: EXCHANGE.http, perHour: 0.3 });
  does({ to: office.erpBalancer, exchange: EXCHANGE.https, perHour: person.kind === "office" ? 5 : 1.5 });
  does({ to: office.wikis, exchange: EXCHANGE.https, perHour: 1.8 });
  does({ to: ownOf(person.id, office.fileServers), exchange: EXCHANGE.smb, perHour: 2.6 });
  does({ to: office.mail, exchange: EXCHANGE.imaps, perHour: 4 });
  does({ to: office.mail, exchange: EXCHANGE.submission, perHour: 0.8 });
  does({ to: office.printing, exchange: EXCHANGE.ipp, perHour: 0.3 });
  does({ to: office.updates, exchange: EXCHANGE.updates, perHour: 0.5 });
  if (person.kind === "developer") addDeveloping(life, person, does);
  if (person.kind === "caller") addCalling(life, does);
  if (person.kind === "office") {
    does({ to: office.licences, exchange: EXCHANGE.licence, perHour: 0.5 });
    if (person.id % 3 === 0) does({ to: office.terminals, exchange: EXCHANGE.rdp, perHour: 0.35 });
    // Sheets that read from the data warehouse.
    if (person.id % 4 === 0) does({ to: office.sqlServer, exchange: queryOn(1433), perHour: 0.8 });
  }
  addNoise(life, person, does);
}

function addBrowsing(life: Life, person: Person, does: (more: Habit) => void): void {
  const { outside, office } = life;
  const many = 18 + (mix(life.seed, person.id, 11) % 28);
  const ownSites = Array.from(
    { length: many },
    (_, i) => outside.firstSite + (mix(life.seed, person.id, 1_000 + i) % outside.sites),
  );
  const site = (random: Random) => favourite(ownSites, random);
  const cloud = (random: Random) => favourite(office.clouds, random).id;
  does({ to: site, exchange: EXCHANGE.https, perHour: 11 });
  does({ to: site, exchange: EXCHANGE.http, perHour: 0.6 });
  does({ to: cloud, exchange: EXCHANGE.https, perHour: 9 });
  does({ to: cloud, exchange: EXCHANGE.suite, perHour: 9 });
  does({ to: cloud, exchange: EXCHANGE.quic, perHour: 4 });
  does({ to: office.clouds[0], exchange: EXCHANGE.push, perHour: 0.5 });
  does({ to: cloud, exchange: EXCHANGE.download, perHour: 0.25 });
  const meetings = office.clouds.find(({ name }) => name === "meetings") ?? office.clouds[0];
  does({ to: meetings, exchange: EXCHANGE.meeting, perHour: person.kind === "caller" ? 0.02 : 0.14 });
}

function addDirectory(life: Life, id: EndpointId, does: (more: Habit) => void): void {
  const [first, ...others] = life.office.directory;
  const own = ownOf(id, life.office.directory);
  // The second name server is asked when the first is slow.
  const names = (random: Random) => (random.chance(0.85) ? own.id : (others[0] ?? first).id);
  does({ to: names, exchange: EXCHANGE.dns, perHour: 26 });
  does({ to: names, exchange: EXCHANGE.dnsOverTcp, perHour: 0.15 });
  addSignIn(life, id, does, 1);
  does({ to: own, exchange: EXCHANGE.dhcp, perHour: 0.25 });
  does({ to: own, exchange: EXCHANGE.ntp, perHour: 0.9 });
}

/** What a machine of the domain asks of its directory server. */
export function addSignIn(life: Life, id: EndpointId, does: (more: Habit) => void, load: number): void {
  const own = ownOf(id, life.office.directory);
  const asks: readonly (readonly [Exchange, number])[] = [
    [EXCHANGE.kerberos, 2],
    [EXCHANGE.ldap, 1],
    [EXCHANGE.cldap, 0.7],
    [EXCHANGE.rpcMapper, 0.5],
    [EXCHANGE.rpc, 0.5],
    [EXCHANGE.policy, 0.7],
    [EXCHANGE.globalCatalogue, 0.4],
  ];
  for (const [exchange, perHour] of asks) does({ to: own, exchange, perHour: perHour * load });
}

function addDeveloping({ office }: Life, { id }: Person, does: (more: Habit) => void): void {
  // A team has its machine; who belongs to none goes to all.
  const own = id % 5 === 0 ? office.developerMachines : ownOf(id, office.developerMachines);
  does({ to: office.git, exchange: EXCHANGE.https, perHour: 3 });
  does({ to: office.git, exchange: EXCHANGE.sftp, perHour: 2 });
  does({ to: own, exchange: EXCHANGE.ssh, perHour: 1.4 });
  does({ to: own, exchange: webOn(8080), perHour: 2 });
  does({ to: own, exchange: webOn(3000), perHour: 1.2 });
  does({ to: office.builders, exchange: webOn(8080), perHour: 1 });
  does({ to: office.apiBalancer, exchange: EXCHANGE.https, perHour: 2 });
  does({ to: ownOf(0, office.postgres), exchange: queryOn(5432), perHour: 0.5 });
  does({ to: ownOf(0, office.nodes), exchange: EXCHANGE.kubernetesApi, perHour: 0.3 });
  does({ to: office.nodes, exchange: webOn(30_080), perHour: 0.5 });
  does({ to: office.licences, exchange: EXCHANGE.licence, perHour: 0.4 });
}

function addCalling({ office }: Life, does: (more: Habit) => void): void {
  does({ to: office.exchangeOfPhones, exchange: EXCHANGE.sip, perHour: 14 });
  does({
    to: office.exchangeOfPhones,
    exchange: (random) => ({ ...EXCHANGE.voice, port: 16_384 + 2 * random.below(5_000) }),
    perHour: 7,
  });
}

/** What machines call into their own subnet, and the few answers they get from neighbours. */
function addNoise(life: Life, person: Person, does: (more: Habit) => void): void {
  const { groups, office } = life;
  does({ to: groups.mdns, exchange: EXCHANGE.mdns, perHour: 1.6 });
  if (person.kind === "developer") return;
  does({ to: groups.llmnr, exchange: EXCHANGE.llmnr, perHour: 1.2 });
  does({ to: groups.ssdp, exchange: EXCHANGE.ssdp, perHour: 0.4 });
  does({ to: groups.broadcast, exchange: EXCHANGE.dhcpDiscover, perHour: 0.08 });
  const neighbours: readonly Placed[] = office.people
    .filter(({ id, kind }) => kind !== "developer" && Math.abs(id - person.id) < 12 && id !== person.id)
    .map(({ id }) => ({ id, name: "", openPorts: [] }));
  if (neighbours.length > 0) {
    const mishaps = { unanswered: 0.4 };
    does({ to: neighbours, exchange: EXCHANGE.netbios, perHour: 0.25, mishaps });
  }
}
