import { ADDRESS_BYTES } from "@flowlens/flow";
import {
  MAX_TIME_MICROS,
  parseAddressBytes,
  parseCount,
  parseProtocol,
  parseSecondsToMicros,
  parseTimeToMicros,
  type BadLineReason,
} from "../text/index.ts";
import { SLOT, SLOTS } from "./columns.ts";
import { parseIcmpPort, parseNfdumpDuration, startOfDuration } from "./nfdump-values.ts";
import { parseTcpFlags } from "./tcp-flags.ts";

export const SRC_AT = 0;
export const DST_AT = ADDRESS_BYTES;
const UNSET = -1;
const BAD = -2;

/** What one line says; reused for all lines. Counts and flags are -1 where empty. */
export interface CsvRecord {
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

/** Where the line at hand holds what, by slot: bytes [starts, ends), `ends` 0 where it holds nothing. Reused. */
export interface CsvLine {
  bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

export function createCsvRecord(): CsvRecord {
  return {
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
}

export function createCsvLine(): CsvLine {
  return { bytes: new Uint8Array(0), starts: new Int32Array(SLOTS), ends: new Int32Array(SLOTS) };
}

/** Reads the line into `record`, of nfdump as it writes them; "ok", or what is wrong with it. */
export function readCsvRecord(line: CsvLine, record: CsvRecord, isNfdump: boolean): "ok" | BadLineReason {
  if (!(isNfdump ? readNfdumpTimes(line, record) : readTimes(line, record))) return "time";
  if (!readAddress(line, SLOT.srcAddr, record, SRC_AT) || !readAddress(line, SLOT.dstAddr, record, DST_AT)) {
    return "address";
  }
  record.protocol = parseProtocol(line.bytes, line.starts[SLOT.protocol], line.ends[SLOT.protocol]);
  record.srcPort = readPort(line, SLOT.srcPort);
  record.dstPort = isNfdump ? readIcmpPort(line, record) : readPort(line, SLOT.dstPort);
  if (record.srcPort < 0 || record.dstPort < 0) return "port";
  if (record.protocol < 0) return "protocol";
  record.srcPackets = readCount(line, SLOT.srcPackets);
  record.srcBytes = readCount(line, SLOT.srcBytes);
  record.dstPackets = readCount(line, SLOT.dstPackets);
  record.dstBytes = readCount(line, SLOT.dstBytes);
  record.tcpFlags = readFlags(line, SLOT.tcpFlags);
  record.dstTcpFlags = readFlags(line, SLOT.dstTcpFlags);
  // Of the source's counts one may be empty; a line with neither says nothing.
  if (record.srcPackets === UNSET && record.srcBytes === UNSET) return "number";
  const least = Math.min(record.srcPackets, record.srcBytes, record.dstPackets, record.dstBytes);
  return Math.min(least, record.tcpFlags, record.dstTcpFlags) === BAD ? "number" : "ok";
}

function readTimes(line: CsvLine, record: CsvRecord): boolean {
  const { bytes, starts, ends } = line;
  record.startMicros = parseTimeToMicros(bytes, starts[SLOT.start], ends[SLOT.start]);
  record.endMicros = record.startMicros;
  if (ends[SLOT.end] > 0) record.endMicros = parseTimeToMicros(bytes, starts[SLOT.end], ends[SLOT.end]);
  else if (ends[SLOT.duration] > 0) {
    const duration = parseSecondsToMicros(bytes, starts[SLOT.duration], ends[SLOT.duration]);
    record.endMicros = duration < 0 ? BAD : record.startMicros + duration;
  }
  if (record.startMicros < 0 || record.endMicros < record.startMicros) return false;
  return record.endMicros <= MAX_TIME_MICROS;
}

/** nfdump has the first and the last, or one of them and the duration. */
function readNfdumpTimes(line: CsvLine, record: CsvRecord): boolean {
  const { bytes, starts, ends } = line;
  const hasEnd = ends[SLOT.end] > 0;
  const duration =
    ends[SLOT.duration] > 0 ? parseNfdumpDuration(bytes, starts[SLOT.duration], ends[SLOT.duration]) : 0;
  const start = parseTimeToMicros(bytes, starts[SLOT.start], ends[SLOT.start]);
  const end = hasEnd ? parseTimeToMicros(bytes, starts[SLOT.end], ends[SLOT.end]) : start + duration;
  if (start < 0 || duration < 0 || end < start) return false;
  record.startMicros = hasEnd && duration > 0 ? startOfDuration(start, end, duration) : start;
  record.endMicros = Math.max(end, Math.min(record.startMicros + duration, end + 999_999));
  return record.endMicros <= MAX_TIME_MICROS;
}

function readIcmpPort(line: CsvLine, record: CsvRecord): number {
  const [start, end] = [line.starts[SLOT.dstPort], line.ends[SLOT.dstPort]];
  const typeAndCode = parseIcmpPort(line.bytes, start, end, record.protocol);
  return typeAndCode >= 0 ? typeAndCode : readPort(line, SLOT.dstPort);
}

function readAddress(line: CsvLine, slot: number, record: CsvRecord, at: number): boolean {
  return parseAddressBytes(line.bytes, line.starts[slot], line.ends[slot], record.addresses, at);
}

function readCount(line: CsvLine, slot: number): number {
  if (line.ends[slot] === 0) return UNSET;
  const value = parseCount(line.bytes, line.starts[slot], line.ends[slot]);
  return value < 0 ? BAD : value;
}

function readFlags(line: CsvLine, slot: number): number {
  if (line.ends[slot] === 0) return UNSET;
  const value = parseTcpFlags(line.bytes, line.starts[slot], line.ends[slot]);
  return value < 0 ? BAD : value;
}

/** Ports are empty for protocols without them. */
function readPort(line: CsvLine, slot: number): number {
  const port = readCount(line, slot);
  if (port === UNSET) return 0;
  return port <= 0xffff ? port : BAD;
}
