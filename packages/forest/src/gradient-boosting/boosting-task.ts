import { createBinner } from "../binning/bin-rows.ts";
import { cutFeatures } from "../binning/cut-features.ts";
import type { FeatureBins } from "../model.ts";
import { seededRandom, type SeededRandom } from "../seeded-random.ts";
import { checkTrainingSet, type TrainingSet } from "../training-set.ts";
import { addTree } from "./add-tree.ts";
import { createBoostedTreeGrower, type BoostedTree } from "./grow-tree.ts";
import {
  checkBoostingOptions,
  type CheckedBoostingOptions,
  type GradientBoostingOptions,
} from "./options.ts";
import { slotRows, type SlottedRows } from "./slots.ts";
import { gradientsOf, quantumOf, scoresOfClass, type ClassScores } from "./softmax-loss.ts";

/** All that growing needs; plain data, so that worker threads can have it. */
export interface BoostingTask {
  readonly data: SlottedRows;
  /** Bin of feature f in row r at `f * rows + r`: what rows are parted by. */
  readonly columns: Uint8Array;
  readonly labels: Uint16Array;
  readonly classes: number;
  /** Of each row, class weights included. */
  readonly weights: Float64Array;
  readonly options: CheckedBoostingOptions;
}

/** @throws ForestError FOREST_INPUT_INVALID */
export function prepareBoosting(
  set: TrainingSet,
  options: GradientBoostingOptions,
): { readonly bins: FeatureBins; readonly task: BoostingTask; readonly baseScore: Float64Array } {
  checkTrainingSet(set);
  const checked = checkBoostingOptions(options, set);
  const { matrix, labels, classes } = set;
  const weights = Float64Array.from(
    labels,
    (label, row) => (set.weights?.[row] ?? 1) * (checked.classWeights?.[label] ?? 1),
  );
  const bins = cutFeatures(matrix, set.weights, checked.maxBins);
  const columns = new Uint8Array(matrix.rows * matrix.columns);
  createBinner(bins).columns(matrix, columns);
  const task = { data: slotRows(bins, matrix), columns, labels, classes, weights, options: checked };
  return { bins, task, baseScore: baseScoreOf(task) };
}

/** Log of each class's share of the weight; of a class without rows that of half a row. */
function baseScoreOf({ labels, weights, classes }: BoostingTask): Float64Array {
  const sums = new Float64Array(classes);
  let total = 0;
  let rows = 0;
  for (let row = 0; row < labels.length; row++) {
    sums[labels[row]] += weights[row];
    total += weights[row];
    if (weights[row] > 0) rows++;
  }
  const half = total / rows / 2;
  return sums.map((sum) => Math.log((sum > 0 ? sum : half) / total));
}

/** Scores of so many rows before any tree. */
export function scoresBefore(baseScore: Float64Array, rows: number): ClassScores {
  const all = new Float64Array(rows * baseScore.length);
  for (const [c, score] of baseScore.entries()) all.fill(score, c * rows, (c + 1) * rows);
  return { rows, classes: baseScore.length, all };
}

export interface RoundGrower {
  /**
   * The tree of class c in a round; what it says is added to the class's scores of all rows that weigh anything.
   * @param probabilities of all classes at the begin of the round, laid out as the scores
   */
  grow(round: number, c: number, probabilities: ClassScores, scores: ClassScores): BoostedTree;
}

/** Each tree has random numbers of its own, and looks at the scores of no other class: any thread may grow it. */
export function createRoundGrower(task: BoostingTask): RoundGrower {
  const { data, labels, classes, weights, options } = task;
  const grower = createBoostedTreeGrower(task);
  const gradients = { gradient: new Float64Array(data.rows), hessian: new Float64Array(data.rows) };
  const quantum = quantumOf(weights.reduce((sum, weight) => sum + weight, 0));
  const order = new Int32Array(data.rows);
  return {
    grow(round, c, probabilities, scores) {
      const random = seededRandom(options.seed, round * classes + c);
      const { drawn, weighing } = drawRows(order, weights, options.rowShare, random);
      const features = drawFeatures(data.features, options.featureShare, random);
      gradientsOf(scoresOfClass(probabilities, c), { labels, weights, c, quantum }, gradients);
      const own = scoresOfClass(scores, c);
      const tree = grower.grow(gradients, { rows: order.subarray(0, drawn), features }, own);
      if (drawn < weighing) addTree(tree, data, own, order.subarray(drawn, weighing));
      return tree;
    },
  };
}

/** Puts the rows of a tree into the front of `order`, the others that weigh anything after them. */
function drawRows(
  order: Int32Array,
  weights: Float64Array,
  share: number,
  random: SeededRandom,
): { drawn: number; weighing: number } {
  let drawn = 0;
  let left = order.length;
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] === 0) continue;
    if (share === 1 || random.unit() < share) order[drawn++] = row;
    else order[--left] = row;
  }
  order.copyWithin(drawn, left);
  return { drawn, weighing: drawn + order.length - left };
}

function drawFeatures(features: number, share: number, random: SeededRandom): Int32Array {
  const all = Int32Array.from({ length: features }, (_, feature) => feature);
  const wanted = Math.max(1, Math.round(features * share));
  if (wanted >= features) return all;
  for (let i = 0; i < wanted; i++) {
    const drawn = i + random.below(features - i);
    const feature = all[drawn];
    all[drawn] = all[i];
    all[i] = feature;
  }
  return all.slice(0, wanted).sort();
}
