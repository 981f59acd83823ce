import { INITIATOR, IP_PROTOCOL } from "@flowlens/flow";
import { WINDOW_SECONDS } from "../../schema/flow-columns.ts";
import type { FoldChunk } from "../chunk.ts";
import { CONVERSATION_BITS as BIT, edgeSql } from "../orientation/intrinsic-score.ts";
import { withIntrinsicScore } from "../orientation/score.ts";
import { CONVERSATION_COLUMNS, type StageTables } from "../stage-tables.ts";
import { rawRange, withinPart, type RawPart } from "./raw-part.ts";

/** ::ffff:0:0 as a number. */
const IPV4_MAPPED = 0xffff_0000_0000;
const WINDOW_MS = WINDOW_SECONDS * 1000;

export interface RowsOptions extends RawPart {
  readonly tables: StageTables;
}

const UNPACKED_IPV4 =
  `toUInt64(0) AS lo_top, toUInt64(0) AS hi_top, ` +
  `bitShiftRight(addresses, 32) + ${IPV4_MAPPED} AS lo_low, bitAnd(addresses, 4294967295) + ${IPV4_MAPPED} AS hi_low,`;

/** Columns of a raw row that a fold reads besides times, bytes and packets. */
const PLAIN_COLUMNS =
  "network_id, slice, exporter, src_addr, dst_addr, src_port, dst_port, ip_protocol, tcp_flags, icmp_type_code, initiator, " +
  "greatest(sampling_rate, 1) AS rate";

/**
 * Fills `grouped`: raw records of the chunk's targets, or afterwards of the windows before them, cut at window
 * borders, grouped to one row per unordered 5-tuple, window and exporter.
 *
 * Grouping is by one 64-bit hash and everything else rides along: min, max, sum and bit-or over numbers are what
 * ClickHouse compiles, and wide keys cost more than all of them. Of n groups the chance that any two collide is n² / 2^65: 10^-7 for two million.
 */
export function insertConversationRows(options: RowsOptions): string {
  const { chunk, tables } = options;
  const split = chunk.hasSeveralExporters;
  const exporterWords = split
    ? "groupBitOr(exporter_high) AS exporter_top, groupBitOr(exporter_lows) AS exporter_low"
    : "toUInt64(0) AS exporter_top, toUInt64(0) AS exporter_low";
  const grouped = `
    SELECT
      groupBitOr(network_window) AS network_windows,
      ${chunk.hasIpv6 ? "groupBitOr(a_top) AS lo_top, groupBitOr(a_low) AS lo_low, groupBitOr(b_top) AS hi_top, groupBitOr(b_low) AS hi_low" : "groupBitOr(address_pair) AS addresses"},
      groupBitOr(port_word) AS ports,
      ${exporterWords},
      sumIf(scaled_packets, NOT is_swapped) AS packets_lo, sumIf(scaled_packets, is_swapped) AS packets_hi,
      sumIf(scaled_bytes, NOT is_swapped) AS bytes_lo, sumIf(scaled_bytes, is_swapped) AS bytes_hi,
      minIf(start_word, NOT is_swapped) AS first_lo, minIf(start_word, is_swapped) AS first_hi,
      maxIf(end_ms, NOT is_swapped) AS last_lo, maxIf(end_ms, is_swapped) AS last_hi,
      groupBitOr(row_bits) AS bits,
      max(rate) AS sampling_rate
    FROM (${numberedRows(options, split)})
    ${options.part === "targets" ? "" : continuing(options)}
    GROUP BY group_hash`;
  return `
    INSERT INTO ${tables.grouped} (${CONVERSATION_COLUMNS}, window, exporter_top, exporter_low, is_target)
    SELECT ${CONVERSATION_COLUMNS}, window, exporter_top, exporter_low, ${options.part === "targets" ? 1 : 0}
    FROM (
      SELECT *,
        toUInt32(bitShiftRight(network_windows, 32)) AS network_id, toUInt32(network_windows) AS window,
        toUInt16(bitShiftRight(ports, 48)) AS lo_port, toUInt16(bitShiftRight(ports, 32)) AS hi_port,
        toUInt8(bitShiftRight(ports, 8)) AS ip_protocol, toUInt8(ports) AS slice,
        ${chunk.hasIpv6 ? "" : UNPACKED_IPV4}
        ${tupleHash(chunk.hasIpv6 ? "lo_top, lo_low, hi_top, hi_low" : "addresses", "ports")} AS tuple_hash
      FROM (${grouped})
    )`;
}

/** Of the windows before, only what goes on in the targets matters: whether it began there, and who opened it. */
function continuing({ chunk, tables }: RowsOptions): string {
  const hash = tupleHash(chunk.hasIpv6 ? "a_top, a_low, b_top, b_low" : "address_pair", "port_word");
  return `WHERE ${hash} IN (SELECT tuple_hash FROM ${tables.grouped})`;
}

function tupleHash(addresses: string, ports: string): string {
  return `cityHash64(network_id, ${addresses}, ${ports})`;
}

/**
 * Fills `rows` from `grouped`. A statement of its own, since ClickHouse analyses an expression over a nested SELECT
 * ten times slower than over a table, and there are a thousand of them here.
 */
export function insertScoredRows({ chunk, tables, knownPorts }: ScoreOptions): string {
  const columns = `${CONVERSATION_COLUMNS}, window, exporter_top, exporter_low, is_target, score, kinds, is_real, only_refuses_lo, only_refuses_hi`;
  const conversations = `SELECT *, 1 AS comparable FROM ${tables.grouped}`;
  return `
    INSERT INTO ${tables.rows} (${columns})
    SELECT ${columns} FROM (${withIntrinsicScore(conversations, { knownPorts, edgeMs: edgeSql(chunk.spans) })})`;
}

export interface ScoreOptions {
  readonly chunk: FoldChunk;
  readonly tables: StageTables;
  readonly knownPorts: boolean;
}

/** Rows with their unordered endpoints, hashes and packed words. */
function numberedRows(options: RowsOptions, split: boolean): string {
  const ipv6 = options.chunk.hasIpv6;
  const endpoints = ipv6
    ? `SELECT *, src_addr > dst_addr OR (src_addr = dst_addr AND src_port > dst_port) AS is_swapped FROM (${windowRows(options)})`
    : `SELECT *, src4 > dst4 OR (src4 = dst4 AND src_port > dst_port) AS is_swapped FROM (
        SELECT *, toUInt32(toUInt128(src_addr)) AS src4, toUInt32(toUInt128(dst_addr)) AS dst4 FROM (${windowRows(options)}))`;
  const flagsShift = "if(is_swapped, 8, 0)";
  const pairShift = "if(is_swapped, 1, 0)";
  const isIcmp = `ip_protocol IN (${IP_PROTOCOL.icmp}, ${IP_PROTOCOL.icmpv6})`;
  const type = "bitShiftRight(icmp_type_code, 8)";
  const isV4 = `ip_protocol = ${IP_PROTOCOL.icmp}`;
  // Requests: echo, timestamp, information, mask (RFC 792, 950); echo, router and neighbour solicitation (RFC 4443, 4861).
  const request = `if(${isV4}, ${type} IN (8, 10, 13, 15, 17), ${type} IN (128, 133, 135))`;
  const reply = `if(${isV4}, ${type} IN (0, 9, 14, 16, 18), ${type} IN (129, 134, 136))`;
  // Unreachable, time exceeded, parameter problem: the packet did not get where it should.
  const error = `if(${isV4}, ${type} IN (3, 11, 12), ${type} IN (1, 3, 4))`;
  const icmpPlace = `multiIf(${request}, ${BIT.icmpRequest}, ${reply}, ${BIT.icmpReply}, ${error}, ${BIT.icmpError}, ${BIT.icmpOther})`;
  const openerPlace = `multiIf(initiator IN (${INITIATOR.sourceSeen}, ${INITIATOR.destinationSeen}), ${BIT.openerSeen}, ${BIT.openerClaimed})`;
  const openerIsDestination = `(initiator IN (${INITIATOR.destinationSeen}, ${INITIATOR.destinationClaimed}))`;
  return `
    SELECT *,
      cityHash64(${ipv6 ? "lo_addr, hi_addr" : "address_pair"}, port_word, network_window${split ? ", exporter" : ""}) AS group_hash,
      ${ipv6 ? `${words("lo_addr", "a")}, ${words("hi_addr", "b")},` : ""}
      ${split ? "toUInt64(bitShiftRight(toUInt128(exporter), 64)) AS exporter_high, toUInt64(toUInt128(exporter)) AS exporter_lows," : ""}
      start_ms * 2 + (bitAnd(tcp_flags, 2) = 0) AS start_word,
      bitOr(
        bitOr(
          bitShiftLeft(toUInt64(tcp_flags), ${flagsShift}),
          bitShiftLeft(
            bitOr(
              bitShiftLeft(toUInt64(bitAnd(tcp_flags, 18) = 2), ${BIT.synWithoutAck}),
              bitShiftLeft(toUInt64(bitAnd(tcp_flags, 18) = 18 AND exported_packets = 1), ${BIT.singleSynAck})
            ), ${pairShift})
        ),
        bitOr(
          if(initiator = ${INITIATOR.unknown}, toUInt64(0), bitShiftLeft(toUInt64(1), ${openerPlace} + (is_swapped != ${openerIsDestination}))),
          if(${isIcmp}, bitShiftLeft(toUInt64(1), ${icmpPlace} + is_swapped), toUInt64(0))
        )
      ) AS row_bits
    FROM (
      SELECT *,
        bitShiftLeft(toUInt64(network_id), 32) + window AS network_window,
        ${ipv6 ? "if(is_swapped, dst_addr, src_addr) AS lo_addr, if(is_swapped, src_addr, dst_addr) AS hi_addr" : "if(is_swapped, bitShiftLeft(toUInt64(dst4), 32) + src4, bitShiftLeft(toUInt64(src4), 32) + dst4) AS address_pair"},
        bitShiftLeft(toUInt64(if(is_swapped, dst_port, src_port)), 48) + bitShiftLeft(toUInt64(if(is_swapped, src_port, dst_port)), 32) +
          ip_protocol * 256 + slice AS port_word
      FROM (${endpoints})
    )`;
}

/** Records cut at window borders: bytes and packets scaled by the sampling rate and, of a longer record, in proportion. */
function windowRows(options: RowsOptions): string {
  const bytes = "bytes * greatest(sampling_rate, 1)";
  const packets = "packets * greatest(sampling_rate, 1)";
  const start = "toUInt64(toUnixTimestamp64Milli(time_start))";
  const end = "toUInt64(toUnixTimestamp64Milli(time_end))";
  const range = rawRange(options);
  // Cumulative shares, rounded down and subtracted, add up to the whole exactly.
  const share = (total: string): string =>
    `toUInt64(intDiv(toUInt128(${total}) * upto_ms, span_ms) - intDiv(toUInt128(${total}) * before_ms, span_ms))`;
  const within = withinPart(options);
  return `
    SELECT ${PLAIN_COLUMNS}, toUInt32(window_last) AS window, ${start} AS start_ms, ${end} AS end_ms,
      ${bytes} AS scaled_bytes, ${packets} AS scaled_packets, packets AS exported_packets
    FROM flows
    WHERE window_first = window_last AND ${range} AND ${within}
    UNION ALL
    SELECT * EXCEPT (whole_bytes, whole_packets, reach_ms, span_ms, before_ms, upto_ms),
      ${share("whole_bytes")} AS scaled_bytes, ${share("whole_packets")} AS scaled_packets, whole_packets AS exported_packets
    FROM (
      SELECT ${PLAIN_COLUMNS},
        arrayJoin(range(toUInt32(window_first), toUInt32(window_last) + 1, ${WINDOW_SECONDS})) AS window,
        ${start} AS start_ms, ${end} AS end_ms, ${bytes} AS whole_bytes, ${packets} AS whole_packets,
        greatest(start_ms, toUInt64(toUnixTimestamp(window_first)) * 1000) AS reach_ms,
        end_ms - reach_ms AS span_ms,
        greatest(toUInt64(window) * 1000, reach_ms) - reach_ms AS before_ms,
        least(toUInt64(window) * 1000 + ${WINDOW_MS}, end_ms) - reach_ms AS upto_ms
      FROM flows
      WHERE window_first < window_last AND ${range}
    )
    WHERE ${within}`;
}

function words(address: string, name: string): string {
  return `toUInt64(bitShiftRight(toUInt128(${address}), 64)) AS ${name}_top, toUInt64(toUInt128(${address})) AS ${name}_low`;
}
