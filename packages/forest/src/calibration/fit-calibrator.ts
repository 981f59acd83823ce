import { checkPredictions, takePredictions, type Predictions } from "../evaluation/predictions.ts";
import { logLoss } from "../evaluation/probability-scores.ts";
import { stratifiedKFold } from "../splitting/stratified-k-fold.ts";
import { calibrate, type Calibrator } from "./calibrator.ts";
import { fitIsotonic } from "./isotonic.ts";
import { fitTemperature } from "./temperature.ts";

/**
 * With "auto", isotonic is thought of from this many rows of every class, so that its many steps do not follow chance.
 * scikit-learn's guide warns of it below about 1000 rows.
 */
export const ISOTONIC_ROWS_PER_CLASS = 500;

export interface CalibratorOptions {
  /**
   * Default "auto": temperature; where every class has ISOTONIC_ROWS_PER_CLASS rows, that of the two which is better on
   * rows it was not fitted on.
   */
  readonly method?: "auto" | "temperature" | "isotonic";
}

/**
 * Fits what makes a model's probabilities honest. On the rows given, its log loss is never above that without it:
 * where a method does not help, the next simpler one is taken (isotonic, temperature, identity).
 *
 * The predictions must be of rows that the model has not learned from: a forest's out-of-bag predictions
 * (`outOfBagPredictions`), or those of cross-validation, each row by the model that was trained without its fold.
 * Predictions of training rows are far too sure, and a calibrator fitted on them would keep them so.
 *
 * @throws ForestError FOREST_INPUT_INVALID when the predictions cannot be
 */
export function fitCalibrator(
  predictions: Predictions,
  { method = "auto" }: CalibratorOptions = {},
): Calibrator {
  checkPredictions(predictions);
  const unchanged = logLoss(predictions);
  if (method === "isotonic" || (method === "auto" && isotonicIsBetter(predictions))) {
    const isotonic = fitIsotonic(predictions);
    if (lossWith(isotonic, predictions) < unchanged) return isotonic;
  }
  const temperature = fitTemperature(predictions);
  return lossWith(temperature, predictions) < unchanged ? temperature : { kind: "identity" };
}

function lossWith(calibrator: Calibrator, predictions: Predictions): number {
  const { probabilities, classes } = predictions;
  return logLoss({ ...predictions, probabilities: calibrate(calibrator, probabilities, classes) });
}

/** Fits both on one half and asks the other, and the other way round. */
function isotonicIsBetter(predictions: Predictions): boolean {
  const { labels, classes, weights } = predictions;
  const counts = new Float64Array(classes);
  for (const [row, label] of labels.entries()) if (weights?.[row] !== 0) counts[label]++;
  if (counts.some((count) => count < ISOTONIC_ROWS_PER_CLASS)) return false;
  let ahead = 0;
  for (const { train, test } of stratifiedKFold({ labels, classes }, { folds: 2 })) {
    const [known, unknown] = [takePredictions(predictions, train), takePredictions(predictions, test)];
    ahead += lossWith(fitTemperature(known), unknown) - lossWith(fitIsotonic(known), unknown);
  }
  return ahead > 0;
}
