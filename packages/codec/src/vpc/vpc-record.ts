import { ADDRESS_BYTES } from "@flowlens/flow";
import {
  MAX_TIME_MICROS,
  equalsBytes,
  asciiBytes,
  parseAddressBytes,
  parseTimeToMicros,
  parseUnsigned,
  type BadLineReason,
} from "../text/index.ts";
import { SLOT, SLOTS } from "./fields.ts";

export const SRC_AT = 0;
export const DST_AT = ADDRESS_BYTES;
const UNSET = -1;
const BAD = -2;

const NODATA = asciiBytes("NODATA");
const SKIPDATA = asciiBytes("SKIPDATA");
const REJECT = asciiBytes("REJECT");
const INGRESS = asciiBytes("ingress");
const EGRESS = asciiBytes("egress");

/** Where the line at hand holds what, by slot: bytes [starts, ends), `ends` 0 where it says nothing. Reused. */
export interface VpcLine {
  bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** What one line says; reused for all lines. -1 is what the line does not say. */
export interface VpcRecord {
  /** 16 bytes of the packet's source, then 16 of its destination. */
  readonly addresses: Uint8Array;
  hasSource: boolean;
  hasDestination: boolean;
  srcPort: number;
  dstPort: number;
  protocol: number;
  packets: number;
  bytes: number;
  startMs: number;
  endMs: number;
  /** As AWS records them: FIN, SYN, RST, and ACK with SYN only. */
  tcpFlags: number;
  /** 0 ingress, 1 egress, as IANA's element 61. */
  direction: number;
  isRejected: boolean;
}

export function createVpcLine(): VpcLine {
  return { bytes: new Uint8Array(0), starts: new Int32Array(SLOTS), ends: new Int32Array(SLOTS) };
}

export function createVpcRecord(): VpcRecord {
  return {
    addresses: new Uint8Array(2 * ADDRESS_BYTES),
    hasSource: false,
    hasDestination: false,
    srcPort: UNSET,
    dstPort: UNSET,
    protocol: UNSET,
    packets: UNSET,
    bytes: UNSET,
    startMs: UNSET,
    endMs: UNSET,
    tcpFlags: UNSET,
    direction: UNSET,
    isRejected: false,
  };
}

/**
 * Reads the line into `record`. `ok`: all that a flow needs is there. `part`: nothing is wrong and something is missing.
 * `no_data`, `skip_data`: the line says that the interface had no traffic, or that AWS could not record it.
 */
export function readVpcRecord(
  line: VpcLine,
  record: VpcRecord,
): "ok" | "part" | "no_data" | "skip_data" | BadLineReason {
  if (is(line, SLOT["log-status"], SKIPDATA)) return "skip_data";
  if (is(line, SLOT["log-status"], NODATA)) return "no_data";
  const { ends } = line;
  const source = ends[SLOT["pkt-srcaddr"]] > 0 ? SLOT["pkt-srcaddr"] : SLOT.srcaddr;
  const destination = ends[SLOT["pkt-dstaddr"]] > 0 ? SLOT["pkt-dstaddr"] : SLOT.dstaddr;
  record.hasSource = ends[source] > 0;
  record.hasDestination = ends[destination] > 0;
  // Without a log-status this is what is left of NODATA and SKIPDATA.
  if (!record.hasSource && !record.hasDestination) return "no_data";
  if (record.hasSource && !readAddress(line, source, record, SRC_AT)) return "address";
  if (record.hasDestination && !readAddress(line, destination, record, DST_AT)) return "address";
  record.startMs = readTime(line, SLOT.start);
  record.endMs = ends[SLOT.end] > 0 ? readTime(line, SLOT.end) : record.startMs;
  if (record.startMs === BAD || record.endMs < record.startMs) return "time";
  record.srcPort = readNumber(line, SLOT.srcport, 0xffff);
  record.dstPort = readNumber(line, SLOT.dstport, 0xffff);
  if (record.srcPort === BAD || record.dstPort === BAD) return "port";
  record.protocol = readNumber(line, SLOT.protocol, 0xff);
  if (record.protocol === BAD) return "protocol";
  record.packets = readNumber(line, SLOT.packets, Infinity);
  record.bytes = readNumber(line, SLOT.bytes, Infinity);
  record.tcpFlags = readNumber(line, SLOT["tcp-flags"], 0xff);
  if (record.packets === BAD || record.bytes === BAD || record.tcpFlags === BAD) return "number";
  record.isRejected = is(line, SLOT.action, REJECT);
  record.direction = UNSET;
  if (is(line, SLOT["flow-direction"], INGRESS)) record.direction = 0;
  else if (is(line, SLOT["flow-direction"], EGRESS)) record.direction = 1;
  return isWhole(record) ? "ok" : "part";
}

function isWhole(record: VpcRecord): boolean {
  if (!record.hasSource || !record.hasDestination || record.startMs < 0) return false;
  return (
    record.protocol >= 0 &&
    record.srcPort >= 0 &&
    record.dstPort >= 0 &&
    (record.packets >= 0 || record.bytes >= 0)
  );
}

function is(line: VpcLine, slot: number, text: Uint8Array): boolean {
  return line.ends[slot] > 0 && equalsBytes(line.bytes, line.starts[slot], line.ends[slot], text);
}

function readAddress(line: VpcLine, slot: number, record: VpcRecord, at: number): boolean {
  return parseAddressBytes(line.bytes, line.starts[slot], line.ends[slot], record.addresses, at);
}

/** Seconds since 1970 in the log. */
function readTime(line: VpcLine, slot: number): number {
  if (line.ends[slot] === 0) return UNSET;
  const micros = parseTimeToMicros(line.bytes, line.starts[slot], line.ends[slot]);
  return micros < 0 || micros > MAX_TIME_MICROS ? BAD : Math.floor(micros / 1000);
}

function readNumber(line: VpcLine, slot: number, most: number): number {
  if (line.ends[slot] === 0) return UNSET;
  const value = parseUnsigned(line.bytes, line.starts[slot], line.ends[slot]);
  return value < 0 || value > most ? BAD : value;
}
