import { WINDOW_SECONDS } from "../../schema/flow-columns.ts";
import type { FoldChunk } from "../chunk.ts";
import { EVIDENCE } from "../orientation/evidence.ts";
import { CONVERSATION_BITS } from "../orientation/intrinsic-score.ts";
import type { StageTables } from "../stage-tables.ts";

const WINDOW_MS = WINDOW_SECONDS * 1000;

export interface AggregatesOptions {
  readonly chunk: FoldChunk;
  readonly tables: StageTables;
  readonly fold: number;
  /** Day of the fold, `2026-11-22`, UTC. */
  readonly foldedOn: string;
}

/** ::ffff:0:0 as a number. */
const IPV4_MAPPED = 0xffff_0000_0000;

/** Evidence that another view of the same endpoint has shown it to serve. */
const ENDPOINT_KNOWN = 2 ** EVIDENCE.endpointPeers.bit + 2 ** EVIDENCE.endpointServes.bit;

/**
 * The conversations of the chunk's targets, one row per 5-tuple and window, oriented. The client's port is still
 * there (`client_port`): `insertAggregates` drops it, the orientation benchmark scores each.
 */
export function orientedConversations({
  chunk,
  tables,
}: Pick<AggregatesOptions, "chunk" | "tables">): string {
  const withExporters = chunk.hasSeveralExporters;
  const shared =
    "tuple_hash, network_id, lo_top, lo_low, hi_top, hi_low, lo_port, hi_port, ip_protocol, slice, window, packets_lo, packets_hi, " +
    "bytes_lo, bytes_hi, first_lo, first_hi, last_lo, last_hi, bits, sampling_rate";
  const exporter = "[toIPv6(bitShiftLeft(toUInt128(exporter_top), 64) + exporter_low)]";
  const single = `
      SELECT ${qualified(shared, "r")},
        ${withExporters ? `${exporter} AS counted, counted AS seen_by,` : ""}
        v.tuple_hash != 0 AS is_judged,
        if(is_judged, v.hi_serves, r.score >= 0) AS hi_serves,
        if(is_judged, v.kinds, toUInt16(if(hi_serves, bitAnd(r.kinds, 65535), bitShiftRight(r.kinds, 16)))) AS kinds,
        if(is_judged, v.score, r.score) AS score,
        if(hi_serves, r.only_refuses_hi, r.only_refuses_lo) AS only_refuses,
        if(hi_serves, r.last_lo, r.last_hi) > 0 AS client_sent,
        toUInt8(0) AS continues, toUInt8(0) AS was_answered
      FROM ${tables.rows} AS r
      LEFT ANY JOIN ${tables.verdicts} AS v ON r.tuple_hash = v.tuple_hash
      WHERE r.is_target AND v.has_several = 0`;
  const several = `
      SELECT * EXCEPT (previous_window, previous_answered),
        window - previous_window = ${WINDOW_SECONDS} AS continues,
        continues AND previous_answered AS was_answered
      FROM (
        SELECT ${qualified(shared, "w")}, ${withExporters ? "w.counted AS counted, w.seen_by AS seen_by," : ""}
          toUInt8(1) AS is_judged, v.hi_serves AS hi_serves, v.kinds AS kinds, v.score AS score, v.only_refuses AS only_refuses, v.client_sent AS client_sent,
          w.is_target AS is_target,
          lagInFrame(w.window) OVER before AS previous_window,
          lagInFrame(${answered("if(v.hi_serves, w.last_hi, w.last_lo)")}) OVER before AS previous_answered
        FROM ${tables.windows} AS w
        INNER JOIN ${tables.verdicts} AS v ON w.tuple_hash = v.tuple_hash
        WINDOW before AS (PARTITION BY w.tuple_hash ORDER BY w.window ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
      )
      WHERE is_target`;
  const columns = `${shared}, ${withExporters ? "counted, seen_by, " : ""}hi_serves, kinds, score, only_refuses, client_sent, continues, was_answered`;
  return `
    SELECT *,
      if(hi_serves, lo_top, hi_top) AS client_top, if(hi_serves, lo_low, hi_low) AS client_low,
      if(hi_serves, hi_top, lo_top) AS server_top, if(hi_serves, hi_low, lo_low) AS server_low,
      if(hi_serves, lo_port, hi_port) AS client_port, if(hi_serves, hi_port, lo_port) AS service_port,
      if(hi_serves, packets_lo, packets_hi) AS packets_up, if(hi_serves, packets_hi, packets_lo) AS packets_down,
      if(hi_serves, bytes_lo, bytes_hi) AS bytes_up, if(hi_serves, bytes_hi, bytes_lo) AS bytes_down,
      if(hi_serves, last_hi, last_lo) AS server_last,
      ${answered("server_last")} AS answered
    FROM (SELECT ${columns} FROM (${single}) UNION ALL SELECT ${columns} FROM (${several}))`;
}

/**
 * The server's side sent something, and not only refusals. Where the client's side was never seen, that is an answer
 * only if this view may have missed it (sampling, asymmetric TCP) or the endpoint is known to serve: an unasked
 * datagram from port 53 is a probe.
 */
function answered(serverLast: string): string {
  return (
    `toUInt8(${serverLast} > 0 AND NOT only_refuses AND ` +
    `(client_sent OR ip_protocol = 6 OR sampling_rate > 1 OR bitAnd(kinds, ${ENDPOINT_KNOWN}) != 0))`
  );
}

function qualified(columns: string, table: string): string {
  return columns
    .split(",")
    .map((column) => `${table}.${column.trim()} AS ${column.trim()}`)
    .join(", ");
}

/** Writes the chunk's aggregates, each conversation from both sides. They count when `folds` says so. */
export function insertAggregates(options: AggregatesOptions): string {
  const { chunk, tables } = options;
  const unreachable = (side: "lo" | "hi", at: number): string => {
    const other = side === "lo" ? "hi" : "lo";
    return `SELECT network_id, ${side}_top, ${side}_low, ${other}_top, ${other}_low FROM ${tables.rows} WHERE ip_protocol IN (1, 58) AND bitTest(bits, ${CONVERSATION_BITS.icmpError + at})`;
  };
  const counted = `
    SELECT *,
      toUInt8(NOT continues) AS started,
      toUInt8(answered AND NOT was_answered) AS accepted,
      NOT answered AND started AS is_vain,
      toUInt8(is_vain AND (server_last > 0 OR
        (network_id, server_top, server_low, client_top, client_low) IN (${unreachable("lo", 0)} UNION ALL ${unreachable("hi", 1)}))) AS refused,
      toUInt8(is_vain AND NOT refused) AS one_way,

      multiIf(last_lo = 0, intDiv(first_hi, 2), last_hi = 0, intDiv(first_lo, 2), intDiv(least(first_lo, first_hi), 2)) AS first_ms,
      toUInt64(window) * 1000 AS window_ms,
      greatest(first_ms, window_ms) AS begin_ms,
      least(greatest(last_lo, last_hi), window_ms + ${WINDOW_MS}) AS end_ms
    FROM (${orientedConversations(options)})`;
  const exporters = chunk.hasSeveralExporters
    ? "groupUniqArrayArray(counted) AS counted_exporters, groupUniqArrayArray(seen_by) AS all_exporters,"
    : "";
  const grouped = `
    SELECT
      groupBitOr(bitShiftLeft(toUInt64(network_id), 32) + window) AS network_window,
      ${chunk.hasIpv6 ? "groupBitOr(client_top) AS client_high, groupBitOr(client_low) AS client_lows, groupBitOr(server_top) AS server_high, groupBitOr(server_low) AS server_lows" : "groupBitOr(bitShiftLeft(client_low, 32) + bitAnd(server_low, 4294967295)) AS addresses"},
      groupBitOr(toUInt64(service_port) * 65536 + ip_protocol * 256 + slice + answered * 4294967296) AS service,
      sum(started + bitShiftLeft(toUInt64(accepted), 32)) AS begun_sum, sum(refused + bitShiftLeft(toUInt64(one_way), 32)) AS vain_sum,
      sum(bytes_up) AS up_bytes, sum(bytes_down) AS down_bytes, sum(packets_up) AS up_packets, sum(packets_down) AS down_packets,
      groupBitOr(bits) AS bits_or,
      sum(greatest(end_ms, begin_ms) - begin_ms) AS duration_sum,
      min(begin_ms) AS first_min, max(least(end_ms, window_ms + ${WINDOW_MS - 1})) AS last_max,
      max(sampling_rate) AS rate_max, ${exporters} groupBitOr(kinds) AS kinds_or
    FROM (${counted})
    GROUP BY cityHash64(network_id, window, client_top, client_low, server_top, server_low, ip_protocol, service_port, answered)`;
  const address = (name: "client" | "server"): string =>
    chunk.hasIpv6
      ? `toIPv6(bitShiftLeft(toUInt128(${name}_high), 64) + ${name}_lows)`
      : `toIPv6(toUInt128(${name === "client" ? "bitShiftRight(addresses, 32)" : "bitAnd(addresses, 4294967295)"} + ${IPV4_MAPPED}))`;
  const listed = chunk.hasSeveralExporters
    ? "if(length(all_exporters) > 1, arrayConcat(arraySort(counted_exporters), arraySort(arrayFilter(x -> NOT has(counted_exporters, x), all_exporters))), [])"
    : "CAST([], 'Array(IPv6)')";
  return `
    INSERT INTO aggregates (network_id, host, window, side, peer, protocol, service_port, answered, started, accepted, refused, one_way,
      bytes_in, bytes_out, packets_in, packets_out, tcp_flags_or, duration_ms_sum, first_seen, last_seen, max_sampling_rate,
      orientation_evidence, exporters, slice, fold, folded_on)
    SELECT
      toUInt32(bitShiftRight(network_window, 32)), if(of_server, server, client), toDateTime(toUInt32(network_window), 'UTC'),
      if(of_server, 'server', 'client'), if(of_server, client, server),
      toUInt8(bitShiftRight(service, 8)), toUInt16(bitShiftRight(service, 16)), toUInt8(bitShiftRight(service, 32)),
      toUInt32(begun_sum), toUInt32(bitShiftRight(begun_sum, 32)), toUInt32(vain_sum), toUInt32(bitShiftRight(vain_sum, 32)),
      if(of_server, up_bytes, down_bytes), if(of_server, down_bytes, up_bytes),
      if(of_server, up_packets, down_packets), if(of_server, down_packets, up_packets),
      toUInt8(bitOr(bitAnd(bits_or, 255), bitAnd(bitShiftRight(bits_or, 8), 255))), duration_sum,
      fromUnixTimestamp64Milli(toInt64(first_min), 'UTC'), fromUnixTimestamp64Milli(toInt64(last_max), 'UTC'), rate_max,
      kinds_or, listed, toUInt8(service), ${options.fold}, toDate('${options.foldedOn}')
    FROM (
      SELECT *, ${address("client")} AS client, ${address("server")} AS server, ${listed} AS listed, arrayJoin([0, 1]) AS of_server
      FROM (${grouped})
    )`;
}
