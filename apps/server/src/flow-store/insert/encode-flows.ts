import {
  COLUMN_WIDTH_BYTES,
  FLOW_COLUMNS,
  type ColumnType,
  type FlowBatch,
  type FlowBatchColumn,
} from "@flowlens/flow";
import { camelCase } from "../schema/column.ts";
import { BATCH_COLUMNS, STORE_TYPE_OF } from "../schema/flow-columns.ts";

/** What is the same for every row of one insert. */
export interface BatchHead {
  readonly networkId: number;
  readonly importId: number;
  readonly batch: number;
  readonly receivedAtMs: number;
}

export interface EncodedFlows {
  /** A view of the given buffer. */
  readonly body: Uint8Array;
  /** Values that no column can hold (NaN, negative, a time after 2106) and were moved to the nearest that it can. */
  readonly clampedValues: number;
}

/** The store keeps windows as seconds in 32 bits: 2106-02-07T06:28:15.999Z. */
const LAST_TIME_MS = 0xffff_ffff * 1000 + 999;
/** The largest double below 2^64. */
const LAST_U64 = 2 ** 64 - 2048;

const COLUMN_HEADINGS: readonly Uint8Array[] = [
  ...BATCH_COLUMNS.map((column) => heading(column.name, column.type)),
  ...FLOW_COLUMNS.map((column) => heading(column.name, STORE_TYPE_OF[column.type])),
];

/** Names of the columns in the order in which they are encoded. */
export const ENCODED_COLUMNS: readonly string[] = [...BATCH_COLUMNS, ...FLOW_COLUMNS].map(
  (column) => column.name,
);

const BATCH_WIDTHS = [4, 4, 8, 4];
const ROW_BYTES =
  BATCH_WIDTHS.reduce((sum, width) => sum + width, 0) +
  FLOW_COLUMNS.reduce((sum, column) => sum + COLUMN_WIDTH_BYTES[column.type], 0);
const FIXED_BYTES = 20 + COLUMN_HEADINGS.reduce((sum, bytes) => sum + bytes.length, 0);

/** Bytes that `rows` rows take at most. */
export function encodedBytes(rows: number): number {
  return FIXED_BYTES + rows * ROW_BYTES;
}

/**
 * Rows [from, to) of the batch as one block of ClickHouse's Native format: number of columns, number of rows,
 * then for each column its name, its type and its values one after another, little-endian. The batch holds its
 * columns the same way, so most of this is copying whole arrays.
 *
 * `into` must have room for `encodedBytes(to - from)`.
 */
export function encodeFlows(
  batch: FlowBatch,
  rows: { readonly from: number; readonly to: number; readonly head: BatchHead },
  into: Uint8Array,
): EncodedFlows {
  const { from, to, head } = rows;
  const count = to - from;
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
  let at = writeVarint(into, writeVarint(into, 0, COLUMN_HEADINGS.length), count);
  let clampedValues = 0;
  const constants = [head.networkId, head.importId, head.batch, Math.floor(head.receivedAtMs / 1000)];
  for (let c = 0; c < constants.length; c++) {
    into.set(COLUMN_HEADINGS[c], at);
    at += COLUMN_HEADINGS[c].length;
    at = repeat(view, at, { value: constants[c], width: BATCH_WIDTHS[c], count });
  }
  for (let c = 0; c < FLOW_COLUMNS.length; c++) {
    const column = FLOW_COLUMNS[c];
    const headingBytes = COLUMN_HEADINGS[BATCH_COLUMNS.length + c];
    into.set(headingBytes, at);
    at += headingBytes.length;
    const values = batch[camelCase(column.name) as FlowBatchColumn];
    const width = COLUMN_WIDTH_BYTES[column.type];
    if (values instanceof Float64Array) {
      clampedValues += writeDoubles(view, at, { values, from, to, last: lastOf(column.type) });
    } else {
      const bytes = new Uint8Array(values.buffer, values.byteOffset + from * width, count * width);
      into.set(bytes, at);
    }
    at += count * width;
  }
  return { body: into.subarray(0, at), clampedValues };
}

function lastOf(type: ColumnType): number {
  return type === "time_ms" ? LAST_TIME_MS : LAST_U64;
}

/** Writes doubles as 64-bit integers; how many had to be clamped. */
function writeDoubles(
  view: DataView,
  start: number,
  source: {
    readonly values: Float64Array;
    readonly from: number;
    readonly to: number;
    readonly last: number;
  },
): number {
  const { values, from, to, last } = source;
  let clamped = 0;
  for (let i = from, at = start; i < to; i++, at += 8) {
    let value = values[i];
    if (!(value >= 0 && value <= last)) {
      value = value > last ? last : 0;
      clamped++;
    }
    const high = Math.floor(value / 0x1_0000_0000);
    view.setUint32(at, value - high * 0x1_0000_0000, true);
    view.setUint32(at + 4, high, true);
  }
  return clamped;
}

function repeat(
  view: DataView,
  start: number,
  what: { readonly value: number; readonly width: number; readonly count: number },
): number {
  const { value, width, count } = what;
  const high = Math.floor(value / 0x1_0000_0000);
  const end = start + width * count;
  for (let at = start; at < end; at += width) {
    view.setUint32(at, value - high * 0x1_0000_0000, true);
    if (width === 8) view.setUint32(at + 4, high, true);
  }
  return end;
}

function heading(name: string, type: string): Uint8Array {
  const words = [Buffer.from(name), Buffer.from(type)];
  return Buffer.concat(words.flatMap((word) => [Buffer.from([word.length]), word]));
}

/** LEB128, as ClickHouse's VarUInt; the index after it. */
function writeVarint(into: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  while (rest >= 0x80) {
    into[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  into[at++] = rest;
  return at;
}
