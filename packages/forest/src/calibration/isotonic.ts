import type { Predictions } from "../evaluation/predictions.ts";
import type { IsotonicCalibrator } from "./calibrator.ts";

/** Each class against the rest: the rising function of its probability that is nearest to the truth. */
export function fitIsotonic({ probabilities, labels, classes, weights }: Predictions): IsotonicCalibrator {
  const start = new Int32Array(classes + 1);
  const said: number[] = [];
  const meant: number[] = [];
  const rows = labels.length;
  // What was never seen in n rows is given 1 / (n + 2) (Laplace's rule), so that no class is impossible.
  const least = 1 / (rows + 2);
  for (let c = 0; c < classes; c++) {
    const knots = isotonicRegression(
      Float64Array.from({ length: rows }, (_, row) => probabilities[row * classes + c]),
      Float64Array.from(labels, (label) => (label === c ? 1 : 0)),
      weights,
    );
    for (const [x, y] of knots) {
      said.push(x);
      meant.push(Math.min(Math.max(y, least), 1 - least));
    }
    start[c + 1] = said.length;
  }
  return { kind: "isotonic", start, said: Float64Array.from(said), meant: Float64Array.from(meant) };
}

/**
 * Least squares under y rising with x, by pooling adjacent violators (Barlow et al. 1972): the ends of each level run,
 * as [x, y] with x rising. Rows with one x are one row. Points of weight 0 have no say.
 */
export function isotonicRegression(
  x: Float64Array,
  y: Float64Array,
  weights: Float64Array | undefined,
): [x: number, y: number][] {
  const order = Array.from(x.keys())
    .filter((row) => weights === undefined || weights[row] > 0)
    .toSorted((a, b) => x[a] - x[b]);
  const from: number[] = [];
  const to: number[] = [];
  const sum: number[] = [];
  const weight: number[] = [];
  for (const row of order) {
    const w = weights?.[row] ?? 1;
    const last = from.length - 1;
    if (last >= 0 && to[last] === x[row] && from[last] === x[row]) {
      sum[last] += w * y[row];
      weight[last] += w;
      continue;
    }
    if (last >= 0) pool(last);
    from.push(x[row]);
    to.push(x[row]);
    sum.push(w * y[row]);
    weight.push(w);
  }
  pool(from.length - 1);

  /** Joins the last run to those before it as long as it is not above them. */
  function pool(last: number): void {
    let end = last;
    while (end > 0 && sum[end] / weight[end] <= sum[end - 1] / weight[end - 1]) {
      to[end - 1] = to[end];
      sum[end - 1] += sum[end];
      weight[end - 1] += weight[end];
      end--;
      from.length = to.length = sum.length = weight.length = end + 1;
    }
  }

  return from.flatMap((start, run): [number, number][] => {
    const level = sum[run] / weight[run];
    return start === to[run]
      ? [[start, level]]
      : [
          [start, level],
          [to[run], level],
        ];
  });
}
