import { likeliestClasses, type Predictions } from "./predictions.ts";

/** Rows by how sure the model was of its likeliest class. */
export interface ReliabilityBin {
  /** from ≤ confidence < to; the last bin has 1 too. */
  readonly from: number;
  readonly to: number;
  /** Weight of its rows. */
  readonly weight: number;
  /** Mean confidence of the rows, and the share of them that are right; null in an empty bin. */
  readonly confidence: number | null;
  readonly right: number | null;
}

/** The reliability curve of the likeliest class, in bins of equal width. */
export function reliabilityCurve(predictions: Predictions, bins = 10): ReliabilityBin[] {
  const { probabilities, labels, classes, weights } = predictions;
  const answers = likeliestClasses(probabilities, classes);
  const weight = new Float64Array(bins);
  const confidence = new Float64Array(bins);
  const right = new Float64Array(bins);
  for (let row = 0; row < labels.length; row++) {
    const sure = probabilities[row * classes + answers[row]];
    const bin = Math.min(bins - 1, Math.floor(sure * bins));
    const here = weights?.[row] ?? 1;
    weight[bin] += here;
    confidence[bin] += here * sure;
    if (answers[row] === labels[row]) right[bin] += here;
  }
  return Array.from(weight, (here, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    weight: here,
    confidence: here > 0 ? confidence[bin] / here : null,
    right: here > 0 ? right[bin] / here : null,
  }));
}

/**
 * Expected calibration error: mean distance between confidence and share of right answers over the bins of the
 * reliability curve, by weight (Guo et al. 2017, "On Calibration of Modern Neural Networks", eq. 3).
 */
export function expectedCalibrationError(curve: readonly ReliabilityBin[]): number {
  let off = 0;
  let total = 0;
  for (const { weight, confidence, right } of curve) {
    if (confidence === null || right === null) continue;
    off += weight * Math.abs(confidence - right);
    total += weight;
  }
  return total > 0 ? off / total : 0;
}
