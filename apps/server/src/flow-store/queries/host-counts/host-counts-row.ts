import type { HostCounts } from "@flowlens/features";

/** Columns of `hostCountsSql`, in order, with the type of their JSON values. */
export interface HostCountsRow {
  /** Its text. */
  readonly host: string;
  /** A peer is not IPv4: all of an `ipv4Only` shard's answer is wrong. */
  readonly mixed: number;
  readonly inbound: string;
  readonly outbound: string;
  readonly bytes_in: string;
  readonly bytes_out: string;
  readonly business: string;
  readonly active_hours: number;
  readonly span_hours: string;
  readonly square_sum: string;
  readonly tcp: string;
  readonly udp: string;
  readonly icmp: string;
  readonly unanswered_in: string;
  readonly unanswered_out: string;
  readonly refused_in: string;
  readonly refused_out: string;
  readonly sampling: number;
  readonly first_ms: string;
  readonly last_ms: string;
  readonly clients: string;
  readonly servers: string;
  readonly internal_clients: string;
  readonly internal_servers: string;
  readonly served_ports: string;
  readonly served_well_known: string;
  readonly served_ephemeral: string;
  readonly used_ports: string;
  readonly serves_database: number;
  readonly serves_storage: number;
  readonly serves_web: number;
  readonly serves_ssh: number;
  /** (−clients, port, protocol, conversations), sorted. */
  readonly top_served: readonly (readonly [string, number, number, string])[];
  /** (−conversations, port, protocol, servers), sorted. */
  readonly top_used: readonly (readonly [string, number, number, string])[];
  /** (−senders, port), sorted. */
  readonly sinks: readonly (readonly [string, number])[];
  /** (protocol, port, peers, steady peers). */
  readonly signalling: readonly (readonly [number, number, string, string])[];
}

export const HOST_COUNTS_COLUMNS = [
  "host",
  "mixed",
  "inbound",
  "outbound",
  "bytes_in",
  "bytes_out",
  "business",
  "active_hours",
  "span_hours",
  "square_sum",
  "tcp",
  "udp",
  "icmp",
  "unanswered_in",
  "unanswered_out",
  "refused_in",
  "refused_out",
  "sampling",
  "first_ms",
  "last_ms",
  "clients",
  "servers",
  "internal_clients",
  "internal_servers",
  "served_ports",
  "served_well_known",
  "served_ephemeral",
  "used_ports",
  "serves_database",
  "serves_storage",
  "serves_web",
  "serves_ssh",
  "top_served",
  "top_used",
  "sinks",
  "signalling",
] as const satisfies readonly (keyof HostCountsRow)[];

export function hostCountsRow(values: readonly unknown[]): HostCountsRow {
  return Object.fromEntries(
    HOST_COUNTS_COLUMNS.map((name, i) => [name, values[i]]),
  ) as unknown as HostCountsRow;
}

export function countsOf(row: HostCountsRow): HostCounts {
  return {
    inboundConversations: Number(row.inbound),
    outboundConversations: Number(row.outbound),
    bytesIn: Number(row.bytes_in),
    bytesOut: Number(row.bytes_out),
    clients: Number(row.clients),
    servers: Number(row.servers),
    internalClients: Number(row.internal_clients),
    internalServers: Number(row.internal_servers),
    servedPorts: Number(row.served_ports),
    servedWellKnownPorts: Number(row.served_well_known),
    servedEphemeralPorts: Number(row.served_ephemeral),
    usedPorts: Number(row.used_ports),
    businessHourConversations: Number(row.business),
    activeHoursOfDay: row.active_hours,
    spanHours: Number(row.span_hours),
    hourlyConversationsSquareSum: Number(row.square_sum),
    tcpConversations: Number(row.tcp),
    udpConversations: Number(row.udp),
    icmpConversations: Number(row.icmp),
    servesDatabasePort: row.serves_database === 1,
    servesStoragePort: row.serves_storage === 1,
    servesWebPort: row.serves_web === 1,
    servesSshPort: row.serves_ssh === 1,
    topServedPorts: row.top_served.map(([clients, port, protocol, conversations]) => ({
      protocol,
      port,
      clients: 0 - Number(clients),
      conversations: Number(conversations),
    })),
    topUsedPorts: row.top_used.map(([conversations, port, protocol, servers]) => ({
      protocol,
      port,
      servers: Number(servers),
      conversations: 0 - Number(conversations),
    })),
    signalling: row.signalling.map(([protocol, port, peers, steadyPeers]) => ({
      protocol,
      port,
      peers: Number(peers),
      steadyPeers: Number(steadyPeers),
    })),
    unansweredIn: Number(row.unanswered_in),
    unansweredOut: Number(row.unanswered_out),
    refusedIn: Number(row.refused_in),
    refusedOut: Number(row.refused_out),
    sinkPorts: row.sinks.map(([senders, port]) => ({ protocol: 17, port, senders: 0 - Number(senders) })),
    maxSamplingRate: row.sampling,
    firstSeenMs: Number(row.first_ms),
    lastSeenMs: Number(row.last_ms),
  };
}
