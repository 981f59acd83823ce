/** Predictions judged by the true classes: figures, their bounds, and the rows to judge by. Not here: calibration. */
export { accuracyOf, bootstrapDifference, bootstrapInterval } from "./bootstrap.ts";
export type { BootstrapOptions, BootstrapRows, Interval, Statistic } from "./bootstrap.ts";
export { confusionFigures, confusionMatrix, type ClassFigures, type ConfusionFigures } from "./confusion.ts";
export { evaluatePredictions, type Evaluation } from "./evaluate.ts";
export { checkPredictions, likeliestClasses, outOfBagPredictions, takePredictions } from "./predictions.ts";
export type { Predictions } from "./predictions.ts";
export { brierScore, logLoss } from "./probability-scores.ts";
export { expectedCalibrationError, reliabilityCurve, type ReliabilityBin } from "./reliability.ts";
