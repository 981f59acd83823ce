import type { FlowBatch } from "@flowlens/flow";
import { type ColumnBuffer, writeHead, writePadding } from "./column-buffer.ts";
import { COLUMN_KIND } from "./column-kind.ts";
import { encodeAddresses, wordsOf } from "./encode-addresses.ts";
import { STORED_COLUMNS } from "./stored-column.ts";

/** Bytes a row takes at most, with its share of bit sets; and what a frame's columns take besides, however few rows it has. */
const ROW_BYTES_AT_MOST = 160;
const COLUMNS_BYTES_AT_MOST = STORED_COLUMNS.length * 48;

export function columnBytesAtMost(rows: number): number {
  return rows * ROW_BYTES_AT_MOST + COLUMNS_BYTES_AT_MOST;
}

/**
 * Writes rows [from, to) of the batch at `start` (a multiple of 8), each column as small as its values allow,
 * and returns the index after it (a multiple of 8). Every value comes back bit by bit, but for -0, which
 * comes back as 0. The caller has seen to `columnBytesAtMost(to - from)` bytes.
 *
 * A function for each type of array: shared between types, the loops below would be several times slower.
 */
export function encodeColumns(
  out: ColumnBuffer,
  start: number,
  rows: { readonly batch: FlowBatch; readonly from: number; readonly to: number },
): number {
  const { batch, from, to } = rows;
  let at = start;
  for (const { type, key } of STORED_COLUMNS) {
    const values = batch[key];
    switch (type) {
      case "address":
        at = encodeAddresses(out, at, wordsOf(values as Uint8Array, from, to));
        break;
      case "u8":
        at = encodeBytes(out, at, (values as Uint8Array).subarray(from, to));
        break;
      case "u16":
        at = encodeHalves(out, at, (values as Uint16Array).subarray(from, to));
        break;
      case "u32":
        at = encodeWords(out, at, (values as Uint32Array).subarray(from, to));
        break;
      default:
        at = encodeDoubles(out, at, (values as Float64Array).subarray(from, to));
    }
  }
  return at;
}

function encodeBytes(out: ColumnBuffer, at: number, values: Uint8Array): number {
  const first = values[0];
  let i = 1;
  while (i < values.length && values[i] === first) i++;
  if (i === values.length) return writeHead(out, at, { kind: COLUMN_KIND.same, argument: first });
  const data = writeHead(out, at, { kind: COLUMN_KIND.wide1 });
  out.bytes.set(values, data);
  return writePadding(out, data + values.length);
}

function encodeHalves(out: ColumnBuffer, at: number, values: Uint16Array): number {
  const count = values.length;
  let or = 0;
  let and = 0xffff;
  for (let i = 0; i < count; i++) {
    or |= values[i];
    and &= values[i];
  }
  if (or === and) return writeHead(out, at, { kind: COLUMN_KIND.same, argument: or });
  if (or < 0x100) {
    const data = writeHead(out, at, { kind: COLUMN_KIND.wide1 });
    for (let i = 0; i < count; i++) out.bytes[data + i] = values[i];
    return writePadding(out, data + count);
  }
  const data = writeHead(out, at, { kind: COLUMN_KIND.wide2 });
  out.halves.set(values, data >>> 1);
  return writePadding(out, data + 2 * count);
}

function encodeWords(out: ColumnBuffer, at: number, values: Uint32Array): number {
  const count = values.length;
  let or = 0;
  let and = 0xffff_ffff;
  for (let i = 0; i < count; i++) {
    or |= values[i];
    and &= values[i];
  }
  or >>>= 0;
  if (or === and >>> 0) return writeHead(out, at, { kind: COLUMN_KIND.same, argument: or });
  if (or < 0x100) {
    const data = writeHead(out, at, { kind: COLUMN_KIND.wide1 });
    for (let i = 0; i < count; i++) out.bytes[data + i] = values[i];
    return writePadding(out, data + count);
  }
  if (or < 0x1_0000) {
    const data = writeHead(out, at, { kind: COLUMN_KIND.wide2 });
    const to = data >>> 1;
    for (let i = 0; i < count; i++) out.halves[to + i] = values[i];
    return writePadding(out, data + 2 * count);
  }
  const data = writeHead(out, at, { kind: COLUMN_KIND.wide4 });
  out.words.set(values, data >>> 2);
  return writePadding(out, data + 4 * count);
}

function encodeDoubles(out: ColumnBuffer, at: number, values: Float64Array): number {
  const count = values.length;
  let min = values[0];
  let max = values[0];
  let i = 0;
  for (; i < count; i++) {
    const value = values[i];
    // Also false for NaN, which then is kept as it is.
    if (Math.floor(value) !== value) break;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const isWhole = i === count;
  if (isWhole && min === max) {
    if (min >= 0 && min <= 0xffff_ffff) return writeHead(out, at, { kind: COLUMN_KIND.same, argument: min });
    const data = writeHead(out, at, { kind: COLUMN_KIND.sameDouble });
    out.doubles[data >>> 3] = min;
    return data + 8;
  }
  if (isWhole && min >= 0 && max <= 0xffff_ffff) return encodeWhole(out, at, { values, base: 0, max });
  if (isWhole && max - min <= 0xffff_ffff) return encodeWhole(out, at, { values, base: min, max: max - min });
  const data = writeHead(out, at, { kind: COLUMN_KIND.double });
  out.doubles.set(values, data >>> 3);
  return data + 8 * count;
}

/** Whole numbers that differ from `base` by 0 to `max`, less than 2^32. */
function encodeWhole(
  out: ColumnBuffer,
  at: number,
  what: { readonly values: Float64Array; readonly base: number; readonly max: number },
): number {
  const { values, base, max } = what;
  const count = values.length;
  let kind: number = max < 0x100 ? COLUMN_KIND.wide1 : max < 0x1_0000 ? COLUMN_KIND.wide2 : COLUMN_KIND.wide4;
  if (base !== 0) kind = max < 0x1_0000 ? COLUMN_KIND.offset2 : COLUMN_KIND.offset4;
  let data = writeHead(out, at, { kind });
  if (base !== 0) {
    out.doubles[data >>> 3] = base;
    data += 8;
  }
  if (kind === COLUMN_KIND.wide1) {
    for (let i = 0; i < count; i++) out.bytes[data + i] = values[i];
    return writePadding(out, data + count);
  }
  if (max < 0x1_0000) {
    const to = data >>> 1;
    for (let i = 0; i < count; i++) out.halves[to + i] = values[i] - base;
    return writePadding(out, data + 2 * count);
  }
  const to = data >>> 2;
  for (let i = 0; i < count; i++) out.words[to + i] = values[i] - base;
  return writePadding(out, data + 4 * count);
}
