import { READ, READ_STRIDE, type Plan } from "./plan.ts";
import { VARIABLE_LENGTH, type Template } from "./template.ts";

/** Seconds from 1900 (NTP) to 1970. */
const NTP_TO_UNIX_S = 2_208_988_800;

/** Where the fields of one record are: offset and length of each. */
export interface RecordLayout {
  readonly at: Int32Array;
  readonly lengths: Int32Array;
}

export const MAX_FIELDS = 1_024;

export function createRecordLayout(): RecordLayout {
  return { at: new Int32Array(MAX_FIELDS), lengths: new Int32Array(MAX_FIELDS) };
}

/**
 * Finds the fields of the record at `at`; returns where it ends, or -1 where it would end behind `end`.
 * Fields of variable length carry it before them: 1 byte, or 255 and 2 bytes (RFC 7011 §7).
 */
export function layOut(
  bytes: Uint8Array,
  at: number,
  end: number,
  template: Template,
  layout: RecordLayout,
): number {
  const { lengths } = template;
  for (let field = 0; field < lengths.length; field++) {
    let length = lengths[field];
    if (length === VARIABLE_LENGTH) {
      if (at >= end) return -1;
      length = bytes[at++];
      if (length === 255) {
        if (end - at < 2) return -1;
        length = (bytes[at] << 8) | bytes[at + 1];
        at += 2;
      }
    }
    if (length > end - at) return -1;
    layout.at[field] = at;
    layout.lengths[field] = length;
    at += length;
  }
  return at;
}

/** Reads the record of fixed length at `at` into the registers. The caller has checked that it is whole. */
export function readFixed(
  bytes: Uint8Array,
  at: number,
  plan: Plan,
  exportMs: number,
  registers: Float64Array,
): void {
  const { reads } = plan;
  for (let i = 0; i < reads.length; i += READ_STRIDE) {
    const p = at + reads[i + 2];
    let value: number;
    switch (reads[i]) {
      case READ.u8:
        value = bytes[p];
        break;
      case READ.u16:
        value = (bytes[p] << 8) | bytes[p + 1];
        break;
      case READ.u32:
        value = ((bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3]) >>> 0;
        break;
      case READ.u64:
        value =
          (((bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3]) >>> 0) *
            4294967296 +
          (((bytes[p + 4] << 24) | (bytes[p + 5] << 16) | (bytes[p + 6] << 8) | bytes[p + 7]) >>> 0);
        break;
      case READ.offset:
        value = p;
        break;
      default:
        value = convert(bytes, p, reads[i + 3], reads[i], exportMs);
    }
    registers[reads[i + 1]] = value;
  }
}

/** Reads the record whose fields `layout` found into the registers. */
export function readLaidOut(
  bytes: Uint8Array,
  layout: RecordLayout,
  plan: Plan,
  exportMs: number,
  registers: Float64Array,
): void {
  const { reads } = plan;
  for (let i = 0; i < reads.length; i += READ_STRIDE) {
    const field = reads[i + 2];
    registers[reads[i + 1]] = convert(bytes, layout.at[field], layout.lengths[field], reads[i], exportMs);
  }
}

function convert(bytes: Uint8Array, at: number, length: number, what: number, exportMs: number): number {
  switch (what) {
    case READ.offset:
      return at;
    case READ.seconds:
      return readUnsigned(bytes, at, length) * 1000;
    case READ.ntp:
      return ntpMs(bytes, at);
    case READ.microsecondsBeforeExport:
      return exportMs - Math.ceil(readUnsigned(bytes, at, length) / 1000);
    case READ.microseconds:
      return Math.floor(readUnsigned(bytes, at, length) / 1000);
    case READ.probability: {
      const probability = readFloat(bytes, at, length);
      return probability > 0 && probability <= 1 ? 1 / probability : -1;
    }
    case READ.dscp:
      return (readUnsigned(bytes, at, length) & 0x3f) << 2;
    default:
      return readUnsigned(bytes, at, length);
  }
}

/** Ms since 1970 of an NTP timestamp, -1 where it is not set. Whole ms; the microseconds below are dropped. */
function ntpMs(bytes: Uint8Array, at: number): number {
  const seconds = readUnsigned(bytes, at, 4);
  const fraction = readUnsigned(bytes, at + 4, 4);
  if (seconds === 0) return -1;
  return (seconds - NTP_TO_UNIX_S) * 1000 + Math.floor((fraction * 1000) / 4294967296);
}

/** The big-endian number of up to 8 bytes (of more, the last 8); nearest double above 2^53. */
export function readUnsigned(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = at + Math.max(0, length - 8); i < at + length; i++) value = value * 256 + bytes[i];
  return value;
}

/** An IEEE 754 number of 4 or 8 bytes. */
function readFloat(bytes: Uint8Array, at: number, length: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, length);
  return length === 8 ? view.getFloat64(0) : view.getFloat32(0);
}
