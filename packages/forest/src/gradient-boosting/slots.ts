import { createBinner } from "../binning/bin-rows.ts";
import { MISSING_BIN, type FeatureBins } from "../model.ts";
import type { Matrix } from "../training-set.ts";

/**
 * Rows as places in a histogram over all features: row after row, since each row adds to every feature.
 * Feature f has the slots start[f] up to start[f + 1], the last of them for missing values.
 */
export interface SlottedRows {
  readonly rows: number;
  readonly features: number;
  readonly slots: Uint16Array | Uint32Array;
  readonly start: Int32Array;
}

export function slotRows(bins: FeatureBins, matrix: Matrix): SlottedRows {
  const { rows, columns } = matrix;
  const start = new Int32Array(columns + 1);
  for (let feature = 0; feature < columns; feature++) {
    // One bin more than there are cuts, and one for missing values.
    start[feature + 1] = start[feature] + (bins.cutStart[feature + 1] - bins.cutStart[feature]) + 2;
  }
  const total = start[columns];
  const slots = total <= 65_536 ? new Uint16Array(rows * columns) : new Uint32Array(rows * columns);
  const binner = createBinner(bins);
  const binned = new Uint8Array(columns);
  for (let row = 0, at = 0; row < rows; row++) {
    binner.rows(matrix, row, row + 1, binned);
    for (let feature = 0; feature < columns; feature++, at++) {
      const bin = binned[feature];
      slots[at] = bin === MISSING_BIN ? start[feature + 1] - 1 : start[feature] + bin;
    }
  }
  return { rows, features: columns, slots, start };
}
