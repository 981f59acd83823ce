import { whole } from "../checked-options.ts";
import { confusionFigures, confusionMatrix, type ConfusionFigures } from "./confusion.ts";
import { checkPredictions, likeliestClasses, type Predictions } from "./predictions.ts";
import { brierScore, logLoss } from "./probability-scores.ts";
import { expectedCalibrationError, reliabilityCurve, type ReliabilityBin } from "./reliability.ts";

/** All figures of one set of predictions. */
export interface Evaluation extends ConfusionFigures {
  readonly rows: number;
  /** Weight of the rows of true class t that were taken for class p, at [t][p]. */
  readonly confusion: readonly (readonly number[])[];
  readonly logLoss: number;
  readonly brier: number;
  readonly expectedCalibrationError: number;
  readonly reliability: readonly ReliabilityBin[];
}

/**
 * Judges predictions by the true classes, each row by its weight. The answer of a row is its likeliest class.
 *
 * @param reliabilityBins of equal width between 0 and 1
 * @throws ForestError FOREST_INPUT_INVALID when the predictions cannot be
 */
export function evaluatePredictions(predictions: Predictions, reliabilityBins = 10): Evaluation {
  checkPredictions(predictions);
  whole("reliabilityBins", reliabilityBins, [1, 10_000]);
  const { probabilities, labels, classes, weights } = predictions;
  const answers = likeliestClasses(probabilities, classes);
  const matrix = confusionMatrix(labels, answers, { classes, weights });
  const reliability = reliabilityCurve(predictions, reliabilityBins);
  return {
    ...confusionFigures(matrix, classes),
    rows: labels.length,
    confusion: Array.from({ length: classes }, (_, t) => [
      ...matrix.subarray(t * classes, (t + 1) * classes),
    ]),
    logLoss: logLoss(predictions),
    brier: brierScore(predictions),
    expectedCalibrationError: expectedCalibrationError(reliability),
    reliability,
  };
}
