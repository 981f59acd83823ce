import { MAX_VALUE_BINS, MISSING_BIN, type FeatureBins } from "../model.ts";
import type { Matrix } from "../training-set.ts";

/**
 * Cuts each feature into at most `maxBins` bins of about equal weight; between every two distinct values where there
 * are not more of them. Rows of weight 0 and missing values have no say.
 *
 * @param maxBins 2 to 255
 */
export function cutFeatures(matrix: Matrix, weights: Float64Array | undefined, maxBins: number): FeatureBins {
  const { rows, columns, values } = matrix;
  const cutStart = new Int32Array(columns + 1);
  const cuts: number[] = [];
  const present = new Float64Array(rows);
  const order = weights === undefined ? undefined : new Uint32Array(rows);
  for (let feature = 0; feature < columns; feature++) {
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const value = values[row * columns + feature];
      if (Number.isNaN(value) || weights?.[row] === 0) continue;
      // -0 and 0 are one value.
      present[count] = value + 0;
      if (order) order[count] = row;
      count++;
    }
    const distinct =
      weights === undefined || order === undefined
        ? distinctOf(present.subarray(0, count).sort())
        : weightedDistinctOf(present, order.subarray(0, count), weights, { columns, feature, values });
    addCuts(distinct, Math.min(maxBins, MAX_VALUE_BINS), cuts);
    cutStart[feature + 1] = cuts.length;
  }
  return { cutStart, cuts: Float64Array.from(cuts) };
}

/** Distinct values, ascending, and the weight of all up to each. */
interface Distinct {
  readonly values: readonly number[];
  readonly weightUpTo: readonly number[];
}

function distinctOf(sorted: Float64Array): Distinct {
  const values: number[] = [];
  const weightUpTo: number[] = [];
  for (let i = 0; i < sorted.length; i++) {
    if (i + 1 < sorted.length && sorted[i + 1] === sorted[i]) continue;
    values.push(sorted[i]);
    weightUpTo.push(i + 1);
  }
  return { values, weightUpTo };
}

function weightedDistinctOf(
  _scratch: Float64Array,
  rows: Uint32Array,
  weights: Float64Array,
  { columns, feature, values }: { columns: number; feature: number; values: Float64Array },
): Distinct {
  const valueOf = (row: number): number => values[row * columns + feature] + 0;
  rows.sort((a, b) => compare(valueOf(a), valueOf(b)));
  const found: number[] = [];
  const weightUpTo: number[] = [];
  let total = 0;
  for (let i = 0; i < rows.length; i++) {
    total += weights[rows[i]];
    if (i + 1 < rows.length && valueOf(rows[i + 1]) === valueOf(rows[i])) continue;
    found.push(valueOf(rows[i]));
    weightUpTo.push(total);
  }
  return { values: found, weightUpTo };
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function addCuts({ values, weightUpTo }: Distinct, maxBins: number, cuts: number[]): void {
  if (values.length <= maxBins) {
    for (let i = 0; i + 1 < values.length; i++) cuts.push(between(values[i], values[i + 1]));
    return;
  }
  const total = weightUpTo[weightUpTo.length - 1];
  let at = 0;
  for (let bin = 1; bin < maxBins; bin++) {
    const target = (total * bin) / maxBins;
    const before = at;
    while (at + 1 < values.length && weightUpTo[at] < target) at++;
    if (at + 1 >= values.length) break;
    // A value that fills several bins by itself gives one cut, not several.
    if (bin > 1 && at === before) continue;
    cuts.push(between(values[at], values[at + 1]));
  }
}

/** A number x with lower ≤ x < upper: the middle where that is one. */
function between(lower: number, upper: number): number {
  const middle = lower / 2 + upper / 2;
  return middle >= lower && middle < upper ? middle : lower;
}

/** The bin of one value of a feature. */
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

/** Bins of rows [fromRow, toRow), row after row, into `out`. */
export function binRows(
  bins: FeatureBins,
  matrix: Matrix,
  fromRow: number,
  toRow: number,
  out: Uint8Array,
): void {
  const { columns, values } = matrix;
  let at = 0;
  for (let i = fromRow * columns; i < toRow * columns; i += columns) {
    for (let feature = 0; feature < columns; feature++) out[at++] = binOf(bins, feature, values[i + feature]);
  }
}

/** Bins of all rows, feature after feature: what growing reads. */
export function binColumns(bins: FeatureBins, matrix: Matrix): Uint8Array<SharedArrayBuffer | ArrayBuffer> {
  const { rows, columns, values } = matrix;
  const out = new Uint8Array(rows * columns);
  for (let feature = 0; feature < columns; feature++) {
    const at = feature * rows;
    for (let row = 0; row < rows; row++)
      out[at + row] = binOf(bins, feature, values[row * columns + feature]);
  }
  return out;
}
