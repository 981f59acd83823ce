import { refuse } from "../forest-error.ts";
import type { OutOfBag } from "../random-forest/out-of-bag.ts";
import type { TrainingSet } from "../training-set.ts";

/** What a model said of rows whose classes are known. */
export interface Predictions {
  /** `rows × classes`, each row ≥ 0 and summing to 1. */
  readonly probabilities: Float64Array;
  /** True class of each row, 0 to `classes - 1`. */
  readonly labels: Uint16Array;
  readonly classes: number;
  /** Of each row, ≥ 0 and finite; all 1 where not given. */
  readonly weights?: Float64Array | undefined;
}

/** How far a row's probabilities may be from summing to 1. */
const SUM_TOLERANCE = 1e-6;

/** @throws ForestError FOREST_INPUT_INVALID naming the first row that cannot be */
export function checkPredictions({ probabilities, labels, classes, weights }: Predictions): void {
  if (!Number.isInteger(classes) || classes < 1) refuse(`${classes} classes.`);
  if (labels.length === 0) refuse("There is no row to judge by.");
  if (probabilities.length !== labels.length * classes) {
    refuse(`${probabilities.length} probabilities, not ${labels.length} rows × ${classes} classes.`);
  }
  if (weights !== undefined && weights.length !== labels.length) {
    refuse(`${weights.length} weights for ${labels.length} rows.`);
  }
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] >= classes) refuse(`row ${row} has label ${labels[row]} of ${classes} classes.`);
    let sum = 0;
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      // Not written as `< 0`, so that NaN is refused too.
      if (!(probabilities[at] >= 0)) refuse(`row ${row} has the probability ${probabilities[at]}.`);
      sum += probabilities[at];
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) refuse(`the probabilities of row ${row} sum to ${sum}.`);
    const weight = weights?.[row] ?? 1;
    if (!(weight >= 0) || weight === Infinity) refuse(`row ${row} has weight ${weight}.`);
    total += weight;
  }
  if (!(total > 0)) refuse(`the weights sum to ${total}.`);
}

/** The likeliest class of each row; of equals the first. */
export function likeliestClasses(probabilities: Float64Array, classes: number): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(probabilities.length / classes);
  for (let row = 0, at = 0; row < out.length; row++, at += classes) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (probabilities[at + c] > probabilities[at + best]) best = c;
    out[row] = best;
  }
  return out;
}

/** Some rows of them, in the order given. */
export function takePredictions(predictions: Predictions, rows: ArrayLike<number>): Predictions {
  const { probabilities, labels, classes, weights } = predictions;
  const taken = new Float64Array(rows.length * classes);
  for (let i = 0; i < rows.length; i++) {
    for (let c = 0; c < classes; c++) taken[i * classes + c] = probabilities[rows[i] * classes + c];
  }
  return {
    probabilities: taken,
    labels: Uint16Array.from(rows, (row) => labels[row]),
    classes,
    weights: weights && Float64Array.from(rows, (row) => weights[row]),
  };
}

/**
 * What a forest says of its own training rows by the trees that did not see them, with their weights; without rows of
 * weight 0 and those that every tree saw. For calibration and conformal sets.
 *
 * @throws ForestError FOREST_INPUT_INVALID when no row is left (grown without a bootstrap, or of very few trees)
 */
export function outOfBagPredictions(set: TrainingSet, { probabilities, trees }: OutOfBag): Predictions {
  const rows: number[] = [];
  for (const [row, count] of trees.entries()) if (count > 0 && set.weights?.[row] !== 0) rows.push(row);
  if (rows.length === 0) refuse("every tree saw every row: there are no out-of-bag predictions.");
  const { labels, classes, weights } = set;
  return takePredictions({ probabilities, labels, classes, weights }, rows);
}
