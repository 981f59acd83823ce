import { classWeightsOf, atLeastZero, SEEDS, whole } from "../checked-options.ts";
import { refuse } from "../forest-error.ts";
import { MAX_FEATURES, MAX_VALUE_BINS } from "../model.ts";
import type { TrainingSet } from "../training-set.ts";

export interface RandomForestOptions {
  /** Default 100. */
  readonly trees?: number;
  /** Features looked at for a split: a number, a share (0–1, exclusive), or "sqrt", the default. */
  readonly maxFeatures?: number | "sqrt" | "all";
  /** Default: none. */
  readonly maxDepth?: number;
  /** Weight of the rows, class weights aside, that each side of a split must keep. Default 0: any. */
  readonly minLeafWeight?: number;
  /** Weight of the rows, class weights aside, that a node must have to be split. Default 0: any. */
  readonly minSplitWeight?: number;
  /** Each tree sees as many rows as there are, drawn with putting back. Default true. */
  readonly bootstrap?: boolean;
  /** Bins a feature, 2 to 255, the default. */
  readonly maxBins?: number;
  /** "balanced": as much weight for each class. Or a weight for each. Default: none. */
  readonly classWeights?: "balanced" | readonly number[];
  /** Whole number. Default 0. */
  readonly seed?: number;
}

export type CheckedForestOptions = Required<Omit<RandomForestOptions, "maxFeatures" | "classWeights">> & {
  /** As a number of features. */
  readonly maxFeatures: number;
  readonly classWeights: Float64Array | undefined;
};

/** @throws ForestError FOREST_INPUT_INVALID naming the option */
export function checkForestOptions(options: RandomForestOptions, set: TrainingSet): CheckedForestOptions {
  const features = set.matrix.columns;
  if (features > MAX_FEATURES) refuse(`${features} features; at most ${MAX_FEATURES}.`);
  return {
    trees: whole("trees", options.trees ?? 100, [1, 100_000]),
    maxFeatures: featureCount(options.maxFeatures ?? "sqrt", features),
    maxDepth: options.maxDepth === undefined ? Infinity : whole("maxDepth", options.maxDepth, [1, 1e9]),
    minLeafWeight: atLeastZero("minLeafWeight", options.minLeafWeight ?? 0),
    minSplitWeight: atLeastZero("minSplitWeight", options.minSplitWeight ?? 0),
    bootstrap: options.bootstrap ?? true,
    maxBins: whole("maxBins", options.maxBins ?? MAX_VALUE_BINS, [2, MAX_VALUE_BINS]),
    classWeights: classWeightsOf(options.classWeights, set),
    seed: whole("seed", options.seed ?? 0, SEEDS),
  };
}

function featureCount(wanted: number | "sqrt" | "all", features: number): number {
  if (wanted === "all") return features;
  if (wanted === "sqrt") return Math.max(1, Math.floor(Math.sqrt(features)));
  if (wanted > 0 && wanted < 1) return Math.max(1, Math.floor(wanted * features));
  return Math.min(features, whole("maxFeatures", wanted, [1, Number.MAX_SAFE_INTEGER]));
}
