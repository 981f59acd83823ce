import type { StoredColumn } from "./stored-column.ts";

/** The columns of one frame: bytes [start, end) of `bytes`, `rows` rows. `start` and `bytes.byteOffset` are multiples of 8. */
export interface EncodedColumns {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly rows: number;
  readonly columns: readonly StoredColumn[];
}

/** Where one column's data lies. */
export interface Located {
  readonly kind: number;
  readonly argument: number;
  readonly at: number;
}

/** Rows [from, to) of the frame go to `into`, from row `row` on. */
export interface DecodeTarget<Values> {
  readonly into: Values;
  readonly row: number;
  readonly from: number;
  readonly to: number;
}
