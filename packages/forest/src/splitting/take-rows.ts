import type { Matrix, TrainingSet } from "../training-set.ts";

/** Some rows of a matrix, in the order given; a number may come several times. */
export function takeMatrixRows({ columns, values }: Matrix, rows: ArrayLike<number>): Matrix {
  const taken = new Float64Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) {
    taken.set(values.subarray(rows[i] * columns, (rows[i] + 1) * columns), i * columns);
  }
  return { rows: rows.length, columns, values: taken };
}

/** Some rows of a training set, with their labels and weights. */
export function takeRows(
  { matrix, labels, classes, weights }: TrainingSet,
  rows: ArrayLike<number>,
): TrainingSet {
  const taken = {
    matrix: takeMatrixRows(matrix, rows),
    labels: Uint16Array.from(rows, (row) => labels[row]),
    classes,
  };
  return weights === undefined
    ? taken
    : { ...taken, weights: Float64Array.from(rows, (row) => weights[row]) };
}
