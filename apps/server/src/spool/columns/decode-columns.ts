import type { ColumnType, FlowBatch } from "@flowlens/flow";
import { COLUMN_HEAD_BYTES, COLUMN_KIND, padded } from "./column-kind.ts";
import { decodeAddresses } from "./decode-addresses.ts";
import type { DecodeTarget, EncodedColumns, Located } from "./encoded-columns.ts";
import { fillMissing } from "./stored-column.ts";

/** Whether the columns fill the frame as their heads say: then decoding stays within it. */
export function areColumnsSound(encoded: EncodedColumns): boolean {
  let at = encoded.start;
  for (const { type } of encoded.columns) {
    if (at + COLUMN_HEAD_BYTES > encoded.end) return false;
    const { kind, argument } = headOf(encoded, at);
    if (!KINDS_OF[type].has(kind) || (kind === COLUMN_KIND.mixedAddress && argument > encoded.rows))
      return false;
    at += COLUMN_HEAD_BYTES + dataBytes({ kind, argument, rows: encoded.rows });
  }
  return at === encoded.end;
}

/**
 * Adds rows [from, to) of the frame to the batch, which has room for them. The frame has been found sound.
 */
export function decodeColumns(
  encoded: EncodedColumns,
  rows: { readonly from: number; readonly to: number },
  batch: FlowBatch,
): void {
  const { from, to } = rows;
  const row = batch.length;
  let at = encoded.start;
  for (const { type, key } of encoded.columns) {
    const { kind, argument } = headOf(encoded, at);
    at += COLUMN_HEAD_BYTES;
    const located = { kind, argument, at };
    if (type === "address") {
      decodeAddresses(encoded, located, { into: batch[key] as Uint8Array, row, from, to });
    } else {
      decodeNumbers(encoded, located, { into: batch[key], row, from, to });
    }
    at += dataBytes({ kind, argument, rows: encoded.rows });
  }
  fillMissing(batch, encoded.columns, { from: row, to: row + to - from });
  batch.length = row + to - from;
}

const { same, sameDouble, wide1, wide2, wide4, double, offset2, offset4 } = COLUMN_KIND;
const DOUBLES = new Set<number>([same, sameDouble, wide1, wide2, wide4, double, offset2, offset4]);
const KINDS_OF: Readonly<Record<ColumnType, ReadonlySet<number>>> = {
  u8: new Set([same, wide1]),
  u16: new Set([same, wide1, wide2]),
  u32: new Set([same, wide1, wide2, wide4]),
  u64: DOUBLES,
  time_ms: DOUBLES,
  address: new Set([
    COLUMN_KIND.sameAddress,
    COLUMN_KIND.ipv4,
    COLUMN_KIND.address,
    COLUMN_KIND.mixedAddress,
  ]),
};

function headOf({ bytes }: EncodedColumns, at: number): { kind: number; argument: number } {
  const argument = bytes[at + 4] | (bytes[at + 5] << 8) | (bytes[at + 6] << 16) | (bytes[at + 7] << 24);
  return { kind: bytes[at], argument: argument >>> 0 };
}

function dataBytes({ kind, argument, rows }: { kind: number; argument: number; rows: number }): number {
  switch (kind) {
    case COLUMN_KIND.same:
      return 0;
    case COLUMN_KIND.sameDouble:
      return 8;
    case COLUMN_KIND.sameAddress:
      return 16;
    case COLUMN_KIND.wide1:
      return padded(rows);
    case COLUMN_KIND.wide2:
      return padded(2 * rows);
    case COLUMN_KIND.wide4:
    case COLUMN_KIND.ipv4:
      return padded(4 * rows);
    case COLUMN_KIND.double:
      return 8 * rows;
    case COLUMN_KIND.offset2:
      return 8 + padded(2 * rows);
    case COLUMN_KIND.offset4:
      return 8 + padded(4 * rows);
    case COLUMN_KIND.mixedAddress:
      return padded((rows + 7) >>> 3) + padded(4 * argument) + 16 * (rows - argument);
    default:
      return 16 * rows;
  }
}

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

function decodeNumbers(
  { bytes }: EncodedColumns,
  { kind, argument, at }: Located,
  { into, row, from, to }: DecodeTarget<Numbers>,
): void {
  const count = to - from;
  const { buffer } = bytes;
  const start = bytes.byteOffset + at;
  switch (kind) {
    case COLUMN_KIND.same:
      into.fill(argument, row, row + count);
      return;
    case COLUMN_KIND.sameDouble:
      into.fill(new Float64Array(buffer, start, 1)[0], row, row + count);
      return;
    case COLUMN_KIND.wide1:
      into.set(new Uint8Array(buffer, start + from, count), row);
      return;
    case COLUMN_KIND.wide2:
      into.set(new Uint16Array(buffer, start + 2 * from, count), row);
      return;
    case COLUMN_KIND.wide4:
      into.set(new Uint32Array(buffer, start + 4 * from, count), row);
      return;
    case COLUMN_KIND.double:
      into.set(new Float64Array(buffer, start + 8 * from, count), row);
      return;
  }
  const base = new Float64Array(buffer, start, 1)[0];
  const doubles = into as Float64Array;
  if (kind === COLUMN_KIND.offset2) {
    const offsets = new Uint16Array(buffer, start + 8 + 2 * from, count);
    for (let i = 0; i < count; i++) doubles[row + i] = base + offsets[i];
  } else {
    const offsets = new Uint32Array(buffer, start + 8 + 4 * from, count);
    for (let i = 0; i < count; i++) doubles[row + i] = base + offsets[i];
  }
}
