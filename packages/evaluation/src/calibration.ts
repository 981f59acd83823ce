import { seededRandom } from "./seeded-random.ts";

/** A decided answer: how sure it was, and whether it was right. */
export interface Judgement {
  /** 0–1. */
  readonly confidence: number;
  readonly right: boolean;
}

export interface CalibrationBin {
  /** Bounds of the confidence: from ≤ confidence < to, the last bin includes 1. */
  readonly from: number;
  readonly to: number;
  readonly decided: number;
  readonly mean_confidence: number | null;
  readonly right: number | null;
}

const CALIBRATION_BINS = 10;
const BOOTSTRAP_ROUNDS = 1000;

/** The judgements in ten bins of equal width. */
export function calibrationBins(judgements: readonly Judgement[]): CalibrationBin[] {
  const { counts, confidences, rights } = sumBins(judgements);
  return Array.from(counts, (decided, bin) => ({
    from: bin / CALIBRATION_BINS,
    to: (bin + 1) / CALIBRATION_BINS,
    decided,
    mean_confidence: decided === 0 ? null : confidences[bin] / decided,
    right: decided === 0 ? null : rights[bin] / decided,
  }));
}

/**
 * Expected calibration error: over ten bins of equal width, the mean of |share right − mean confidence|,
 * weighted by the number in the bin (Naeini, Cooper, Hauskrecht 2015). null without judgements.
 */
export function expectedCalibrationError(judgements: readonly Judgement[]): number | null {
  if (judgements.length === 0) return null;
  const { counts, confidences, rights } = sumBins(judgements);
  let error = 0;
  for (let bin = 0; bin < CALIBRATION_BINS; bin++)
    if (counts[bin] > 0) error += Math.abs(rights[bin] - confidences[bin]);
  return error / judgements.length;
}

/**
 * The 5th and 95th percentile of the calibration error over 1000 bootstrap samples of the judgements. With
 * few of them the band lies high: resampling adds its own scatter to a figure that cannot be negative.
 */
export function calibrationBand90(
  judgements: readonly Judgement[],
  seed: number,
): readonly [number, number] | null {
  if (judgements.length === 0) return null;
  const random = seededRandom(seed);
  const errors: number[] = [];
  for (let round = 0; round < BOOTSTRAP_ROUNDS; round++) {
    const sample = Array.from(judgements, () => judgements[Math.floor(random() * judgements.length)]);
    errors.push(expectedCalibrationError(sample) ?? 0);
  }
  errors.sort((a, b) => a - b);
  return [percentile(errors, 0.05), percentile(errors, 0.95)];
}

/** Linear between ranks; `sorted` is not empty. */
function percentile(sorted: readonly number[], share: number): number {
  const rank = share * (sorted.length - 1);
  const below = Math.floor(rank);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
}

function sumBins(judgements: readonly Judgement[]): {
  counts: number[];
  confidences: number[];
  rights: number[];
} {
  const zeros = (): number[] => Array.from({ length: CALIBRATION_BINS }, () => 0);
  const sums = { counts: zeros(), confidences: zeros(), rights: zeros() };
  for (const { confidence, right } of judgements) {
    const bin = Math.min(CALIBRATION_BINS - 1, Math.max(0, Math.floor(confidence * CALIBRATION_BINS)));
    sums.counts[bin]++;
    sums.confidences[bin] += confidence;
    if (right) sums.rights[bin]++;
  }
  return sums;
}
