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
} from "@flowlens/features";
import { IP_PROTOCOL, type AddressRange } from "@flowlens/flow";
import { inIpv4Ranges, inRanges, ipv4Number, isGroupSql, isIpv4Sql } from "../address-sql.ts";
import { attemptRows, countedRows, ICMP, type CountingSources } from "../counted-rows.ts";
import { currentAggregates } from "../current-aggregates.ts";
import { HOST_COUNTS_COLUMNS } from "./host-counts-row.ts";

const SINK_MIN_SENDERS = 2;
const SINK_MIN_WINDOWS = 3;
const SINKS_LISTED = 32;

/** Some hosts, counted by one statement. */
export interface HostShard {
  /** Condition on the column `host`. */
  readonly where: string;
  /** Values of the places in it. */
  readonly params: Readonly<Record<string, unknown>>;
  /**
   * The hosts are all IPv4, and are expected to have no other peers: addresses are then counted as numbers of 32
   * bits, which takes two thirds of the time. Where the answer says `mixed` it must be asked again without.
   */
  readonly ipv4Only: boolean;
  /** Hosts that only others speak of (dead addresses that were probed) are left out. */
  readonly seenOnly: boolean;
}

/** Where there are internal ranges in the text: which addresses are the network's own. */
export interface HostCountsText {
  readonly sources: CountingSources;
  readonly internalRanges: readonly AddressRange[];
}

/**
 * The counts of every host of a shard, a row each. Parameters: those of `currentAggregates`, `zone` (time zone).
 *
 * Several groupings, each by what it needs and no more, joined by host: everything in one grouping took twice the
 * time and three times the memory. docs/decisions/0012-counting-hosts.md has the figures.
 */
export function hostCountsSql(shard: HostShard, text: HostCountsText): string {
  return `
SELECT ${shard.ipv4Only ? "IPv4NumToString(host_key)" : "toString(host_key)"} AS host, ${HOST_COUNTS_COLUMNS.slice(1).join(", ")}
FROM (${hostsSql(shard, text)}) AS by_host
LEFT JOIN (${hoursSql(shard, text)}) AS by_hour USING (host_key)
LEFT JOIN (${sinksSql(shard, text)}) AS by_sink USING (host_key)
LEFT JOIN (${signallingSql(shard, text)}) AS by_signalling USING (host_key)`;
}

function keyOf(column: "host" | "peer", shard: HostShard): string {
  return shard.ipv4Only ? ipv4Number(column) : column;
}

/** Every host with what it served and used, and what was tried and got no answer. */
function hostsSql(shard: HostShard, text: HostCountsText): string {
  const none = (names: readonly string[]): string => names.map((name) => `toUInt64(0) AS ${name}`).join(", ");
  const attempts = ["unanswered_in", "unanswered_out", "refused_in", "refused_out"];
  const sums = SERVICE_SUMS.map((name) => `sum(${name}) AS ${name}`).join(", ");
  return `
  SELECT host_key, max(sent) AS is_seen, max(some_mixed) AS mixed,
    ${sums}, max(serves_database) AS serves_database, max(serves_storage) AS serves_storage, max(serves_web) AS serves_web, max(serves_ssh) AS serves_ssh,
    arrayFlatten(groupArray(some_served)) AS top_served, arrayFlatten(groupArray(some_used)) AS top_used,
    ${attempts.map((name) => `sum(${name}) AS ${name}`).join(", ")},
    max(most_sampled) AS sampling,
    toUnixTimestamp64Milli(if(is_seen, minIf(earliest, sent), min(earliest))) AS first_ms,
    toUnixTimestamp64Milli(if(is_seen, maxIf(latest, sent), max(latest))) AS last_ms
  FROM (
    ${servicesSql(shard, text, none(attempts))}
    UNION ALL
    SELECT ${keyOf("host", shard)} AS host_key, packets_out > 0 AS sent, 0 AS some_mixed, ${none(SERVICE_SUMS)},
      0 AS serves_database, 0 AS serves_storage, 0 AS serves_web, 0 AS serves_ssh, [] AS some_served, [] AS some_used,
      sumIf(toUInt64(unanswered), side = 'server') AS unanswered_in, sumIf(toUInt64(unanswered), side = 'client') AS unanswered_out,
      sumIf(toUInt64(refused), side = 'server') AS refused_in, sumIf(toUInt64(refused), side = 'client') AS refused_out,
      max(max_sampling_rate) AS most_sampled, min(first_seen) AS earliest, max(last_seen) AS latest
    FROM ${attemptRows(["host", "side", "packets_out", "first_seen", "last_seen", "max_sampling_rate"], shard.where, text.sources)}
    GROUP BY host_key, sent
  )
  GROUP BY host_key
  ${shard.seenOnly ? "HAVING is_seen" : ""}`;
}

const SERVICE_SUMS = [
  "inbound",
  "outbound",
  "bytes_in",
  "bytes_out",
  "tcp",
  "udp",
  "icmp",
  "clients",
  "servers",
  "internal_clients",
  "internal_servers",
  "served_ports",
  "served_well_known",
  "served_ephemeral",
  "used_ports",
] as const;

/**
 * Services, bytes and peers of the hosts. The set of peers of each service is kept, in an internal and an external
 * part, and the sets of a host are merged: cheaper than reading everything again to count peers by host.
 * Traffic that counts makes its server's endpoint a served one, unless it is ICMP.
 */
function servicesSql(shard: HostShard, { sources, internalRanges }: HostCountsText, others: string): string {
  const mixed = shard.ipv4Only ? `NOT ${isIpv4Sql("peer")}` : "false";
  const internal = shard.ipv4Only
    ? inIpv4Ranges("peer_key", internalRanges)
    : inRanges("peer_key", internalRanges);
  const keys = [`${keyOf("host", shard)} AS host_key`, `${keyOf("peer", shard)} AS peer_key`];
  const columns = [
    ...keys,
    "side",
    "protocol",
    "service_port",
    `${internal} AS is_internal`,
    `${mixed} AS is_mixed`,
  ];
  const measures = ["bytes_in", "bytes_out", "first_seen", "last_seen", "max_sampling_rate"];
  const served = `side = 'server' AND protocol NOT IN ${ICMP}`;
  const serves = (ports: readonly number[]): string =>
    `max(${served} AND protocol IN (${IP_PROTOCOL.tcp}, ${IP_PROTOCOL.udp}) AND service_port IN (${ports.join(", ")}))`;
  // Gathered as one array of numbers for each place: arrays of tuples made the whole statement a tenth dearer, and
  // groupArraySorted another.
  const first = (most: number, places: readonly string[], which: string): string =>
    `arraySlice(arraySort(arrayZip(${places.map((place) => `groupArrayIf(${place}, ${which})`).join(", ")})), 1, ${most})`;
  const distinct = (side: "client" | "server", set: string): string =>
    `uniqExactIfMergeIf(${set}, side = '${side}')`;
  return `
    SELECT host_key, true AS sent, max(service_mixed) AS some_mixed,
      sumIf(service_conversations, side = 'server') AS inbound, sumIf(service_conversations, side = 'client') AS outbound,
      sum(service_bytes_in) AS bytes_in, sum(service_bytes_out) AS bytes_out,
      sumIf(service_conversations, protocol = ${IP_PROTOCOL.tcp}) AS tcp, sumIf(service_conversations, protocol = ${IP_PROTOCOL.udp}) AS udp,
      sumIf(service_conversations, protocol IN ${ICMP}) AS icmp,
      internal_clients + ${distinct("server", "external_set")} AS clients, internal_servers + ${distinct("client", "external_set")} AS servers,
      ${distinct("server", "internal_set")} AS internal_clients, ${distinct("client", "internal_set")} AS internal_servers,
      countIf(${served}) AS served_ports,
      countIf(${served} AND service_port <= ${WELL_KNOWN_PORT_MAX}) AS served_well_known,
      countIf(${served} AND service_port >= ${EPHEMERAL_PORT_MIN}) AS served_ephemeral,
      countIf(side = 'client') AS used_ports,
      ${serves(DATABASE_PORTS)} AS serves_database, ${serves(STORAGE_PORTS)} AS serves_storage, ${serves(WEB_PORTS)} AS serves_web,
      max(${served} AND protocol = ${IP_PROTOCOL.tcp} AND service_port = ${SSH_PORT}) AS serves_ssh,
      ${first(SERVED_PORTS_LISTED, ["-toInt64(peers)", "service_port", "protocol", "service_conversations"], served)} AS some_served,
      ${first(USED_PORTS_LISTED, ["-toInt64(service_conversations)", "service_port", "protocol", "peers"], "side = 'client'")} AS some_used,
      ${others},
      max(service_sampling) AS most_sampled, min(service_first) AS earliest, max(service_last) AS latest
    FROM (
      SELECT *, finalizeAggregation(internal_set) + finalizeAggregation(external_set) AS peers
      FROM (
        SELECT host_key, side, protocol, service_port, max(is_mixed) AS service_mixed,
          uniqExactIfState(peer_key, is_internal) AS internal_set, uniqExactIfState(peer_key, NOT is_internal) AS external_set,
          sum(toUInt64(conversations)) AS service_conversations, sum(bytes_in) AS service_bytes_in, sum(bytes_out) AS service_bytes_out,
          max(max_sampling_rate) AS service_sampling, min(first_seen) AS service_first, max(last_seen) AS service_last
        FROM ${countedRows([...columns, ...measures], shard.where, sources)}
        GROUP BY host_key, side, protocol, service_port
      )
    )
    GROUP BY host_key`;
}

/** What the hours of the network's clock say. */
function hoursSql(shard: HostShard, { sources }: HostCountsText): string {
  return `
  SELECT host_key, sum(hour_conversations * hour_conversations) AS square_sum,
    sumIf(hour_conversations, toHour(hour, {zone:String}) BETWEEN 8 AND 17 AND toDayOfWeek(hour, 0, {zone:String}) <= 5) AS business,
    bitCount(groupBitOr(bitShiftLeft(toUInt32(1), toHour(hour, {zone:String})))) AS active_hours,
    intDiv(toUInt32(max(hour)) - toUInt32(min(hour)), 3600) + 1 AS span_hours
  FROM (
    SELECT host_key, toStartOfHour(window, {zone:String}) AS hour, sum(toUInt64(conversations)) AS hour_conversations
    FROM ${countedRows([`${keyOf("host", shard)} AS host_key`, "window"], shard.where, sources)}
    GROUP BY host_key, hour
  )
  GROUP BY host_key`;
}

/** UDP ports that never answered and to which several internal senders come back (spec §1 "sink"). */
function sinksSql(shard: HostShard, { sources, internalRanges }: HostCountsText): string {
  const silent = currentAggregates(
    `${shard.where} AND side = 'server' AND protocol = ${IP_PROTOCOL.udp} AND answered = 0 AND refused = 0`,
    sources.folds,
  );
  return `
  SELECT ${keyOf("host", shard)} AS host_key, arraySlice(arraySort(groupArray((-toInt64(senders), service_port))), 1, ${SINKS_LISTED}) AS sinks
  FROM (
    SELECT host, service_port, count() AS senders
    FROM (
      SELECT host, service_port, peer
      FROM ${silent}
      WHERE (host, protocol, service_port) NOT IN (${sources.served})
      GROUP BY host, service_port, peer
      HAVING uniqExact(window) >= ${SINK_MIN_WINDOWS} AND ${inRanges("peer", internalRanges)}
    )
    GROUP BY host, service_port
    HAVING senders >= ${SINK_MIN_SENDERS}
  )
  GROUP BY host_key`;
}

/** What the host sent to ports and protocols of signalling, answered or not. */
function signallingSql(shard: HostShard, { sources }: HostCountsText): string {
  const kinds = SIGNALLING.map(({ protocol, port }) => `(${protocol}, ${port})`).join(", ");
  const sent = currentAggregates(
    `${shard.where} AND (side = 'client' OR service_port = 0) AND (protocol, service_port) IN (${kinds}) AND packets_out > 0`,
    sources.folds,
  );
  const steadyPackets = `greatest(${SIGNALLING_STEADY_PACKETS}, ${SIGNALLING_STEADY_SAMPLES} * max(max_sampling_rate))`;
  return `
  SELECT ${keyOf("host", shard)} AS host_key, groupArray((protocol, service_port, peers, steady_peers)) AS signalling
  FROM (
    SELECT host, protocol, service_port, count() AS peers, countIf(steady) AS steady_peers
    FROM (
      SELECT host, protocol, service_port, peer,
        max(answered) = 1 OR sum(packets_out) >= ${steadyPackets} OR ${isGroupSql("peer")} AS steady
      FROM ${sent}
      GROUP BY host, protocol, service_port, peer
    )
    GROUP BY host, protocol, service_port
    ORDER BY host, protocol, service_port
  )
  GROUP BY host_key`;
}
