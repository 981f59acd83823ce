import { cutFeatures } from "../binning/bin-features.ts";
import { refuse, stopIfAborted, type Abort } from "../forest-error.ts";
import type { FeatureBins, ForestModel } from "../model.ts";
import { predictScores } from "../predicting/predict.ts";
import { seededRandom, type SeededRandom } from "../seeded-random.ts";
import { checkTrainingSet, type TrainingSet } from "../training-set.ts";
import { createBoostedTreeGrower, type BoostedTree } from "./grow-tree.ts";
import { gradientsOf, logLossOf, probabilitiesOf } from "./softmax-loss.ts";
import {
  checkBoostingOptions,
  type CheckedBoostingOptions,
  type GradientBoostingOptions,
} from "./options.ts";
import { slotRows } from "./slots.ts";

export interface TrainedBoosting {
  readonly model: ForestModel;
  /** Rounds kept: those up to the best one when stopped early. */
  readonly rounds: number;
  /** Mean log loss on the validation rows after each round that was tried; empty without them. */
  readonly validationLogLoss: readonly number[];
}

export interface BoostingRun {
  /** Rows that early stopping looks at; never learned from. */
  readonly validation?: TrainingSet;
  readonly signal?: Abort;
  readonly onRounds?: (done: number, of: number) => void;
}

/**
 * Gradient boosted trees with softmax loss (Friedman 2001; second order and missing values as in Chen & Guestrin 2016),
 * grown leaf by leaf on histograms; of two children one is counted, the other subtracted (Ke et al. 2017).
 * Same set, options and seed: same bytes.
 *
 * @throws ForestError FOREST_INPUT_INVALID, FOREST_ABORTED
 */
export function trainGradientBoosting(
  set: TrainingSet,
  options: GradientBoostingOptions = {},
  { validation, signal, onRounds }: BoostingRun = {},
): TrainedBoosting {
  checkTrainingSet(set);
  const checked = checkBoostingOptions(options, set);
  if (validation !== undefined) checkValidation(validation, set);
  if (checked.patience !== Infinity && validation === undefined) refuse("patience needs validation rows.");
  const { matrix, classes, labels } = set;
  const weights = rowWeightsOf(set, checked);
  const bins = cutFeatures(matrix, set.weights, checked.maxBins);
  const data = slotRows(bins, matrix);
  const grower = createBoostedTreeGrower(data, weights, checked);
  const baseScore = baseScoreOf(labels, weights, classes);
  const scores = repeated(baseScore, matrix.rows);
  const probabilities = new Float64Array(scores.length);
  const gradients = { gradient: new Float64Array(matrix.rows), hessian: new Float64Array(matrix.rows) };
  const order = new Int32Array(matrix.rows);
  const outside: TreesBeside | undefined = validation && {
    set: validation,
    scores: repeated(baseScore, validation.matrix.rows),
  };
  const trees: BoostedTree[] = [];
  const validationLogLoss: number[] = [];
  let best = 0;

  for (let round = 0; round < checked.rounds; round++) {
    stopIfAborted(signal);
    probabilitiesOf(scores, classes, probabilities);
    for (let c = 0; c < classes; c++) {
      const random = seededRandom(checked.seed, round * classes + c);
      const count = drawRows(order, weights, checked.rowShare, random);
      const features = drawFeatures(matrix.columns, checked.featureShare, random);
      gradientsOf(probabilities, { labels, weights, classes, c }, gradients);
      const unseen = checked.rowShare < 1 ? scores.slice() : undefined;
      const tree = grower.grow(gradients, { order, count, features }, { all: scores, classes, c });
      trees.push(tree);
      if (unseen) addToUnseen(tree, bins, set, { before: unseen, scores, c });
    }
    onRounds?.(round + 1, checked.rounds);
    if (outside === undefined) continue;
    addRound(outside, trees.slice(-classes), bins, classes);
    validationLogLoss.push(logLossOf(outside.scores, outside.set));
    if (validationLogLoss[round] < validationLogLoss[best]) best = round;
    if (round - best >= checked.patience) break;
  }
  const rounds = checked.patience === Infinity ? trees.length / classes : best + 1;
  const model = assemble(bins, trees.slice(0, rounds * classes), baseScore);
  return { model, rounds, validationLogLoss };
}

interface TreesBeside {
  readonly set: TrainingSet;
  readonly scores: Float64Array;
}

function checkValidation(validation: TrainingSet, set: TrainingSet): void {
  checkTrainingSet(validation);
  if (validation.matrix.columns !== set.matrix.columns || validation.classes !== set.classes) {
    refuse("the validation rows have other features or classes than the training rows.");
  }
}

function rowWeightsOf(
  { labels, weights }: TrainingSet,
  { classWeights }: CheckedBoostingOptions,
): Float64Array {
  return Float64Array.from(labels, (label, row) => (weights?.[row] ?? 1) * (classWeights?.[label] ?? 1));
}

/** Log of each class's share; of a class without rows that of half a row. */
function baseScoreOf(labels: Uint16Array, weights: Float64Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  let total = 0;
  for (let row = 0; row < labels.length; row++) {
    sums[labels[row]] += weights[row];
    total += weights[row];
  }
  if (!(total > 0)) refuse("with these class weights no row weighs anything.");
  const mean = total / labels.length;
  return sums.map((sum) => Math.log(Math.max(sum, mean / 2) / total));
}

function repeated(row: Float64Array, rows: number): Float64Array {
  const out = new Float64Array(rows * row.length);
  for (let i = 0; i < rows; i++) out.set(row, i * row.length);
  return out;
}

/** The rows of a tree into the front of `order`, ascending; returns how many. */
function drawRows(order: Int32Array, weights: Float64Array, share: number, random: SeededRandom): number {
  let count = 0;
  for (let row = 0; row < weights.length; row++) {
    if (weights[row] > 0 && (share === 1 || random.unit() < share)) order[count++] = row;
  }
  return count;
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

/** Rows that the tree was not grown on have its say added too. */
function addToUnseen(
  tree: BoostedTree,
  bins: FeatureBins,
  set: TrainingSet,
  { before, scores, c }: { before: Float64Array; scores: Float64Array; c: number },
): void {
  const { classes, matrix } = set;
  const added = predictScores(assemble(bins, [tree], new Float64Array(1)), matrix);
  for (let row = 0; row < matrix.rows; row++) {
    const at = row * classes + c;
    scores[at] = before[at] + added[row];
  }
}

function addRound(
  { set, scores }: TreesBeside,
  trees: readonly BoostedTree[],
  bins: FeatureBins,
  classes: number,
): void {
  const added = predictScores(assemble(bins, trees, new Float64Array(classes)), set.matrix);
  for (let i = 0; i < scores.length; i++) scores[i] += added[i];
}

function assemble(bins: FeatureBins, trees: readonly BoostedTree[], baseScore: Float64Array): ForestModel {
  const nodeCount = trees.reduce((sum, tree) => sum + tree.cover.length, 0);
  const leafCount = trees.reduce((sum, tree) => sum + tree.leafValues.length, 0);
  const roots = new Int32Array(trees.length);
  const nodes = new Int32Array(2 * nodeCount);
  const cover = new Float64Array(nodeCount);
  const leafValues = new Float64Array(leafCount);
  let at = 0;
  let leafAt = 0;
  for (const [t, tree] of trees.entries()) {
    roots[t] = at;
    cover.set(tree.cover, at);
    leafValues.set(tree.leafValues, leafAt);
    for (let node = 0; node < tree.cover.length; node++) {
      const word = tree.nodes[2 * node];
      nodes[2 * (at + node)] = word;
      nodes[2 * (at + node) + 1] = tree.nodes[2 * node + 1] + (word === -1 ? leafAt : at);
    }
    at += tree.cover.length;
    leafAt += tree.leafValues.length;
  }
  const features = bins.cutStart.length - 1;
  const classes = baseScore.length;
  return {
    kind: "gradient_boosting",
    features,
    classes,
    trees: trees.length,
    bins,
    roots,
    nodes,
    cover,
    leafValues,
    baseScore,
  };
}
