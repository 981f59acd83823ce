import { atLeastZero, classWeightsOf, SEEDS, share, whole } from "../checked-options.ts";
import { refuse } from "../forest-error.ts";
import { MAX_FEATURES, MAX_VALUE_BINS } from "../model.ts";
import type { TrainingSet } from "../training-set.ts";

export interface GradientBoostingOptions {
  /** Rounds at most; each adds one tree a class. Default 100. */
  readonly rounds?: number;
  /** Share of each tree's answer that is added (shrinkage). Above 0, at most 1. Default 0.3. */
  readonly learningRate?: number;
  /** Default 6. */
  readonly maxDepth?: number;
  /** Leaves of a tree, grown where they gain most. Default 2^maxDepth, at most 4096. */
  readonly maxLeaves?: number;
  /** L2 penalty on leaf values. Default 1. */
  readonly lambda?: number;
  /** A split must gain so much. Default 0. */
  readonly minGain?: number;
  /** Second derivatives (about p(1-p) a row) that each side of a split must have. Default 1. */
  readonly minChildHessian?: number;
  /** Share of the rows that each tree sees, drawn without putting back. Default 1. */
  readonly rowShare?: number;
  /** Share of the features that each tree sees. Default 1. */
  readonly featureShare?: number;
  /** Stops when the log loss on the validation rows has not fallen for so many rounds. Default: never. */
  readonly patience?: number;
  readonly maxBins?: number;
  readonly classWeights?: "balanced" | readonly number[];
  /** Whole number. Default 0. */
  readonly seed?: number;
}

export type CheckedBoostingOptions = Required<Omit<GradientBoostingOptions, "classWeights">> & {
  readonly classWeights: Float64Array | undefined;
};

const MAX_LEAVES = 4_096;

/** @throws ForestError FOREST_INPUT_INVALID naming the option */
export function checkBoostingOptions(
  options: GradientBoostingOptions,
  set: TrainingSet,
): CheckedBoostingOptions {
  if (set.matrix.columns > MAX_FEATURES) refuse(`${set.matrix.columns} features; at most ${MAX_FEATURES}.`);
  const maxDepth = whole("maxDepth", options.maxDepth ?? 6, [1, 64]);
  const maxLeaves = options.maxLeaves ?? Math.min(MAX_LEAVES, 2 ** maxDepth);
  return {
    rounds: whole("rounds", options.rounds ?? 100, [1, 100_000]),
    learningRate: share("learningRate", options.learningRate ?? 0.3),
    maxDepth,
    maxLeaves: whole("maxLeaves", maxLeaves, [2, MAX_LEAVES]),
    lambda: atLeastZero("lambda", options.lambda ?? 1),
    minGain: atLeastZero("minGain", options.minGain ?? 0),
    minChildHessian: atLeastZero("minChildHessian", options.minChildHessian ?? 1),
    rowShare: share("rowShare", options.rowShare ?? 1),
    featureShare: share("featureShare", options.featureShare ?? 1),
    patience: options.patience === undefined ? Infinity : whole("patience", options.patience, [1, 100_000]),
    maxBins: whole("maxBins", options.maxBins ?? MAX_VALUE_BINS, [2, MAX_VALUE_BINS]),
    classWeights: classWeightsOf(options.classWeights, set),
    seed: whole("seed", options.seed ?? 0, SEEDS),
  };
}
