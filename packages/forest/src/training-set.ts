import { refuse } from "./forest-error.ts";

/** Rows of numbers, row after row. NaN is "missing"; infinities are values like others. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** `rows × columns`, the value of column c in row r at `r * columns + c`. */
  readonly values: Float64Array;
}

/** What a learner learns from. */
export interface TrainingSet {
  readonly matrix: Matrix;
  /** Class of each row, 0 to `classes - 1`. */
  readonly labels: Uint16Array;
  readonly classes: number;
  /**
   * Of each row, 0 or from 1e-30 to 1e30; all 1 where not given. A weight of 2 counts as the row twice, one of 0 as
   * if the row were not there.
   */
  readonly weights?: Float64Array;
}

/** Classes that a label (16 bits) can tell apart. */
const MAX_CLASSES = 65_535;
/** Weights outside would overflow, or vanish, where they are multiplied and squared. */
export const MIN_WEIGHT = 1e-30;
export const MAX_WEIGHT = 1e30;

/** @throws ForestError FOREST_INPUT_INVALID naming what does not fit */
export function checkMatrix({ rows, columns, values }: Matrix, what = "the matrix"): void {
  if (!Number.isInteger(rows) || rows < 0) refuse(`${what} has ${rows} rows.`);
  if (!Number.isInteger(columns) || columns < 1) refuse(`${what} has ${columns} columns.`);
  if (values.length !== rows * columns) {
    refuse(`${what} has ${values.length} values, not ${rows} rows × ${columns} columns.`);
  }
}

/** @throws ForestError FOREST_INPUT_INVALID naming the first row or number that cannot be */
export function checkTrainingSet({ matrix, labels, classes, weights }: TrainingSet): void {
  checkMatrix(matrix);
  if (matrix.rows === 0) refuse("There is no row to learn from.");
  if (!Number.isInteger(classes) || classes < 1 || classes > MAX_CLASSES) refuse(`${classes} classes.`);
  if (labels.length !== matrix.rows) refuse(`${labels.length} labels for ${matrix.rows} rows.`);
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] >= classes) refuse(`row ${row} has label ${labels[row]} of ${classes} classes.`);
  }
  if (weights === undefined) return;
  if (weights.length !== matrix.rows) refuse(`${weights.length} weights for ${matrix.rows} rows.`);
  let total = 0;
  for (let row = 0; row < weights.length; row++) {
    const weight = weights[row];
    if (weight !== 0 && !(weight >= MIN_WEIGHT && weight <= MAX_WEIGHT)) {
      refuse(`row ${row} has weight ${weight}, not 0 nor from ${MIN_WEIGHT} to ${MAX_WEIGHT}.`);
    }
    total += weight;
  }
  if (total === 0) refuse("every row has weight 0.");
}
