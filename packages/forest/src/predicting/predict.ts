import { createBinner } from "../binning/bin-rows.ts";
import { refuse } from "../forest-error.ts";
import type { ForestModel } from "../model.ts";
import { checkMatrix, type Matrix } from "../training-set.ts";
import { createLeafFinder } from "./leaf-finder.ts";
import { softmaxRows } from "./softmax-rows.ts";

/**
 * Rows binned and sent through one tree after the other at once. A tree has to come into the processor's cache for each
 * such lot, and a lot's bins are read in order: with 2,048 rows predicting takes twice as long.
 */
const ROWS_AT_ONCE = 16_384;

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
 *
 * @throws ForestError FOREST_INPUT_INVALID when the matrix has other columns than the model
 */
export function predictScores(model: ForestModel, matrix: Matrix): Float64Array {
  checkPredictable(model, matrix);
  const out = new Float64Array(matrix.rows * model.classes);
  createPredictor(model, matrix.rows).add(matrix, [0, matrix.rows], out);
  return out;
}

/** @throws ForestError FOREST_INPUT_INVALID */
export function checkPredictable(model: ForestModel, matrix: Matrix): void {
  checkMatrix(matrix, "the matrix to predict");
  if (matrix.columns !== model.features) {
    refuse(`the model takes ${model.features} features, the matrix has ${matrix.columns}.`);
  }
}

/** Predicts rows in parts: what one thread of several does. */
export interface Predictor {
  /** Scores of rows [fromRow, toRow) into `out`, which holds zeros and has room for all rows. */
  add(matrix: Matrix, range: readonly [number, number], out: Float64Array): void;
}

/** @param rows how many there will be in all */
export function createPredictor(model: ForestModel, rows: number): Predictor {
  const { classes } = model;
  const binner = createBinner(model.bins);
  const binned = new Uint8Array(Math.min(ROWS_AT_ONCE, rows) * model.features);
  const leaves = new Int32Array(Math.min(ROWS_AT_ONCE, rows));
  const finder = createLeafFinder(model, rows);
  const addTree = model.kind === "random_forest" ? leafSharesAdder(model) : leafValuesAdder(model);
  return {
    add(matrix, [fromRow, toRow], out) {
      for (let from = fromRow; from < toRow; from += ROWS_AT_ONCE) {
        const to = Math.min(toRow, from + ROWS_AT_ONCE);
        const scores = out.subarray(from * classes, to * classes);
        binner.rows(matrix, from, to, binned);
        finder.take(binned, to - from);
        if (model.kind === "gradient_boosting") {
          for (let i = 0; i < scores.length; i++) scores[i] = model.baseScore[i % classes];
        }
        for (let tree = 0; tree < model.trees; tree++) {
          finder.find(tree, leaves);
          addTree(tree, leaves, scores);
        }
        if (model.kind === "random_forest") for (let i = 0; i < scores.length; i++) scores[i] /= model.trees;
      }
    },
  };
}

/** Adds what a tree's leaves say of a row each; the rows are as many as `scores` has room for. */
type AddTree = (tree: number, leaves: Int32Array, scores: Float64Array) => void;

function leafSharesAdder({ classes, leafValues }: ForestModel): AddTree {
  // Of a leaf with one class alone, and most are, there is but one share to add.
  const only = new Int32Array(leafValues.length / classes).fill(-1);
  for (let i = 0; i < leafValues.length; i++)
    if (leafValues[i] === 1) only[Math.floor(i / classes)] = i % classes;
  return (_, leaves, scores) => {
    for (let row = 0, at = 0; at < scores.length; row++, at += classes) {
      const c = only[leaves[row]];
      if (c >= 0) {
        scores[at + c]++;
        continue;
      }
      const leaf = leaves[row] * classes;
      for (let k = 0; k < classes; k++) scores[at + k] += leafValues[leaf + k];
    }
  };
}

function leafValuesAdder({ classes, leafValues }: ForestModel): AddTree {
  return (tree, leaves, scores) => {
    for (let row = 0, at = tree % classes; at < scores.length; row++, at += classes) {
      scores[at] += leafValues[leaves[row]];
    }
  };
}
