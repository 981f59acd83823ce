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
export * from "./splitting/index.ts";
export * from "./evaluation/index.ts";
export { calibrate, type Calibrator } from "./calibration/calibrator.ts";
export {
  fitCalibrator,
  ISOTONIC_ROWS_PER_CLASS,
  type CalibratorOptions,
} from "./calibration/fit-calibrator.ts";
export { fitConformal, predictionSets } from "./conformal/prediction-sets.ts";
export type { ConformalMethod, ConformalOptions, ConformalRule } from "./conformal/prediction-sets.ts";
export {
  createExplainer,
  type Explainer,
  type ExplainOptions,
  type Explanation,
} from "./explaining/explainer.ts";
export { permutationImportances, type PermutationImportances } from "./importance/permutation-importances.ts";
export type { PermutationOptions } from "./importance/permutation-importances.ts";
export { splitImportances } from "./importance/split-importances.ts";
export { fitNovelty, type NoveltyOptions } from "./novelty/fit-novelty.ts";
export { judgeNovelty, type Novelty, type NoveltyRule } from "./novelty/novelty-rule.ts";
export * from "./artefact/index.ts";
export { exportOnnx, type OnnxNames } from "./onnx/export-onnx.ts";
