/** Counts hosts the slow and plain way, from the words of HostCounts and spec §1, to hold the store's SQL to. */
import {
  DATABASE_PORTS,
  EPHEMERAL_PORT_MIN,
  SERVED_PORTS_LISTED,
  SIGNALLING,
  SIGNALLING_STEADY_PACKETS,
  SIGNALLING_STEADY_SAMPLES,
  SSH_PORT,
  STORAGE_PORTS,
  USED_PORTS_LISTED,
  WEB_PORTS,
  WELL_KNOWN_PORT_MAX,
  type HostCounts,
} from "@flowlens/features";
import { isUnicast, parseAddress, rangeContains, type AddressRange } from "@flowlens/flow";
import type { MadeUpAggregate } from "./made-up-aggregates.ts";

export interface BruteForceQuestion {
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeZone: string;
  readonly internalRanges: readonly AddressRange[];
  readonly externalHostsMax: number;
  readonly alsoHosts: readonly string[];
}

/** One aggregate as one host sees it. */
interface View {
  readonly host: string;
  readonly peer: string;
  readonly isServer: boolean;
  readonly row: MadeUpAggregate;
  readonly conversations: number;
  readonly counts: boolean;
  readonly unanswered: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packetsOut: number;
}

const HOUR_MS = 3_600_000;
const isIcmp = (protocol: number): boolean => protocol === 1 || protocol === 58;

export function bruteForceCounts(
  all: readonly MadeUpAggregate[],
  question: BruteForceQuestion,
): Map<string, HostCounts> {
  const rows = all.filter((row) => row.windowMs >= question.fromMs && row.windowMs < question.toMs);
  const isInternal = (address: string): boolean =>
    question.internalRanges.some((range) => rangeContains(range, parseAddress(address)!));
  const endpoint = (row: MadeUpAggregate): string => `${row.server} ${row.protocol} ${row.port}`;
  const served = new Set(rows.filter((row) => row.answered && !isIcmp(row.protocol)).map(endpoint));
  const views = rows.flatMap((row) => {
    const isServed = served.has(endpoint(row));
    const shared = {
      row,
      conversations: row.accepted + (isServed ? row.oneWay : 0),
      counts: row.answered || (isServed && (row.oneWay > 0 || row.refused === 0)),
      unanswered: isServed ? 0 : row.oneWay,
    };
    const client: View = {
      ...shared,
      host: row.client,
      peer: row.server,
      isServer: false,
      bytesIn: row.bytesDown,
      bytesOut: row.bytesUp,
      packetsOut: row.packetsUp,
    };
    const server: View = {
      ...shared,
      host: row.server,
      peer: row.client,
      isServer: true,
      bytesIn: row.bytesUp,
      bytesOut: row.bytesDown,
      packetsOut: row.packetsDown,
    };
    return [client, server];
  });
  const byHost = Map.groupBy(views, (view) => view.host);
  const isSeen = (view: View): boolean => view.counts || view.packetsOut > 0;
  const listed = new Set<string>();
  for (const [host, own] of byHost) {
    if (isInternal(host) && isUnicast(parseAddress(host)!) && own.some(isSeen)) listed.add(host);
  }
  const named = question.alsoHosts.filter((host) => byHost.has(host));
  if ([...listed].some((host) => !named.includes(host))) {
    const servers = [...byHost]
      .filter(([host]) => !isInternal(host))
      .map(([host, own]) => {
        const clients = own.filter(
          (view) => view.isServer && view.counts && !isIcmp(view.row.protocol) && isInternal(view.peer),
        );
        return { host, clients: new Set(clients.map((view) => view.peer)).size };
      })
      .filter(({ clients }) => clients >= 2)
      .sort((a, b) => b.clients - a.clients || compareAddresses(a.host, b.host))
      .slice(0, question.externalHostsMax);
    for (const { host } of servers) if (isUnicast(parseAddress(host)!)) listed.add(host);
  } else {
    const total = views.filter((view) => view.isServer).reduce((sum, view) => sum + view.conversations, 0);
    for (const [host, own] of byHost) {
      const conversations = own.reduce((sum, view) => sum + view.conversations, 0);
      const isBusy = conversations > 0 && conversations * 100 >= total;
      if (isBusy && isUnicast(parseAddress(host)!) && !isInternal(host) && own.some(isSeen)) listed.add(host);
    }
  }
  for (const host of named) listed.add(host);
  return new Map(
    [...listed].map((host) => [
      host,
      countHost(byHost.get(host)!, { ...question, served, isInternal, isSeen }),
    ]),
  );
}

interface Context extends BruteForceQuestion {
  readonly served: ReadonlySet<string>;
  readonly isInternal: (address: string) => boolean;
  readonly isSeen: (view: View) => boolean;
}

function countHost(own: readonly View[], context: Context): HostCounts {
  const { isInternal, isSeen, timeZone } = context;
  const traffic = own.filter((view) => view.counts);
  const servers = traffic.filter((view) => !view.isServer);
  const clients = traffic.filter((view) => view.isServer);
  const sum = (views: readonly View[], of: (view: View) => number): number =>
    views.reduce((total, view) => total + of(view), 0);
  const conversations = (views: readonly View[]): number => sum(views, (view) => view.conversations);
  const peers = (views: readonly View[]): number => new Set(views.map((view) => view.peer)).size;
  const protocols = (...wanted: number[]): number =>
    conversations(traffic.filter((view) => wanted.includes(view.row.protocol)));
  const clock = (view: View): Clock => clockOf(view.row.windowMs, timeZone);
  const hours = Map.groupBy(traffic, (view) => clock(view).hourStartMs);
  const hourStarts = [...hours.keys()];
  const services = (views: readonly View[]) =>
    [...Map.groupBy(views, (view) => `${view.row.protocol} ${view.row.port}`).values()].map((some) => ({
      protocol: some[0].row.protocol,
      port: some[0].row.port,
      peers: peers(some),
      conversations: conversations(some),
    }));
  const serving = services(clients.filter((view) => !isIcmp(view.row.protocol)));
  const using = services(servers);
  const serves = (ports: readonly number[]): boolean =>
    serving.some(({ protocol, port }) => (protocol === 6 || protocol === 17) && ports.includes(port));
  const seen = own.some(isSeen) ? own.filter(isSeen) : own;
  return {
    inboundConversations: conversations(clients),
    outboundConversations: conversations(servers),
    bytesIn: sum(traffic, (view) => view.bytesIn),
    bytesOut: sum(traffic, (view) => view.bytesOut),
    clients: peers(clients),
    servers: peers(servers),
    internalClients: peers(clients.filter((view) => isInternal(view.peer))),
    internalServers: peers(servers.filter((view) => isInternal(view.peer))),
    servedPorts: serving.length,
    servedWellKnownPorts: serving.filter(({ port }) => port <= WELL_KNOWN_PORT_MAX).length,
    servedEphemeralPorts: serving.filter(({ port }) => port >= EPHEMERAL_PORT_MIN).length,
    usedPorts: using.length,
    businessHourConversations: conversations(traffic.filter((view) => clock(view).isBusiness)),
    activeHoursOfDay: new Set(traffic.map((view) => clock(view).hourOfDay)).size,
    spanHours:
      traffic.length === 0
        ? 0
        : Math.floor((Math.max(...hourStarts) - Math.min(...hourStarts)) / HOUR_MS) + 1,
    hourlyConversationsSquareSum: [...hours.values()].reduce(
      (total, some) => total + conversations(some) ** 2,
      0,
    ),
    tcpConversations: protocols(6),
    udpConversations: protocols(17),
    icmpConversations: protocols(1, 58),
    servesDatabasePort: serves(DATABASE_PORTS),
    servesStoragePort: serves(STORAGE_PORTS),
    servesWebPort: serves(WEB_PORTS),
    servesSshPort: serving.some(({ protocol, port }) => protocol === 6 && port === SSH_PORT),
    topServedPorts: serving
      .sort((a, b) => b.peers - a.peers || a.port - b.port || a.protocol - b.protocol)
      .slice(0, SERVED_PORTS_LISTED)
      .map(({ protocol, port, peers: some, conversations: count }) => ({
        protocol,
        port,
        clients: some,
        conversations: count,
      })),
    topUsedPorts: using
      .sort((a, b) => b.conversations - a.conversations || a.port - b.port || a.protocol - b.protocol)
      .slice(0, USED_PORTS_LISTED)
      .map(({ protocol, port, peers: some, conversations: count }) => ({
        protocol,
        port,
        servers: some,
        conversations: count,
      })),
    signalling: signalling(own),
    unansweredIn: sum(own, (view) => (view.isServer ? view.unanswered : 0)),
    unansweredOut: sum(own, (view) => (view.isServer ? 0 : view.unanswered)),
    refusedIn: sum(own, (view) => (view.isServer ? view.row.refused : 0)),
    refusedOut: sum(own, (view) => (view.isServer ? 0 : view.row.refused)),
    sinkPorts: sinks(own, context),
    maxSamplingRate: Math.max(...own.map((view) => view.row.samplingRate)),
    firstSeenMs: Math.min(...seen.map((view) => view.row.windowMs + view.row.firstMs)),
    lastSeenMs: Math.max(...seen.map((view) => view.row.windowMs + view.row.lastMs)),
  };
}

function signalling(own: readonly View[]): HostCounts["signalling"] {
  const kinds = SIGNALLING.toSorted((a, b) => a.protocol - b.protocol || a.port - b.port);
  return kinds.flatMap(({ protocol, port }) => {
    const sent = own.filter(
      ({ row, isServer, packetsOut }) =>
        row.protocol === protocol && row.port === port && packetsOut > 0 && (!isServer || port === 0),
    );
    const byPeer = [...Map.groupBy(sent, (view) => view.peer)];
    if (byPeer.length === 0) return [];
    const steady = byPeer.filter(
      ([peer, some]) =>
        isGroup(peer) ||
        some.some((view) => view.row.answered) ||
        some.reduce((total, view) => total + view.packetsOut, 0) >=
          Math.max(
            SIGNALLING_STEADY_PACKETS,
            SIGNALLING_STEADY_SAMPLES * Math.max(...some.map((view) => view.row.samplingRate)),
          ),
    );
    return [{ protocol, port, peers: byPeer.length, steadyPeers: steady.length }];
  });
}

function sinks(own: readonly View[], { served, isInternal }: Context): HostCounts["sinkPorts"] {
  const silent = own.filter(
    ({ row, isServer }) =>
      isServer &&
      row.protocol === 17 &&
      !row.answered &&
      row.refused === 0 &&
      !served.has(`${row.server} 17 ${row.port}`),
  );
  return [...Map.groupBy(silent, (view) => view.row.port)]
    .map(([port, some]) => {
      const senders = [...Map.groupBy(some, (view) => view.peer)].filter(
        ([peer, theirs]) => isInternal(peer) && new Set(theirs.map((view) => view.row.windowMs)).size >= 3,
      );
      return { protocol: 17, port, senders: senders.length };
    })
    .filter(({ senders }) => senders >= 2)
    .sort((a, b) => b.senders - a.senders || a.port - b.port);
}

function isGroup(address: string): boolean {
  const bytes = parseAddress(address)!;
  const top = Number(address.split(".")[0]);
  return address.includes(":")
    ? bytes[0] === 0xff
    : (top >= 224 && top <= 239) || address === "255.255.255.255";
}

interface Clock {
  readonly hourStartMs: number;
  readonly hourOfDay: number;
  readonly isBusiness: boolean;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const clocks = new Map<string, Clock>();

/** What the clock on the wall says at an instant, from Node's own time zone data. */
function clockOf(ms: number, timeZone: string): Clock {
  const key = `${timeZone} ${ms}`;
  const known = clocks.get(key) ?? readClock(ms, timeZone);
  clocks.set(key, known);
  return known;
}

function readClock(ms: number, timeZone: string): Clock {
  const options = {
    timeZone,
    hourCycle: "h23",
    weekday: "short",
    hour: "numeric",
    minute: "numeric",
  } as const;
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-US", options);
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const hourOfDay = Number(parts.hour);
  const isWeekday = !["Sat", "Sun"].includes(parts.weekday);
  return {
    hourStartMs: ms - Number(parts.minute) * 60_000,
    hourOfDay,
    isBusiness: isWeekday && hourOfDay >= 8 && hourOfDay < 18,
  };
}

function compareAddresses(a: string, b: string): number {
  return Buffer.compare(parseAddress(a)!, parseAddress(b)!);
}
