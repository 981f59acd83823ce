import { checkPredictions, type Predictions } from "../evaluation/predictions.ts";
import { refuse } from "../forest-error.ts";

/** How to tell from probabilities which classes a row may have. Plain data. */
export interface ConformalRule {
  readonly method: ConformalMethod;
  /** Share of rows whose true class will be in the set, at least. */
  readonly coverage: number;
  /** Of each class, how unlikely it may be to stand in a set; Infinity: always there. */
  readonly thresholds: Float64Array;
  /** Rows it was fitted on. */
  readonly rows: number;
}

/**
 * lac: how far the class's probability is from 1; the smallest sets (Sadinle, Lei & Wasserman 2019).
 * aps: probability of all likelier classes together and half its own; larger sets, which keep the coverage better on rows
 * that are hard (Romano, Sesia & Candès 2020; their random share of the own one is fixed, so that a row's set is too).
 */
export type ConformalMethod = "lac" | "aps";

export interface ConformalOptions {
  /** Above 0 and below 1. Default 0.9. */
  readonly coverage?: number;
  /** Default "lac". */
  readonly method?: ConformalMethod;
  /** Keeps the coverage in each class by itself, which needs 1 / (1 - coverage) rows of each. Default false. */
  readonly perClass?: boolean;
}

/**
 * Split conformal prediction (Vovk, Gammerman & Shafer 2005): with rows drawn like these, the set of a new row holds
 * its true class with a probability of at least `coverage`, whatever the model is. The quantile is that of finite
 * samples, the ⌈(n + 1) × coverage⌉-th score; with too few rows for it every class is in every set.
 *
 * The predictions must be of rows that neither the model nor its calibrator learned from, or, nearly as good, the
 * out-of-bag predictions, calibrated as new ones will be. Weights are not looked at: the rows must be like those to come.
 *
 * @throws ForestError FOREST_INPUT_INVALID when predictions or options cannot be
 */
export function fitConformal(predictions: Predictions, options: ConformalOptions = {}): ConformalRule {
  const { coverage = 0.9, method = "lac", perClass = false } = options;
  checkPredictions(predictions);
  if (!(coverage > 0 && coverage < 1)) refuse(`coverage is ${coverage}, not above 0 and below 1.`);
  const { probabilities, labels, classes } = predictions;
  const scores = scoreAll(method, probabilities, classes);
  const scoreOf = (row: number): number => scores[row * classes + labels[row]];
  const all = Array.from(labels.keys());
  const thresholds = perClass
    ? Float64Array.from({ length: classes }, (_, c) =>
        quantileOf(
          all.filter((row) => labels[row] === c).map((row) => scoreOf(row)),
          coverage,
        ),
      )
    : new Float64Array(classes).fill(
        quantileOf(
          all.map((row) => scoreOf(row)),
          coverage,
        ),
      );
  return { method, coverage, thresholds, rows: labels.length };
}

/**
 * Which classes each row may have: 1 or 0 at `row * classes + class`. A set may be empty where no class is likely
 * enough, which says that the row is unlike those the rule was fitted on.
 *
 * @param probabilities calibrated as those were that the rule was fitted on, `rows × classes`
 * @throws ForestError FOREST_INPUT_INVALID when the rule is of another number of classes
 */
export function predictionSets(
  { method, thresholds }: ConformalRule,
  probabilities: Float64Array,
): Uint8Array {
  const classes = thresholds.length;
  if (probabilities.length % classes !== 0) {
    refuse(`${probabilities.length} probabilities are no whole rows of ${classes} classes.`);
  }
  const scores = scoreAll(method, probabilities, classes);
  return Uint8Array.from(scores, (score, at) => (score <= thresholds[at % classes] ? 1 : 0));
}

/** How strange it would be for the row to have the class, `rows × classes`. */
function scoreAll(method: ConformalMethod, probabilities: Float64Array, classes: number): Float64Array {
  const scores = new Float64Array(probabilities.length);
  if (method === "lac") {
    for (let at = 0; at < scores.length; at++) scores[at] = 1 - probabilities[at];
    return scores;
  }
  const order = Array.from({ length: classes }, (_, c) => c);
  for (let at = 0; at < scores.length; at += classes) {
    order.sort((a, b) => probabilities[at + b] - probabilities[at + a] || a - b);
    let sum = 0;
    for (const c of order) {
      scores[at + c] = sum + probabilities[at + c] / 2;
      sum += probabilities[at + c];
    }
  }
  return scores;
}

/** The smallest threshold that keeps the coverage with one row more. */
function quantileOf(scores: readonly number[], coverage: number): number {
  // Without the tiny part, 0.9 × 20 rows would be 18.000000000000004 and be rounded up to 19.
  const place = Math.ceil((scores.length + 1) * coverage - 1e-9);
  if (place > scores.length) return Infinity;
  return scores.toSorted((a, b) => a - b)[Math.max(0, place - 1)];
}
