import type { CheckedBoostingOptions } from "./options.ts";

/** A split and the derivatives of those that go left. */
export interface GainedSplit {
  readonly gain: number;
  readonly feature: number;
  /** The last slot that goes left. */
  readonly slot: number;
  readonly missingLeft: boolean;
  readonly gradientLeft: number;
  readonly hessianLeft: number;
}

/** Less is rounding, not a gain. */
const LEAST_GAIN = 1e-10;

/**
 * The split of a leaf that gains most (Chen & Guestrin 2016, eq. 7, without the half; missing values tried on both
 * sides, their algorithm 3), of equals the first; undefined where none gains more than `minGain`.
 *
 * @param start first slot of each feature, as in SlottedRows
 * @param leaf its histogram and the sums over it
 */
export function bestSplit(
  start: Int32Array,
  features: Int32Array,
  leaf: { readonly histogram: Float64Array; readonly gradient: number; readonly hessian: number },
  { lambda, minGain, minChildHessian }: CheckedBoostingOptions,
): GainedSplit | undefined {
  const { histogram, gradient, hessian } = leaf;
  const unsplit = (gradient * gradient) / (hessian + lambda);
  let best: GainedSplit | undefined;
  // What the two sides must come to.
  let least = unsplit + Math.max(minGain, LEAST_GAIN);
  for (let k = 0; k < features.length; k++) {
    const feature = features[k];
    const first = start[feature];
    const missing = start[feature + 1] - 1;
    const hasMissing = histogram[2 * missing + 1] > 0;
    for (let way = 0; way < (hasMissing ? 2 : 1); way++) {
      let g = way === 0 ? 0 : histogram[2 * missing];
      let h = way === 0 ? 0 : histogram[2 * missing + 1];
      // With missing values on the right, the last bin may stand against them alone.
      const end = way === 0 && hasMissing ? missing : missing - 1;
      for (let slot = first; slot < end; slot++) {
        const here = histogram[2 * slot + 1];
        if (here === 0) continue;
        g += histogram[2 * slot];
        h += here;
        const rest = hessian - h;
        if (h < minChildHessian) continue;
        if (rest < minChildHessian || rest === 0) break;
        const other = gradient - g;
        const both = (g * g) / (h + lambda) + (other * other) / (rest + lambda);
        if (both > least) {
          least = both;
          best = {
            gain: both - unsplit,
            feature,
            slot,
            // Where nothing is missing here, missing values will go to the heavier side.
            missingLeft: hasMissing ? way === 1 : h > rest,
            gradientLeft: g,
            hessianLeft: h,
          };
        }
      }
    }
  }
  return best;
}
