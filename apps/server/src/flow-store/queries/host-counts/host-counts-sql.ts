import {
  DATABASE_PORTS,
  EPHEMERAL_PORT_MIN,
  SERVED_PORTS_LISTED,
  SIGNALLING,
  SIGNALLING_STEADY_PACKETS,
  SSH_PORT,
  STORAGE_PORTS,
  USED_PORTS_LISTED,
  WEB_PORTS,
  WELL_KNOWN_PORT_MAX,
} from "@flowlens/features";
import { IP_PROTOCOL, type AddressRange } from "@flowlens/flow";
import { inIpv4Ranges, inRanges, ipv4Number, isGroupSql } from "../address-sql.ts";
import { currentAggregates } from "../current-aggregates.ts";

export const SINK_MIN_SENDERS = 2;
export const SINK_MIN_WINDOWS = 3;
const SINKS_LISTED = 32;

export const ICMP = `(${IP_PROTOCOL.icmp}, ${IP_PROTOCOL.icmpv6})`;

/** Tables that one question fills for itself before it counts. */
export interface ScratchTables {
  /** window, slice, fold: the folds that count. */
  readonly folds: string;
  /** host, protocol, service_port: served endpoints that some conversation did not get an answer from. */
  readonly served: string;
}

/** Some hosts, counted by one statement. */
export interface HostShard {
  /** Condition on the column `host`. */
  readonly where: string;
  /** Values of the places in it. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Hosts and their peers are all IPv4. */
  readonly ipv4Only: boolean;
  /** Hosts that only others speak of (dead addresses that were probed) are left out. */
  readonly seenOnly: boolean;
}

/** Where there are internal ranges in the text: which addresses are the network's own. */
export interface HostCountsText {
  readonly scratch: ScratchTables;
  readonly internalRanges: readonly AddressRange[];
}

/** What a question stores of the folds when it begins, so that all its statements see the same. */
export function storedFolds(scratch: ScratchTables): string {
  return `SELECT window, slice, fold FROM ${scratch.folds}`;
}

/** Endpoints that answered in the look-back (spec §1 "served") and in some window did not: only those need a second look. */
export function servedSql(scratch: ScratchTables): string {
  return `SELECT host, protocol, service_port
  FROM ${currentAggregates(`side = 'server' AND protocol NOT IN ${ICMP}`, storedFolds(scratch))}
  GROUP BY host, protocol, service_port
  HAVING max(answered) = 1 AND min(answered) = 0`;
}

/**
 * Rows that count as traffic, with the accepted `conversations` they bring: answered ones, and those to a served
 * endpoint of which this view shows one direction only. A row with answered = 1 has nothing refused or one-way in
 * it, since `answered` is part of its key. Continuing conversations bring bytes, hours and peers, but no
 * conversation.
 */
export function countedRows(columns: readonly string[], where: string, scratch: ScratchTables): string {
  return `(
    SELECT ${columns.join(", ")}, if(answered = 1, accepted, one_way) AS conversations
    FROM ${currentAggregates(`${where} AND (answered = 1 OR (one_way > 0 OR refused = 0) AND ${isServed(scratch)})`, storedFolds(scratch))}
  )`;
}

/** Rows with attempts in them that got no answer, or a refusal. */
function attemptRows(where: string, scratch: ScratchTables): string {
  return `(
    SELECT host, side, refused, if(${isServed(scratch)}, 0, one_way) AS unanswered, packets_out, first_seen, last_seen, max_sampling_rate
    FROM ${currentAggregates(`${where} AND answered = 0`, storedFolds(scratch))}
  )`;
}

function isServed(scratch: ScratchTables): string {
  return `(if(side = 'server', host, peer), protocol, service_port) IN (SELECT host, protocol, service_port FROM ${scratch.served})`;
}

/** Columns of `hostCountsSql`, in order, with the type of their JSON values. */
export interface HostCountsRow {
  readonly host: string;
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

/**
 * The counts of every host of a shard, a row each. Parameters: those of `currentAggregates`, `zone` (time zone).
 *
 * Five groupings, each by what it needs and no more, joined by host: one grouping with everything in it holds a
 * set of peers per service and hour, and took three times the memory and twice the time.
 */
export function hostCountsSql(shard: HostShard, text: HostCountsText): string {
  return `
SELECT ${HOST_COUNTS_COLUMNS.join(", ")}
FROM (${hoursSql(shard, text)}) AS by_hour
LEFT JOIN (${peersSql(shard, text)}) AS by_peer USING (host)
LEFT JOIN (${servicesSql(shard, text)}) AS by_service USING (host)
LEFT JOIN (${sinksSql(shard, text)}) AS by_sink USING (host)
LEFT JOIN (${signallingSql(shard, text)}) AS by_signalling USING (host)`;
}

/**
 * Conversations, bytes and times, through the hours of the network's clock. Attempts are counted apart, since they
 * are few and the sums over everything else are then plain ones.
 */
function hoursSql(shard: HostShard, { scratch }: HostCountsText): string {
  const columns = ["host", "side", "protocol", "window", "bytes_in", "bytes_out", "first_seen", "last_seen", "max_sampling_rate"];
  return `
  SELECT host, sum(hour_inbound) AS inbound, sum(hour_conversations) - inbound AS outbound,
    sum(hour_bytes_in) AS bytes_in, sum(hour_bytes_out) AS bytes_out,
    sumIf(hour_conversations, toHour(hour, {zone:String}) BETWEEN 8 AND 17 AND toDayOfWeek(hour, 0, {zone:String}) <= 5) AS business,
    bitCount(groupBitOr(if(has_traffic, bitShiftLeft(toUInt32(1), toHour(hour, {zone:String})), 0))) AS active_hours,
    if(max(has_traffic), intDiv(toUInt32(maxIf(hour, has_traffic)) - toUInt32(minIf(hour, has_traffic)), 3600) + 1, 0) AS span_hours,
    sum(hour_conversations * hour_conversations) AS square_sum,
    sum(hour_tcp) AS tcp, sum(hour_udp) AS udp, sum(hour_icmp) AS icmp,
    sum(part_unanswered_in) AS unanswered_in, sum(part_unanswered) - unanswered_in AS unanswered_out,
    sum(part_refused_in) AS refused_in, sum(part_refused) - refused_in AS refused_out,
    max(part_sampling) AS sampling,
    max(seen) AS is_seen,
    toUnixTimestamp64Milli(if(is_seen, minIf(part_first, seen), min(part_first))) AS first_ms,
    toUnixTimestamp64Milli(if(is_seen, maxIf(part_last, seen), max(part_last))) AS last_ms
  FROM (
    SELECT host, true AS has_traffic, true AS seen, toStartOfHour(window, {zone:String}) AS hour,
      sum(toUInt64(conversations)) AS hour_conversations, sumIf(toUInt64(conversations), side = 'server') AS hour_inbound,
      sum(bytes_in) AS hour_bytes_in, sum(bytes_out) AS hour_bytes_out,
      sumIf(toUInt64(conversations), protocol = ${IP_PROTOCOL.tcp}) AS hour_tcp,
      sumIf(toUInt64(conversations), protocol = ${IP_PROTOCOL.udp}) AS hour_udp,
      sumIf(toUInt64(conversations), protocol IN ${ICMP}) AS hour_icmp,
      toUInt64(0) AS part_unanswered, toUInt64(0) AS part_unanswered_in, toUInt64(0) AS part_refused, toUInt64(0) AS part_refused_in,
      max(max_sampling_rate) AS part_sampling, min(first_seen) AS part_first, max(last_seen) AS part_last
    FROM ${countedRows(columns, shard.where, scratch)}
    GROUP BY host, hour
    UNION ALL
    SELECT host, false AS has_traffic, packets_out > 0 AS seen, toDateTime(0, {zone:String}) AS hour,
      0, 0, 0, 0, 0, 0, 0,
      sum(toUInt64(unanswered)), sumIf(toUInt64(unanswered), side = 'server'),
      sum(toUInt64(refused)), sumIf(toUInt64(refused), side = 'server'),
      max(max_sampling_rate), min(first_seen), max(last_seen)
    FROM ${attemptRows(shard.where, scratch)}
    GROUP BY host, seen
  )
  GROUP BY host
  ${shard.seenOnly ? "HAVING is_seen" : ""}`;
}

/** Fan-in and fan-out. */
function peersSql(shard: HostShard, { scratch, internalRanges }: HostCountsText): string {
  const internal = shard.ipv4Only ? inIpv4Ranges("peer_key", internalRanges) : inRanges("peer_key", internalRanges);
  return `
  SELECT host, sumIf(peers, side = 'server') AS clients, sumIf(peers, side = 'client') AS servers,
    sumIf(peers, side = 'server' AND internal) AS internal_clients, sumIf(peers, side = 'client' AND internal) AS internal_servers
  FROM (
    SELECT host, side, ${internal} AS internal, uniqExact(peer_key) AS peers
    FROM ${countedRows(["host", "side", peerKey(shard)], shard.where, scratch)}
    GROUP BY host, side, internal
  )
  GROUP BY host`;
}

/** Ports served and used. Traffic that counts makes its server's endpoint a served one, unless it is ICMP. */
function servicesSql(shard: HostShard, { scratch }: HostCountsText): string {
  const served = `side = 'server' AND protocol NOT IN ${ICMP}`;
  const serves = (ports: readonly number[]): string =>
    `max(${served} AND protocol IN (${IP_PROTOCOL.tcp}, ${IP_PROTOCOL.udp}) AND service_port IN (${ports.join(", ")}))`;
  return `
  SELECT host, countIf(${served}) AS served_ports,
    countIf(${served} AND service_port <= ${WELL_KNOWN_PORT_MAX}) AS served_well_known,
    countIf(${served} AND service_port >= ${EPHEMERAL_PORT_MIN}) AS served_ephemeral,
    countIf(side = 'client') AS used_ports,
    ${serves(DATABASE_PORTS)} AS serves_database, ${serves(STORAGE_PORTS)} AS serves_storage, ${serves(WEB_PORTS)} AS serves_web,
    max(${served} AND protocol = ${IP_PROTOCOL.tcp} AND service_port = ${SSH_PORT}) AS serves_ssh,
    groupArraySortedIf(${SERVED_PORTS_LISTED})((-toInt64(peers), service_port, protocol, service_conversations), ${served}) AS top_served,
    groupArraySortedIf(${USED_PORTS_LISTED})((-toInt64(service_conversations), service_port, protocol, peers), side = 'client') AS top_used
  FROM (
    SELECT host, side, protocol, service_port, uniqExact(peer_key) AS peers, sum(toUInt64(conversations)) AS service_conversations
    FROM ${countedRows(["host", "side", "protocol", "service_port", peerKey(shard)], shard.where, scratch)}
    GROUP BY host, side, protocol, service_port
  )
  GROUP BY host`;
}

/** UDP ports that never answered and to which several internal senders come back (spec §1 "sink"). */
function sinksSql(shard: HostShard, { scratch, internalRanges }: HostCountsText): string {
  const silent = currentAggregates(
    `${shard.where} AND side = 'server' AND protocol = ${IP_PROTOCOL.udp} AND answered = 0 AND refused = 0`,
    storedFolds(scratch),
  );
  return `
  SELECT host, groupArraySorted(${SINKS_LISTED})((-toInt64(senders), service_port)) AS sinks
  FROM (
    SELECT host, service_port, count() AS senders
    FROM (
      SELECT host, service_port, peer
      FROM ${silent}
      WHERE (host, protocol, service_port) NOT IN (SELECT host, protocol, service_port FROM ${scratch.served})
      GROUP BY host, service_port, peer
      HAVING uniqExact(window) >= ${SINK_MIN_WINDOWS} AND ${inRanges("peer", internalRanges)}
    )
    GROUP BY host, service_port
    HAVING senders >= ${SINK_MIN_SENDERS}
  )
  GROUP BY host`;
}

/** What the host sent to ports and protocols of signalling, answered or not. */
function signallingSql(shard: HostShard, { scratch }: HostCountsText): string {
  const kinds = SIGNALLING.map(({ protocol, port }) => `(${protocol}, ${port})`).join(", ");
  const sent = currentAggregates(
    `${shard.where} AND (side = 'client' OR service_port = 0) AND (protocol, service_port) IN (${kinds}) AND packets_out > 0`,
    storedFolds(scratch),
  );
  return `
  SELECT host, groupArray((protocol, service_port, peers, steady_peers)) AS signalling
  FROM (
    SELECT host, protocol, service_port, count() AS peers, countIf(steady) AS steady_peers
    FROM (
      SELECT host, protocol, service_port, peer,
        max(answered) = 1 OR sum(packets_out) >= ${SIGNALLING_STEADY_PACKETS} OR ${isGroupSql("peer")} AS steady
      FROM ${sent}
      GROUP BY host, protocol, service_port, peer
    )
    GROUP BY host, protocol, service_port
    ORDER BY host, protocol, service_port
  )
  GROUP BY host`;
}

function peerKey(shard: HostShard): string {
  return `${shard.ipv4Only ? ipv4Number("peer") : "peer"} AS peer_key`;
}
