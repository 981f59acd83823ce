import { registerOf, type Reading } from "./element-registers.ts";
import { REGISTER, REGISTERS } from "./registers.ts";
import { VARIABLE_LENGTH } from "./template.ts";

/** What one read does; the widths of plain numbers are told apart here once rather than a record. */
export const READ = {
  u8: 0,
  u16: 1,
  u32: 2,
  u64: 3,
  unsigned: 4,
  offset: 5,
  seconds: 6,
  ntp: 7,
  microsecondsBeforeExport: 8,
  microseconds: 9,
  probability: 10,
  dscp: 11,
} as const;

const SAMPLING_REGISTERS: readonly number[] = [
  REGISTER.samplingInterval,
  REGISTER.packetInterval,
  REGISTER.sampleSize,
  REGISTER.probabilityRate,
];

/** Numbers of one read in `Plan.reads`: what, register, offset in the record (or number of the field), length. */
export const READ_STRIDE = 4;

/** A template compiled for reading: nothing of it is looked up a record. */
export interface Plan {
  /** Length of every record; 0 where a field is of variable length. */
  readonly recordBytes: number;
  /** No record is shorter; 0: the template describes records without a byte, which are refused. */
  readonly minRecordBytes: number;
  /** READ_STRIDE numbers a read; at most one read for each field that has bytes. */
  readonly reads: Int32Array;
  /** By register: where in the record its field is (of fixed records), and its length; 0 where none fills it. */
  readonly offsets: Int32Array;
  readonly lengths: Int32Array;
  /** Every record is one flow of one direction that columns can be read of one by one: see plain-records.ts. */
  readonly isPlain: boolean;
  readonly hasSampling: boolean;
  /** Which fields are read into a register: 1. The others are for people only. */
  readonly read: Uint8Array;
}

export function compilePlan(ids: Uint16Array, lengths: Uint16Array, enterprises: Float64Array): Plan {
  let minRecordBytes = 0;
  let isVariable = false;
  const best = new Map<number, { field: number; rank: number; what: number; at: number }>();
  for (let field = 0; field < ids.length; field++) {
    const length = lengths[field];
    const element = registerOf(ids[field], enterprises[field]);
    const what = element === undefined ? undefined : readOf(element.reading, length);
    if (element !== undefined && what !== undefined) {
      const known = best.get(element.register);
      if (known === undefined || element.rank < known.rank) {
        best.set(element.register, { field, rank: element.rank, what, at: minRecordBytes });
      }
    }
    if (length === VARIABLE_LENGTH) {
      isVariable = true;
      minRecordBytes += 1;
    } else minRecordBytes += length;
  }
  const offsets = new Int32Array(REGISTERS);
  const registerLengths = new Int32Array(REGISTERS);
  const whats = new Map<number, number>();
  const read = new Uint8Array(ids.length);
  const reads = new Int32Array(best.size * READ_STRIDE);
  let i = 0;
  for (const [register, { field, what, at }] of best) {
    reads.set([what, register, isVariable ? field : at, lengths[field]], i);
    i += READ_STRIDE;
    offsets[register] = at;
    registerLengths[register] = lengths[field];
    whats.set(register, what);
    read[field] = 1;
  }
  const hasSampling = SAMPLING_REGISTERS.some((register) => whats.has(register));
  return {
    hasSampling,
    recordBytes: isVariable ? 0 : minRecordBytes,
    minRecordBytes,
    reads,
    offsets,
    lengths: registerLengths,
    read,
    isPlain: !isVariable && isPlain(whats),
  };
}

/** Registers that make more of a record than one column each: without them, and with the others as below, it is plain. */
const NOT_PLAIN: readonly number[] = [
  ...SAMPLING_REGISTERS,
  REGISTER.tcpSrcPort,
  REGISTER.tcpDstPort,
  REGISTER.icmpType,
  REGISTER.icmpCode,
  REGISTER.firewallEvent,
  REGISTER.natEvent,
  REGISTER.biflowDirection,
  REGISTER.reverseBytes,
  REGISTER.reversePackets,
  REGISTER.firstPacketFlags,
  REGISTER.laterPacketFlags,
];

function isPlain(whats: ReadonlyMap<number, number>): boolean {
  const has = (...registers: readonly number[]) => registers.every((register) => whats.has(register));
  const hasAny = (...registers: readonly number[]) => registers.some((register) => whats.has(register));
  const { src4At, dst4At, src6At, dst6At, startMs, endMs, firstUptime, lastUptime } = REGISTER;
  const hasAddresses =
    (has(src4At, dst4At) && !hasAny(src6At, dst6At)) || (has(src6At, dst6At) && !hasAny(src4At, dst4At));
  const isNumber = (register: number) => (whats.get(register) ?? READ.u32) <= READ.unsigned;
  const hasTimes =
    (has(startMs, endMs) && isNumber(startMs) && isNumber(endMs)) ||
    (has(firstUptime, lastUptime) && !hasAny(startMs, endMs));
  return (
    hasAddresses &&
    hasTimes &&
    hasAny(REGISTER.bytes, REGISTER.packets) &&
    !hasAny(...NOT_PLAIN) &&
    !has(REGISTER.icmp4, REGISTER.icmp6) &&
    isNumber(REGISTER.tos)
  );
}

/** How a field of this length is read; undefined where the length does not fit the element: it is then passed over. */
function readOf(reading: Reading, length: number): number | undefined {
  if (length === 0) return undefined;
  const isVariable = length === VARIABLE_LENGTH;
  switch (reading) {
    case "ipv4":
      return length === 4 ? READ.offset : undefined;
    case "ipv6":
      return length === 16 ? READ.offset : undefined;
    case "ntp":
      return length === 8 ? READ.ntp : undefined;
    case "probability":
      return length === 4 || length === 8 ? READ.probability : undefined;
    case "seconds":
      return length <= 8 ? READ.seconds : undefined;
    case "microseconds_before_export":
      return length <= 8 ? READ.microsecondsBeforeExport : undefined;
    case "microseconds":
      return length <= 8 ? READ.microseconds : undefined;
    case "dscp":
      return length <= 8 ? READ.dscp : undefined;
    case "number":
      if (isVariable) return READ.unsigned;
      if (length > 8) return undefined;
      return WIDTHS[length];
  }
}

const WIDTHS: readonly number[] = [
  READ.unsigned,
  READ.u8,
  READ.u16,
  READ.unsigned,
  READ.u32,
  READ.unsigned,
  READ.unsigned,
  READ.unsigned,
  READ.u64,
];
