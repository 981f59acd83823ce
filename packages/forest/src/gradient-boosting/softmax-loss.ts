import type { Gradients } from "./gradient-histogram.ts";

/** Scores and what is made of them: the number of class c in row r at `c * rows + r`. */
export interface ClassScores {
  readonly rows: number;
  readonly classes: number;
  readonly all: Float64Array;
}

export function scoresOfClass({ rows, all }: ClassScores, c: number): Float64Array {
  return all.subarray(c * rows, (c + 1) * rows);
}

/** Softmax of the scores of rows [fromRow, toRow) into `out`. */
export function probabilitiesOf(
  { rows, classes, all }: ClassScores,
  [fromRow, toRow]: readonly [number, number],
  out: Float64Array,
): void {
  const end = rows * classes;
  for (let row = fromRow; row < toRow; row++) {
    let highest = -Infinity;
    for (let at = row; at < end; at += rows) if (all[at] > highest) highest = all[at];
    let sum = 0;
    for (let at = row; at < end; at += rows) {
      const power = Math.exp(all[at] - highest);
      out[at] = power;
      sum += power;
    }
    for (let at = row; at < end; at += rows) out[at] /= sum;
  }
}

/** So fine is a derivative at least before it is weighed. */
const COARSEST_GRAIN = 2 ** -30;

/**
 * A power of two of which all derivatives are made multiples, so that every sum of them is exact: at most `weight` in
 * all, it has no more than 52 binary digits.
 */
export function quantumOf(weight: number): number {
  let quantum = 2 ** -52;
  let reach = 1;
  for (; reach < weight; reach *= 2) quantum *= 2;
  for (; reach / 2 > weight; reach /= 2) quantum /= 2;
  return quantum;
}

/**
 * First and second derivatives of the softmax log loss by the score of class c: p - y, and 2p(1 - p), the bound that
 * XGBoost uses for the diagonal of the Hessian.
 *
 * @param probabilities of class c, a number a row
 */
export function gradientsOf(
  probabilities: Float64Array,
  of: {
    readonly labels: Uint16Array;
    readonly weights: Float64Array;
    readonly c: number;
    readonly quantum: number;
  },
  { gradient, hessian }: Gradients,
): void {
  const { labels, weights, c, quantum } = of;
  // Rounded before they are weighed too, so that a weight of 2 is exactly twice the row.
  const grain = Math.min(quantum, COARSEST_GRAIN);
  const perGrain = 1 / grain;
  const quanta = grain / quantum;
  for (let row = 0; row < labels.length; row++) {
    const p = probabilities[row];
    const weight = weights[row];
    const residual = labels[row] === c ? p - 1 : p;
    gradient[row] = Math.round(Math.round(residual * perGrain) * weight * quanta) * quantum;
    // Nowhere 0, so that a leaf with rows never divides by nothing.
    const curvature = Math.max(Math.round(2 * p * (1 - p) * perGrain), 1);
    hessian[row] = Math.max(Math.round(curvature * weight * quanta), 1) * quantum;
  }
}

/** Mean log loss of the rows by weight. */
export function logLossOf(
  scores: ClassScores,
  { labels, weights }: { readonly labels: Uint16Array; readonly weights: Float64Array | undefined },
): number {
  const probabilities = new Float64Array(scores.all.length);
  probabilitiesOf(scores, [0, scores.rows], probabilities);
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const weight = weights?.[row] ?? 1;
    sum -= weight * Math.log(Math.max(probabilities[labels[row] * scores.rows + row], Number.MIN_VALUE));
    total += weight;
  }
  return sum / total;
}
