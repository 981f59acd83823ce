import {
  ADDRESS_BYTES,
  INITIATOR,
  IP_PROTOCOL,
  copyIpv6,
  isIpv4,
  nextFlow,
  type FlowSink,
} from "@flowlens/flow";
import {
  afterByteOrderMark,
  asciiText,
  MAX_TIME_MICROS,
  parseAddressBytes,
  parseCount,
  parseProtocol,
  parseSecondsToMicros,
  parseTimeToMicros,
  type BadLineReason,
  type LineCounters,
  type LineFormat,
  type LineOutcome,
} from "../text/index.ts";
import { csvColumnsOf, SLOT, SLOTS, type CsvColumns } from "./columns.ts";
import { splitFields, type CsvFields } from "./split-fields.ts";
import { parseTcpFlags } from "./tcp-flags.ts";

const MAX_HEADER_CHARS = 65_536;
const SRC_AT = 0;
const DST_AT = ADDRESS_BYTES;
const UNSET = -1;
const BAD = -2;

/** What one line says; reused for all lines. Counts and flags are -1 where empty. */
interface CsvRecord {
  startMicros: number;
  endMicros: number;
  /** 16 bytes of the source, then 16 of the destination. */
  readonly addresses: Uint8Array;
  srcPort: number;
  dstPort: number;
  protocol: number;
  srcPackets: number;
  srcBytes: number;
  dstPackets: number;
  dstBytes: number;
  tcpFlags: number;
  dstTcpFlags: number;
}

/**
 * A CSV of flows with a header. A line where the destination sent something is a conversation: two rows, the source
 * being claimed as who opened it. Otherwise it is one row, and nothing is known of who opened: tools that write one-way
 * records leave the destination's columns empty or fill them with 0.
 */
export function createCsvFormat(sink: FlowSink, counters: LineCounters): LineFormat {
  const record: CsvRecord = {
    startMicros: 0,
    endMicros: 0,
    addresses: new Uint8Array(2 * ADDRESS_BYTES),
    srcPort: 0,
    dstPort: 0,
    protocol: 0,
    srcPackets: UNSET,
    srcBytes: UNSET,
    dstPackets: UNSET,
    dstBytes: UNSET,
    tcpFlags: UNSET,
    dstTcpFlags: UNSET,
  };
  /** By column, then by slot; `ends` 0 where the line has nothing. */
  let fields: CsvFields = { starts: new Int32Array(0), ends: new Int32Array(0) };
  const starts = new Int32Array(SLOTS);
  const ends = new Int32Array(SLOTS);
  let columns: CsvColumns | undefined;
  let refusal = "";

  const takeHeader = (bytes: Uint8Array, start: number, end: number): LineOutcome => {
    const found = csvColumnsOf(asciiText(bytes, start, end, MAX_HEADER_CHARS));
    if (typeof found === "string") {
      refusal = found;
      return "refused";
    }
    columns = found;
    fields = { starts: new Int32Array(found.slots.length), ends: new Int32Array(found.slots.length) };
    return "header";
  };

  const countAt = (bytes: Uint8Array, slot: number): number => {
    if (ends[slot] === 0) return UNSET;
    const value = parseCount(bytes, starts[slot], ends[slot]);
    return value < 0 ? BAD : value;
  };

  const flagsAt = (bytes: Uint8Array, slot: number): number => {
    if (ends[slot] === 0) return UNSET;
    const value = parseTcpFlags(bytes, starts[slot], ends[slot]);
    return value < 0 ? BAD : value;
  };

  /** Ports are empty for protocols without them. */
  const portAt = (bytes: Uint8Array, slot: number): number => {
    const port = countAt(bytes, slot);
    return port === UNSET ? 0 : port <= 0xffff ? port : BAD;
  };

  const readTimes = (bytes: Uint8Array): boolean => {
    record.startMicros = parseTimeToMicros(bytes, starts[SLOT.start], ends[SLOT.start]);
    record.endMicros = record.startMicros;
    if (ends[SLOT.end] > 0) {
      record.endMicros = parseTimeToMicros(bytes, starts[SLOT.end], ends[SLOT.end]);
    } else if (ends[SLOT.duration] > 0) {
      const duration = parseSecondsToMicros(bytes, starts[SLOT.duration], ends[SLOT.duration]);
      record.endMicros = duration < 0 ? BAD : record.startMicros + duration;
    }
    return record.startMicros >= 0 && record.endMicros >= record.startMicros && record.endMicros <= MAX_TIME_MICROS;
  };

  const readRecord = (bytes: Uint8Array): "ok" | BadLineReason => {
    if (!readTimes(bytes)) return "time";
    if (
      !parseAddressBytes(bytes, starts[SLOT.srcAddr], ends[SLOT.srcAddr], record.addresses, SRC_AT) ||
      !parseAddressBytes(bytes, starts[SLOT.dstAddr], ends[SLOT.dstAddr], record.addresses, DST_AT)
    ) {
      return "address";
    }
    record.srcPort = portAt(bytes, SLOT.srcPort);
    record.dstPort = portAt(bytes, SLOT.dstPort);
    if (record.srcPort < 0 || record.dstPort < 0) return "port";
    record.protocol = parseProtocol(bytes, starts[SLOT.protocol], ends[SLOT.protocol]);
    if (record.protocol < 0) return "protocol";
    record.srcPackets = countAt(bytes, SLOT.srcPackets);
    record.srcBytes = countAt(bytes, SLOT.srcBytes);
    record.dstPackets = countAt(bytes, SLOT.dstPackets);
    record.dstBytes = countAt(bytes, SLOT.dstBytes);
    record.tcpFlags = flagsAt(bytes, SLOT.tcpFlags);
    record.dstTcpFlags = flagsAt(bytes, SLOT.dstTcpFlags);
    // Of the source's counts one may be empty; a line with neither says nothing.
    if (record.srcPackets === UNSET && record.srcBytes === UNSET) return "number";
    const least = Math.min(record.srcPackets, record.srcBytes, record.dstPackets, record.dstBytes);
    return Math.min(least, record.tcpFlags, record.dstTcpFlags) === BAD ? "number" : "ok";
  };

  return {
    get refusal() {
      return refusal;
    },
    get missingHeader() {
      return columns === undefined ? "it has no header line" : undefined;
    },
    readLine(bytes, start, end) {
      const from = counters.lines === 1 ? afterByteOrderMark(bytes, start, end) : start;
      if (from === end) return "header";
      if (columns === undefined) return takeHeader(bytes, from, end);
      const { slots } = columns;
      const found = splitFields(bytes, from, end, columns.delimiter, fields);
      if (found < 0) return "syntax";
      if (found < slots.length) return "columns";
      ends.fill(0);
      for (let column = 0; column < slots.length; column++) {
        const slot = slots[column];
        if (slot < 0 || fields.starts[column] === fields.ends[column]) continue;
        starts[slot] = fields.starts[column];
        ends[slot] = fields.ends[column];
      }
      const verdict = readRecord(bytes);
      if (verdict !== "ok") return verdict;
      counters.flows += writeFlows(record, sink);
      return "record";
    },
  };
}

/** Writes the rows of a record and returns how many. The rows of a conversation share its times: there are no others. */
function writeFlows(record: CsvRecord, sink: FlowSink): number {
  const isAnswered = record.dstPackets > 0 || record.dstBytes > 0;
  const isAsked = record.srcPackets > 0 || record.srcBytes > 0;
  let rows = 0;
  // A line is there because a packet was seen, even where all its counts are 0 (sampling does that).
  if (isAsked || !isAnswered) {
    const row = startRow(record, sink, SRC_AT);
    const { batch } = sink;
    batch.packets[row] = Math.max(record.srcPackets, 0);
    batch.bytes[row] = Math.max(record.srcBytes, 0);
    batch.tcpFlags[row] = Math.max(record.tcpFlags, 0);
    batch.initiator[row] = isAnswered ? INITIATOR.sourceClaimed : INITIATOR.unknown;
    batch.length++;
    rows++;
  }
  if (isAnswered) {
    const row = startRow(record, sink, DST_AT);
    const { batch } = sink;
    batch.packets[row] = Math.max(record.dstPackets, 0);
    batch.bytes[row] = Math.max(record.dstBytes, 0);
    batch.tcpFlags[row] = Math.max(record.dstTcpFlags, 0);
    batch.initiator[row] = INITIATOR.destinationClaimed;
    batch.length++;
    rows++;
  }
  return rows;
}

function startRow(record: CsvRecord, sink: FlowSink, sourceAt: number): number {
  const row = nextFlow(sink);
  const { batch } = sink;
  const isReverse = sourceAt === DST_AT;
  copyIpv6(record.addresses, sourceAt, batch.srcAddr, row * ADDRESS_BYTES);
  copyIpv6(record.addresses, isReverse ? SRC_AT : DST_AT, batch.dstAddr, row * ADDRESS_BYTES);
  batch.timeStart[row] = Math.floor(record.startMicros / 1000);
  batch.timeEnd[row] = Math.floor(record.endMicros / 1000);
  const isIcmp = record.protocol === IP_PROTOCOL.icmp || record.protocol === IP_PROTOCOL.icmpv6;
  if (isIcmp) {
    batch.ipProtocol[row] = isIpv4(record.addresses) ? IP_PROTOCOL.icmp : IP_PROTOCOL.icmpv6;
    // As NetFlow has it: type and code in the destination port. Other conventions cannot be told apart.
    if (!isReverse && record.srcPort === 0) batch.icmpTypeCode[row] = record.dstPort;
  } else {
    batch.ipProtocol[row] = record.protocol;
    batch.srcPort[row] = isReverse ? record.dstPort : record.srcPort;
    batch.dstPort[row] = isReverse ? record.srcPort : record.dstPort;
  }
  return row;
}
