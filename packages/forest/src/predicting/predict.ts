import { createBinner } from "../binning/bin-rows.ts";
import { refuse } from "../forest-error.ts";
import type { ForestModel } from "../model.ts";
import { checkMatrix, type Matrix } from "../training-set.ts";
import { findLeaves } from "./find-leaves.ts";
import { softmaxRows } from "./softmax-rows.ts";

/** Rows binned and sent through one tree after the other at once: a tree then stays in the processor's cache. */
const ROWS_AT_ONCE = 2_048;

/**
 * Class probabilities of each row, `rows × classes`, each row summing to 1: mean of the trees' leaf shares
 * (random forest), softmax of the scores (gradient boosting). Not calibrated.
 *
 * @throws ForestError FOREST_INPUT_INVALID when the matrix has other columns than the model
 */
export function predictProbabilities(model: ForestModel, matrix: Matrix): Float64Array {
  const out = predictScores(model, matrix);
  if (model.kind === "gradient_boosting") softmaxRows(out, model.classes);
  return out;
}

/**
 * What the trees add up to, `rows × classes`: the probabilities of a random forest, the scores before softmax of
 * gradient boosting (log-odds up to a constant a row).
 */
export function predictScores(model: ForestModel, matrix: Matrix): Float64Array {
  checkMatrix(matrix, "the matrix to predict");
  if (matrix.columns !== model.features) {
    refuse(`the model takes ${model.features} features, the matrix has ${matrix.columns}.`);
  }
  const { classes } = model;
  const out = new Float64Array(matrix.rows * classes);
  const binned = new Uint8Array(Math.min(ROWS_AT_ONCE, matrix.rows) * matrix.columns);
  const binner = createBinner(model.bins);
  for (let from = 0; from < matrix.rows; from += ROWS_AT_ONCE) {
    const to = Math.min(matrix.rows, from + ROWS_AT_ONCE);
    binner.rows(matrix, from, to, binned);
    const scores = out.subarray(from * classes, to * classes);
    if (model.kind === "random_forest") addForest(model, binned, to - from, scores);
    else addBoosted(model, binned, to - from, scores);
  }
  return out;
}

function addForest(model: ForestModel, binned: Uint8Array, rows: number, out: Float64Array): void {
  const { classes, leafValues, roots, trees } = model;
  const leaves = new Int32Array(rows);
  for (let tree = 0; tree < trees; tree++) {
    findLeaves(model, roots[tree], binned, leaves);
    for (let row = 0, at = 0; row < rows; row++) {
      const leaf = leaves[row] * classes;
      for (let c = 0; c < classes; c++) out[at++] += leafValues[leaf + c];
    }
  }
  for (let i = 0; i < rows * classes; i++) out[i] /= trees;
}

function addBoosted(model: ForestModel, binned: Uint8Array, rows: number, out: Float64Array): void {
  const { classes, leafValues, roots, trees, baseScore } = model;
  const leaves = new Int32Array(rows);
  for (let i = 0; i < rows * classes; i++) out[i] = baseScore[i % classes];
  for (let tree = 0; tree < trees; tree++) {
    findLeaves(model, roots[tree], binned, leaves);
    for (let row = 0, at = tree % classes; row < rows; row++, at += classes)
      out[at] += leafValues[leaves[row]];
  }
}
