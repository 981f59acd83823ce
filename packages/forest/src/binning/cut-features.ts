import { MAX_VALUE_BINS, type FeatureBins } from "../model.ts";
import type { Matrix } from "../training-set.ts";

/**
 * Cuts each feature between every two distinct values where there are at most `maxBins` of them, else into `maxBins`
 * bins of about equal weight. Rows of weight 0 and missing values have no say; a weight of 2 counts as the row twice.
 *
 * @param maxBins 2 to 255
 */
export function cutFeatures(matrix: Matrix, weights: Float64Array | undefined, maxBins: number): FeatureBins {
  const { rows, columns, values } = matrix;
  const cutStart = new Int32Array(columns + 1);
  const cuts: number[] = [];
  const present = new Float64Array(rows);
  const presentWeights = weights && new Float64Array(rows);
  const sorted = new Float64Array(rows);
  for (let feature = 0; feature < columns; feature++) {
    let count = 0;
    for (let row = 0, at = feature; row < rows; row++, at += columns) {
      const value = values[at];
      if (Number.isNaN(value) || weights?.[row] === 0) continue;
      // -0 and 0 are one value.
      present[count] = value + 0;
      if (presentWeights) presentWeights[count] = weights[row];
      count++;
    }
    sorted.set(present.subarray(0, count));
    const distinct = distinctOf(sorted.subarray(0, count).sort());
    if (presentWeights)
      distinct.weights = weightsOf(distinct.values, present.subarray(0, count), presentWeights);
    addCuts(distinct, Math.min(maxBins, MAX_VALUE_BINS), cuts);
    cutStart[feature + 1] = cuts.length;
  }
  return { cutStart, cuts: Float64Array.from(cuts) };
}

/** The different values of a feature, ascending, and the weight of each. */
interface Distinct {
  readonly values: Float64Array;
  weights: Float64Array;
}

/** @param sorted is written over: its front becomes the values */
function distinctOf(sorted: Float64Array): Distinct {
  const weights = new Float64Array(sorted.length);
  let last = -1;
  for (let i = 0; i < sorted.length; i++) {
    if (last < 0 || sorted[i] !== sorted[last]) sorted[++last] = sorted[i];
    weights[last]++;
  }
  return { values: sorted.subarray(0, last + 1), weights: weights.subarray(0, last + 1) };
}

function weightsOf(values: Float64Array, of: Float64Array, weights: Float64Array): Float64Array {
  const sums = new Float64Array(values.length);
  for (let i = 0; i < of.length; i++) sums[firstNotBelow(values, of[i])] += weights[i];
  return sums;
}

function firstNotBelow(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Each bin is closed where its weight is nearest to an even share of what is left: a value that outweighs several bins
 * takes one, and the others are spread over the other values.
 */
function addCuts({ values, weights }: Distinct, maxBins: number, cuts: number[]): void {
  if (values.length <= maxBins) {
    for (let i = 0; i + 1 < values.length; i++) cuts.push(between(values[i], values[i + 1]));
    return;
  }
  let rest = weights.reduce((sum, weight) => sum + weight, 0);
  let binsLeft = maxBins;
  let inBin = 0;
  for (let i = 0; i + 1 < values.length && binsLeft > 1; i++) {
    inBin += weights[i];
    const isLight = inBin + weights[i + 1] / 2 < rest / binsLeft;
    const valuesLeft = values.length - 1 - i;
    if (isLight && valuesLeft >= binsLeft) continue;
    cuts.push(between(values[i], values[i + 1]));
    rest -= inBin;
    inBin = 0;
    binsLeft--;
  }
}

/** A number x with lower ≤ x < upper: the middle where that is one. */
function between(lower: number, upper: number): number {
  const middle = lower / 2 + upper / 2;
  return middle >= lower && middle < upper ? middle : lower;
}
