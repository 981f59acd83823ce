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
  /** Which registers are read: 1. */
  readonly filled: Uint8Array;
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
  const filled = new Uint8Array(REGISTERS);
  const read = new Uint8Array(ids.length);
  const reads = new Int32Array(best.size * READ_STRIDE);
  let i = 0;
  for (const [register, { field, what, at }] of best) {
    reads.set([what, register, isVariable ? field : at, lengths[field]], i);
    i += READ_STRIDE;
    filled[register] = 1;
    read[field] = 1;
  }
  const hasSampling = SAMPLING_REGISTERS.some((register) => filled[register] === 1);
  return { hasSampling, recordBytes: isVariable ? 0 : minRecordBytes, minRecordBytes, reads, filled, read };
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
