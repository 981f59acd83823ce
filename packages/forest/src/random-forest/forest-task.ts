import { createBinner } from "../binning/bin-rows.ts";
import { cutFeatures } from "../binning/cut-features.ts";
import { stopIfAborted, type Abort } from "../forest-error.ts";
import type { FeatureBins } from "../model.ts";
import { seededRandom } from "../seeded-random.ts";
import { checkTrainingSet, type TrainingSet } from "../training-set.ts";
import { createRowDrawing } from "./drawn-rows.ts";
import { createTreeGrower, type GrownTree } from "./grow-tree.ts";
import { checkForestOptions, type CheckedForestOptions, type RandomForestOptions } from "./options.ts";
import type { BinnedRows } from "./split-search.ts";

/** All that growing needs; plain data, so that worker threads can have it. */
export interface ForestTask {
  readonly data: BinnedRows;
  readonly weights: Float64Array | undefined;
  readonly options: CheckedForestOptions;
}

/** @throws ForestError FOREST_INPUT_INVALID */
export function prepareForest(
  set: TrainingSet,
  options: RandomForestOptions,
): { readonly bins: FeatureBins; readonly task: ForestTask } {
  checkTrainingSet(set);
  const checked = checkForestOptions(options, set);
  const { matrix, labels, classes, weights } = set;
  const bins = cutFeatures(matrix, weights, checked.maxBins);
  const columns = new Uint8Array(matrix.rows * matrix.columns);
  createBinner(bins).columns(matrix, columns);
  const data = { rows: matrix.rows, features: matrix.columns, classes, columns, labels };
  return { bins, task: { data, weights, options: checked } };
}

/** Called after each tree (each round of boosting) with how many there are and will be. */
export type OnProgress = (done: number, of: number) => void;

/** Grows trees by their numbers, in any order: each tree has random numbers of its own. */
export function createForestGrower(task: ForestTask): { grow(tree: number): GrownTree } {
  const grower = createTreeGrower(task);
  const drawing = createRowDrawing(task);
  const counts = new Uint32Array(task.data.rows);
  return {
    grow(tree) {
      drawing.draw(tree, counts);
      return grower.grow(counts, seededRandom(task.options.seed, 2 * tree));
    },
  };
}

/** @throws ForestError FOREST_ABORTED, between two trees */
export function growTrees(
  task: ForestTask,
  { signal, onTrees }: { readonly signal?: Abort | undefined; readonly onTrees?: OnProgress | undefined },
): GrownTree[] {
  const grower = createForestGrower(task);
  const trees: GrownTree[] = [];
  while (trees.length < task.options.trees) {
    stopIfAborted(signal);
    trees.push(grower.grow(trees.length));
    onTrees?.(trees.length, task.options.trees);
  }
  return trees;
}
