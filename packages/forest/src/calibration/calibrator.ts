import { refuse } from "../forest-error.ts";

/**
 * What makes probabilities mean what they say: of the rows said to be 90 % sure, about 90 % are right.
 * Plain data; `calibrate` applies it.
 */
export type Calibrator = IdentityCalibrator | TemperatureCalibrator | IsotonicCalibrator;

/** Leaves probabilities as they are: nothing else was better on the rows it was fitted on. */
export interface IdentityCalibrator {
  readonly kind: "identity";
}

/**
 * Temperature scaling (Guo et al. 2017): p is turned into max(p, floor)^(1 / temperature), and a row then sums to 1
 * again. The order of the classes stays.
 */
export interface TemperatureCalibrator {
  readonly kind: "temperature";
  /** Above 0; above 1 makes less sure. */
  readonly temperature: number;
  /** A forest says 0 where no tree of its hundred saw the class; this much it may still be. */
  readonly floor: number;
}

/**
 * A rising function a class (Zadrozny & Elkan 2002), linear between its knots and level outside them; a row then sums
 * to 1 again.
 */
export interface IsotonicCalibrator {
  readonly kind: "isotonic";
  /** Knots of class c are those from `start[c]` up to `start[c + 1]`. */
  readonly start: Int32Array;
  /** Probabilities said, ascending. */
  readonly said: Float64Array;
  /** What they come to, ascending, above 0. */
  readonly meant: Float64Array;
}

/**
 * Calibrated probabilities, `rows × classes`, each row summing to 1.
 *
 * @param probabilities as the model says them, `rows × classes`
 * @throws ForestError FOREST_INPUT_INVALID when the calibrator is of another number of classes
 */
export function calibrate(
  calibrator: Calibrator,
  probabilities: Float64Array,
  classes: number,
): Float64Array {
  const out = probabilities.slice();
  if (calibrator.kind === "identity") return out;
  if (calibrator.kind === "isotonic" && calibrator.start.length !== classes + 1) {
    refuse(`the calibrator knows ${calibrator.start.length - 1} classes, not ${classes}.`);
  }
  for (let at = 0; at < out.length; at += classes) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const meant =
        calibrator.kind === "temperature"
          ? Math.max(out[at + c], calibrator.floor) ** (1 / calibrator.temperature)
          : interpolate(calibrator, c, out[at + c]);
      out[at + c] = meant;
      sum += meant;
    }
    for (let c = 0; c < classes; c++) out[at + c] /= sum;
  }
  return out;
}

function interpolate({ start, said, meant }: IsotonicCalibrator, c: number, value: number): number {
  let low = start[c];
  let high = start[c + 1] - 1;
  if (value <= said[low]) return meant[low];
  if (value >= said[high]) return meant[high];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (said[middle] <= value) low = middle;
    else high = middle;
  }
  const share = (value - said[low]) / (said[high] - said[low]);
  return meant[low] + share * (meant[high] - meant[low]);
}
