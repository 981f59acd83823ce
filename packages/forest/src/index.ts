/**
 * Decision forests: random forest and gradient boosting grown on histograms, flat to predict with.
 * Pure: no Node, no clock, no randomness but a given seed. Not here: what rows and classes mean.
 */
export { ForestError, FOREST_ERROR_CODES, type Abort, type ForestErrorCode } from "./forest-error.ts";
export type { Matrix, TrainingSet } from "./training-set.ts";
export { cutOf, goesLeft, LEAF, MISSING_BIN, splitBin, splitFeature, splitMissingLeft } from "./model.ts";
export type { FeatureBins, ForestModel } from "./model.ts";
export { binOf, binRows } from "./binning/bin-rows.ts";
export { trainRandomForest, type TrainedForest } from "./random-forest/train.ts";
export type { RandomForestOptions } from "./random-forest/options.ts";
export type { OutOfBag } from "./random-forest/out-of-bag.ts";
export { trainGradientBoosting, type BoostingRun, type TrainedBoosting } from "./gradient-boosting/train.ts";
export type { GradientBoostingOptions } from "./gradient-boosting/options.ts";
export { predictProbabilities, predictScores } from "./predicting/predict.ts";
