import { binRows } from "../binning/bin-features.ts";
import { refuse } from "../forest-error.ts";
import { LEAF, type ForestModel } from "../model.ts";
import { checkMatrix, type Matrix } from "../training-set.ts";

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
  for (let from = 0; from < matrix.rows; from += ROWS_AT_ONCE) {
    const to = Math.min(matrix.rows, from + ROWS_AT_ONCE);
    binRows(model.bins, matrix, from, to, binned);
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

/**
 * Numbers of the leaf values that binned rows reach in the tree with this root, as many rows as `leaves` has room for.
 * Four rows go down side by side: each step waits for memory, and so four wait at once.
 */
export function findLeaves(model: ForestModel, root: number, binned: Uint8Array, leaves: Int32Array): void {
  const { nodes, features } = model;
  const rootWord = nodes[2 * root];
  const rootNext = nodes[2 * root + 1];
  const rows = leaves.length;
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const a = row * features;
    const b = a + features;
    const c = b + features;
    const d = c + features;
    let wordA = rootWord;
    let wordB = rootWord;
    let wordC = rootWord;
    let wordD = rootWord;
    let nextA = rootNext;
    let nextB = rootNext;
    let nextC = rootNext;
    let nextD = rootNext;
    while ((wordA & wordB & wordC & wordD) !== LEAF) {
      if (wordA !== LEAF) {
        const node = 2 * (nextA + goesRight(wordA, binned[a + (wordA & 0xffff)]));
        wordA = nodes[node];
        nextA = nodes[node + 1];
      }
      if (wordB !== LEAF) {
        const node = 2 * (nextB + goesRight(wordB, binned[b + (wordB & 0xffff)]));
        wordB = nodes[node];
        nextB = nodes[node + 1];
      }
      if (wordC !== LEAF) {
        const node = 2 * (nextC + goesRight(wordC, binned[c + (wordC & 0xffff)]));
        wordC = nodes[node];
        nextC = nodes[node + 1];
      }
      if (wordD !== LEAF) {
        const node = 2 * (nextD + goesRight(wordD, binned[d + (wordD & 0xffff)]));
        wordD = nodes[node];
        nextD = nodes[node + 1];
      }
    }
    leaves[row] = nextA;
    leaves[row + 1] = nextB;
    leaves[row + 2] = nextC;
    leaves[row + 3] = nextD;
  }
  for (; row < rows; row++) {
    let word = rootWord;
    let next = rootNext;
    while (word !== LEAF) {
      const node = 2 * (next + goesRight(word, binned[row * features + (word & 0xffff)]));
      word = nodes[node];
      next = nodes[node + 1];
    }
    leaves[row] = next;
  }
}

/** 1 where the bin goes right, else 0: the sign bit of a difference, since a branch could not be foretold. */
function goesRight(word: number, bin: number): number {
  return (((word >>> 16) & 0xff) - ((bin + (word >>> 24)) & 0xff)) >>> 31;
}

/** Turns scores into probabilities in place, row by row. */
export function softmaxRows(scores: Float64Array, classes: number): void {
  for (let at = 0; at < scores.length; at += classes) {
    let highest = -Infinity;
    for (let c = 0; c < classes; c++) if (scores[at + c] > highest) highest = scores[at + c];
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const power = Math.exp(scores[at + c] - highest);
      scores[at + c] = power;
      sum += power;
    }
    for (let c = 0; c < classes; c++) scores[at + c] /= sum;
  }
}
