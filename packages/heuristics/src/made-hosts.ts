import {
  EPHEMERAL_PORT_MIN,
  NO_COUNTS,
  WELL_KNOWN_PORT_MAX,
  type HostCounts,
  type ServedPort,
  type SignallingSent,
  type UsedPort,
} from "@flowlens/features";

/** Hosts made by hand for tests: what is not said is derived from the ports, as the store would count it. */
export interface MadeHost {
  readonly served?: readonly (readonly [
    transport: "tcp" | "udp",
    port: number,
    clients: number,
    conversations: number,
  ])[];
  readonly used?: readonly (readonly [
    transport: "tcp" | "udp",
    port: number,
    servers: number,
    conversations: number,
  ])[];
  readonly signalling?: readonly SignallingSent[];
  /** Most clients and servers on one port unless given. */
  readonly clients?: number;
  readonly servers?: number;
  /** Shares of its peers that lie inside, 1 unless given. */
  readonly insideClients?: number;
  readonly insideServers?: number;
  /** A day around the clock unless given. */
  readonly spanHours?: number;
  readonly activeHours?: number;
  readonly businessShare?: number;
  readonly bytesIn?: number;
  readonly bytesOut?: number;
}

const PROTOCOL = { tcp: 6, udp: 17 } as const;

export function madeHost(made: MadeHost): HostCounts {
  const served: ServedPort[] = (made.served ?? []).map(([transport, port, clients, conversations]) => ({
    protocol: PROTOCOL[transport],
    port,
    clients,
    conversations,
  }));
  const used: UsedPort[] = (made.used ?? []).map(([transport, port, servers, conversations]) => ({
    protocol: PROTOCOL[transport],
    port,
    servers,
    conversations,
  }));
  const inbound = sum(served.map((port) => port.conversations));
  const outbound = sum(used.map((port) => port.conversations));
  const all = inbound + outbound;
  const clients = made.clients ?? Math.max(0, ...served.map((port) => port.clients));
  const servers = made.servers ?? Math.max(0, ...used.map((port) => port.servers));
  const spanHours = made.spanHours ?? (all === 0 ? 0 : 24);
  const activeHours = made.activeHours ?? Math.min(24, spanHours);
  const udp = sum(
    [...served, ...used].filter((port) => port.protocol === PROTOCOL.udp).map((port) => port.conversations),
  );
  const serves = (ports: readonly number[]): boolean => served.some((one) => ports.includes(one.port));
  return {
    ...NO_COUNTS,
    inboundConversations: inbound,
    outboundConversations: outbound,
    bytesIn: made.bytesIn ?? all * 2000,
    bytesOut: made.bytesOut ?? all * 6000,
    clients,
    servers,
    internalClients: Math.round(clients * (made.insideClients ?? 1)),
    internalServers: Math.round(servers * (made.insideServers ?? 1)),
    servedPorts: served.length,
    servedWellKnownPorts: served.filter(({ port }) => port <= WELL_KNOWN_PORT_MAX).length,
    servedEphemeralPorts: served.filter(({ port }) => port >= EPHEMERAL_PORT_MIN).length,
    usedPorts: used.length,
    businessHourConversations: Math.round(all * (made.businessShare ?? 0.3)),
    activeHoursOfDay: Math.min(24, activeHours),
    spanHours,
    // Evenly over the active hours of the span.
    hourlyConversationsSquareSum: activeHours === 0 ? 0 : Math.round((all * all) / activeHours),
    tcpConversations: all - udp,
    udpConversations: udp,
    servesDatabasePort: serves([1433, 1521, 3306, 5432, 5984, 6379, 9042, 9200, 27017, 50000]),
    servesStoragePort: serves([111, 139, 445, 548, 873, 2049, 3260]),
    servesWebPort: serves([80, 443, 8080, 8443]),
    servesSshPort: serves([22]),
    topServedPorts: served.sort((a, b) => b.clients - a.clients || a.port - b.port),
    topUsedPorts: used.sort((a, b) => b.conversations - a.conversations || a.port - b.port),
    signalling: made.signalling ?? [],
    lastSeenMs: spanHours * 3_600_000,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
