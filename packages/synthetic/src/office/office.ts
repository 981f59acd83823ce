import { IP_PROTOCOL, type FlowBatch } from "@flowlens/flow";
import { createAddressBook } from "../flows/address-book.ts";
import type { Conversation, Outcome } from "../flows/conversation.ts";
import { createExportQueue } from "../flows/export-queue.ts";
import { observe } from "../flows/observe.ts";
import { seededRandom, type SeededRandom } from "../seeded-random.ts";
import { castOffice, DESKS_MOST, MACHINE_COUNT, makeSites, OFFICE_RANGES, type OfficeHost, type Segment } from "./cast.ts";
import { exportersBetween, INTERFACE_TO, OFFICE_EXPORTERS, type OfficeExporter } from "./exporters.ts";
import { officeHabits, type Habit } from "./habits.ts";
import { HOURS } from "./hours.ts";

export interface OfficeOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Hosts to be named, 100 to 3,500. Default 240. */
  readonly hosts?: number;
  /** Midnight at which the day begins, ms since 1970. */
  readonly dayStartMs: number;
}

/** What the exporters send in one minute of the office's time. */
export interface OfficeMinute {
  /** When the minute is over, ms since 1970. */
  readonly endMs: number;
  /** Records of each exporter, in the order of `exporters`. Of sFlow each row is one sampled packet. */
  readonly sent: readonly (readonly FlowBatch[])[];
  /** Conversations that began in it. */
  readonly conversations: number;
}

/** A made-up office: who is there, what they are, and what the exporters see of them. */
export interface Office {
  readonly hosts: readonly OfficeHost[];
  readonly internalRanges: readonly string[];
  readonly exporters: readonly OfficeExporter[];
  /** Day after day, a minute at a time, for ever; the same for the same options. Every day is a working day. */
  minutes(): Generator<OfficeMinute, never, void>;
}

const HOSTS_LEAST = 100;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SITES = 400;
const STRANGERS = 300;
/** Ports that clients take for themselves (IANA's ephemeral range). */
const FIRST_CLIENT_PORT = 49_152;
const PACKET_BYTES = 1_200;
const TCP_PACKETS_LEAST = 5;

/** @throws RangeError naming the option that cannot be */
export function createOffice({ seed = 1, hosts: wanted = 240, dayStartMs }: OfficeOptions): Office {
  const most = MACHINE_COUNT + DESKS_MOST;
  if (!Number.isInteger(wanted) || wanted < HOSTS_LEAST || wanted > most) {
    throw new RangeError(`An office has ${HOSTS_LEAST} to ${most} hosts, not ${wanted}.`);
  }
  const hosts = castOffice(wanted);
  return {
    hosts,
    internalRanges: OFFICE_RANGES,
    exporters: OFFICE_EXPORTERS,
    minutes: () => minutesOf(hosts, { seed, dayStartMs }),
  };
}

function* minutesOf(
  hosts: readonly OfficeHost[],
  { seed, dayStartMs }: { readonly seed: number; readonly dayStartMs: number },
): Generator<OfficeMinute, never, void> {
  const random = seededRandom(seed);
  const sites = makeSites(SITES, random);
  const strangers = makeSites(STRANGERS, random);
  const book = createAddressBook([...hosts.map(({ address }) => address), ...sites, ...strangers]);
  const segments = Array.from({ length: book.size }, (_, host): Segment => hosts[host]?.segment ?? "outside");
  const habits = officeHabits({
    of: (...roles) => hosts.flatMap(({ role }, host) => (roles.includes(role) ? [host] : [])),
    all: hosts.map((_, host) => host),
    sites: sites.map((_, i) => hosts.length + i),
    strangers: strangers.map((_, i) => hosts.length + sites.length + i),
  });
  const queues = OFFICE_EXPORTERS.map(createExportQueue);
  const clientPorts = createClientPorts(book.size);

  for (let minuteMs = dayStartMs; ; minuteMs += MINUTE_MS) {
    const hour = Math.floor(((minuteMs - dayStartMs) % DAY_MS) / 3_600_000);
    let conversations = 0;
    for (const habit of habits) {
      const busy = HOURS[habit.hours][hour];
      const count = random.count((habit.clients.length * habit.perHour * busy) / 60);
      for (let i = 0; i < count; i++) {
        const conversation = converse(habit, minuteMs, random, clientPorts);
        if (conversation === undefined) continue;
        conversations++;
        const client = segments[conversation.client];
        const server = segments[conversation.server];
        for (const exporter of exportersBetween(client, server)) {
          const { protocol, samplingRate } = OFFICE_EXPORTERS[exporter];
          const kind = { samplingRate, packets: protocol === "sflow5" };
          observe(conversation, { book, queue: queues[exporter], kind, random }, [
            INTERFACE_TO[client],
            INTERFACE_TO[server],
          ]);
        }
      }
    }
    yield { endMs: minuteMs + MINUTE_MS, sent: queues.map((queue) => queue.take(minuteMs)), conversations };
  }
}

/** One conversation of the habit within the minute; undefined when a host would have talked to itself. */
function converse(
  habit: Habit,
  minuteMs: number,
  random: SeededRandom,
  clientPorts: (client: number) => number,
): Conversation | undefined {
  const client = random.pick(habit.clients);
  const server = serverFor(habit, client, random);
  if (server === client) return undefined;
  const outcome = outcomeOf(habit, random);
  const startMs = minuteMs + random.below(MINUTE_MS);
  const { protocol } = habit;
  const serverPort = habit.anyPortBelow === undefined ? habit.port : 1 + random.below(habit.anyPortBelow - 1);
  const ends = { startMs, client, server, protocol, clientPort: serverPort === 0 ? 0 : clientPorts(client), serverPort, outcome };
  if (outcome !== "answered") {
    const isSyn = protocol === IP_PROTOCOL.tcp;
    const packetsUp = isSyn && outcome === "unanswered" ? 3 : 1;
    const bytesUp = packetsUp * (isSyn ? 60 : habit.bytesUp);
    const durationMs = packetsUp === 1 ? 1 : 3_000;
    return { ...ends, durationMs, bytesUp, bytesDown: 40, packetsUp, packetsDown: 1 };
  }
  const size = random.around(1, 2);
  const bytesUp = Math.max(40, Math.round(habit.bytesUp * size));
  const bytesDown = Math.max(40, Math.round(habit.bytesDown * size));
  const least = protocol === IP_PROTOCOL.tcp ? TCP_PACKETS_LEAST : 1;
  const packetsUp = Math.max(least, Math.ceil(bytesUp / PACKET_BYTES), Math.ceil(bytesDown / PACKET_BYTES / 3));
  const packetsDown = Math.max(least, Math.ceil(bytesDown / PACKET_BYTES), Math.ceil(bytesUp / PACKET_BYTES / 3));
  return {
    ...ends,
    durationMs: Math.max(2, Math.round(random.around(habit.durationMs, 1.8))),
    bytesUp: Math.max(bytesUp, 40 * packetsUp),
    bytesDown: Math.max(bytesDown, 40 * packetsDown),
    packetsUp,
    packetsDown,
  };
}

/** Where a client keeps to a few servers, which ones hangs on the client alone. */
function serverFor({ servers, keepsTo }: Habit, client: number, random: SeededRandom): number {
  if (keepsTo === undefined || keepsTo >= servers.length) return random.pick(servers);
  const nth = random.below(keepsTo);
  return servers[Math.abs(Math.imul(client + 1, 0x9e3779b1) + Math.imul(nth + 1, 0x85ebca6b)) % servers.length];
}

function outcomeOf({ refused = 0, unanswered = 0 }: Habit, random: SeededRandom): Outcome {
  const drawn = random.unit();
  return drawn < refused ? "refused" : drawn < refused + unanswered ? "unanswered" : "answered";
}

/** Each client's ports one after the other, as most systems give them. */
function createClientPorts(hosts: number): (client: number) => number {
  const next = new Uint16Array(hosts);
  return (client) => {
    const port = FIRST_CLIENT_PORT + next[client];
    next[client] = (next[client] + 1) % (65_536 - FIRST_CLIENT_PORT);
    return port;
  };
}
