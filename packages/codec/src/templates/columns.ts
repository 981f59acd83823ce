import { readUnsigned } from "./read-record.ts";

/** Records of one length one behind the other, and the rows they go to. One object is reused. */
export interface ColumnSource {
  bytes: Uint8Array;
  /** Offset of the first record. */
  at: number;
  stride: number;
  rows: number;
  /** The first row. */
  row: number;
}

// One function a type of column, so that each store is of one kind: a shared one is twice as slow. A field of length
// 0 is not carried: the column becomes 0. Bounds were checked for the whole set.

export function u8Column(from: ColumnSource, offset: number, length: number, into: Uint8Array): void {
  const { bytes, stride, row, rows } = from;
  let at = from.at + offset;
  const end = row + rows;
  if (length === 0) into.fill(0, row, end);
  else {
    // The last byte is the lowest, and more than that does not fit.
    at += length - 1;
    for (let to = row; to < end; to++, at += stride) into[to] = bytes[at];
  }
}

export function u16Column(from: ColumnSource, offset: number, length: number, into: Uint16Array): void {
  const { bytes, stride, row, rows } = from;
  let at = from.at + offset;
  const end = row + rows;
  if (length === 0) into.fill(0, row, end);
  else if (length === 1) for (let to = row; to < end; to++, at += stride) into[to] = bytes[at];
  else {
    at += length - 2;
    for (let to = row; to < end; to++, at += stride) into[to] = (bytes[at] << 8) | bytes[at + 1];
  }
}

export function u32Column(from: ColumnSource, offset: number, length: number, into: Uint32Array): void {
  const { bytes, stride, row, rows } = from;
  let at = from.at + offset;
  const end = row + rows;
  if (length === 0) into.fill(0, row, end);
  else if (length === 2) {
    for (let to = row; to < end; to++, at += stride) into[to] = (bytes[at] << 8) | bytes[at + 1];
  } else if (length >= 4) {
    at += length - 4;
    for (let to = row; to < end; to++, at += stride) {
      into[to] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
  } else for (let to = row; to < end; to++, at += stride) into[to] = readUnsigned(bytes, at, length);
}

export function u64Column(from: ColumnSource, offset: number, length: number, into: Float64Array): void {
  const { bytes, stride, row, rows } = from;
  let at = from.at + offset;
  const end = row + rows;
  if (length === 0) into.fill(0, row, end);
  else if (length === 4) {
    for (let to = row; to < end; to++, at += stride) {
      into[to] = ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
    }
  } else if (length === 8) {
    for (let to = row; to < end; to++, at += stride) {
      into[to] =
        (((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0) *
          4294967296 +
        (((bytes[at + 4] << 24) | (bytes[at + 5] << 16) | (bytes[at + 6] << 8) | bytes[at + 7]) >>> 0);
    }
  } else for (let to = row; to < end; to++, at += stride) into[to] = readUnsigned(bytes, at, length);
}
