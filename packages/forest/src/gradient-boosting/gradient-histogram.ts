import type { SlottedRows } from "./slots.ts";

/** First and second derivative of the loss by a class's score, of each row, weights included. */
export interface Gradients {
  readonly gradient: Float64Array;
  /** Above 0 in every row that weighs anything. */
  readonly hessian: Float64Array;
}

/**
 * Histograms over the slots: sums of gradients at 2 × slot, of second derivatives at the number after it. All sums are
 * exact (`gradientsOf` rounds its numbers for that), so it does not matter in which order rows are added, and a slot
 * is without rows exactly where its second derivative is 0.
 */
export interface HistogramPool {
  /** A histogram of these rows. */
  count(gradients: Gradients, rows: Int32Array, features: Int32Array): Float64Array;
  /** Takes the child's numbers off the parent's: what is left is the other child's histogram. */
  subtract(parent: Float64Array, child: Float64Array): void;
  giveBack(histogram: Float64Array | undefined): void;
}

export function createHistogramPool({ slots, start, features: width }: SlottedRows): HistogramPool {
  const spare: Float64Array[] = [];

  function take(): Float64Array {
    const histogram = spare.pop();
    if (histogram === undefined) return new Float64Array(2 * start[width]);
    histogram.fill(0);
    return histogram;
  }

  return {
    count({ gradient, hessian }, rows, features) {
      const histogram = take();
      const all = features.length === width;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i];
        const g = gradient[row];
        const h = hessian[row];
        const at = row * width;
        if (all) {
          for (let k = at; k < at + width; k++) {
            const slot = slots[k] << 1;
            histogram[slot] += g;
            histogram[slot + 1] += h;
          }
        } else {
          for (let k = 0; k < features.length; k++) {
            const slot = slots[at + features[k]] << 1;
            histogram[slot] += g;
            histogram[slot + 1] += h;
          }
        }
      }
      return histogram;
    },
    subtract(parent, child) {
      for (let i = 0; i < parent.length; i++) parent[i] -= child[i];
    },
    giveBack(histogram) {
      if (histogram) spare.push(histogram);
    },
  };
}
