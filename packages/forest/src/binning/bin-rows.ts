import { MISSING_BIN, type FeatureBins } from "../model.ts";
import type { Matrix } from "../training-set.ts";

/** The bin of one value of a feature: the number of cuts below it, or MISSING_BIN for NaN. */
export function binOf({ cutStart, cuts }: FeatureBins, feature: number, value: number): number {
  if (Number.isNaN(value)) return MISSING_BIN;
  let low = cutStart[feature];
  let high = cutStart[feature + 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (cuts[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low - cutStart[feature];
}

/** Bins many values: `binOf` with the cuts laid out so that no step of the search is a branch to be foretold. */
export interface Binner {
  /** Bins of rows [fromRow, toRow), row after row, into `out`. */
  rows(matrix: Matrix, fromRow: number, toRow: number, out: Uint8Array): void;
  /** Bins of all rows, feature after feature, into `out`: what growing reads. */
  columns(matrix: Matrix, out: Uint8Array): void;
}

/** Cuts of a feature in the search table; there are at most 254, the rest is Infinity, which is below nothing. */
const TABLE = 255;

export function createBinner({ cutStart, cuts }: FeatureBins): Binner {
  const features = cutStart.length - 1;
  const table = new Float64Array(features * TABLE).fill(Infinity);
  /** First step of each feature's search: the least power of two with which all its cuts can be passed. */
  const firstStep = new Uint8Array(features);
  for (let feature = 0; feature < features; feature++) {
    const own = cuts.subarray(cutStart[feature], cutStart[feature + 1]);
    table.set(own, feature * TABLE);
    let step = 1;
    while (2 * step - 1 < own.length) step *= 2;
    firstStep[feature] = step;
  }

  function find(feature: number, value: number): number {
    const before = feature * TABLE - 1;
    let at = before;
    for (let step = firstStep[feature]; step > 0; step >>>= 1) {
      at += Number(table[at + step] < value) * step;
    }
    // NaN is above nothing, and so was found at the start.
    return (at - before) | (Number(value === value) - 1);
  }

  return {
    rows({ columns, values }, fromRow, toRow, out) {
      for (let at = 0, i = fromRow * columns; i < toRow * columns;) {
        for (let feature = 0; feature < columns; feature++) out[at++] = find(feature, values[i++]);
      }
    },
    columns({ rows, columns, values }, out) {
      for (let row = 0, i = 0; row < rows; row++) {
        for (let feature = 0, at = row; feature < columns; feature++, at += rows) {
          out[at] = find(feature, values[i++]);
        }
      }
    },
  };
}

/** Bins of rows [fromRow, toRow), row after row, into `out`. */
export function binRows(
  bins: FeatureBins,
  matrix: Matrix,
  fromRow: number,
  toRow: number,
  out: Uint8Array,
): void {
  createBinner(bins).rows(matrix, fromRow, toRow, out);
}
