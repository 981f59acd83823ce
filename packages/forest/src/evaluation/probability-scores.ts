import type { Predictions } from "./predictions.ts";

/** A probability below this counts as this, so that one row said to be impossible does not make a loss infinite. */
const LEAST_PROBABILITY = 1e-15;

/** Mean of -log(probability of the true class), by weight. In nats; 0 is perfect, log(classes) is guessing. */
export function logLoss({ probabilities, labels, classes, weights }: Predictions): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const weight = weights?.[row] ?? 1;
    sum -= weight * Math.log(Math.max(probabilities[row * classes + labels[row]], LEAST_PROBABILITY));
    total += weight;
  }
  return sum / total;
}

/**
 * Mean over the rows of Σ over the classes of (probability - truth)² (Brier 1950): 0 is perfect, 2 the worst.
 * With two classes twice what is often given, which looks at one of them.
 */
export function brierScore({ probabilities, labels, classes, weights }: Predictions): number {
  let sum = 0;
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    const weight = weights?.[row] ?? 1;
    let squares = 0;
    for (let c = 0; c < classes; c++) {
      const off = probabilities[row * classes + c] - (labels[row] === c ? 1 : 0);
      squares += off * off;
    }
    sum += weight * squares;
    total += weight;
  }
  return sum / total;
}
