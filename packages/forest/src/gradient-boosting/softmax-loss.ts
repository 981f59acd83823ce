import { softmaxRows } from "../predicting/predict.ts";
import type { TrainingSet } from "../training-set.ts";
import type { Gradients } from "./grow-tree.ts";

/** Below this a second derivative is taken for this, so that no leaf divides by nothing. */
const MIN_HESSIAN = 1e-16;

export function probabilitiesOf(scores: Float64Array, classes: number, out: Float64Array): void {
  out.set(scores);
  softmaxRows(out, classes);
}

/**
 * First and second derivatives of the softmax log loss by the score of class c: p - y, and 2p(1 - p), the bound that
 * XGBoost uses for the diagonal of the Hessian.
 */
export function gradientsOf(
  probabilities: Float64Array,
  of: {
    readonly labels: Uint16Array;
    readonly weights: Float64Array;
    readonly classes: number;
    readonly c: number;
  },
  { gradient, hessian }: Gradients,
): void {
  const { labels, weights, classes, c } = of;
  for (let row = 0, at = c; row < labels.length; row++, at += classes) {
    const p = probabilities[at];
    const weight = weights[row];
    gradient[row] = (p - (labels[row] === c ? 1 : 0)) * weight;
    hessian[row] = Math.max(2 * p * (1 - p), MIN_HESSIAN) * weight;
  }
}

/** Mean log loss of the rows by weight. */
export function logLossOf(scores: Float64Array, { labels, classes, weights }: TrainingSet): number {
  const probabilities = scores.slice();
  softmaxRows(probabilities, classes);
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const weight = weights?.[row] ?? 1;
    sum -= weight * Math.log(Math.max(probabilities[row * classes + labels[row]], Number.MIN_VALUE));
    total += weight;
  }
  return sum / total;
}
