import { binColumns, cutFeatures } from "../binning/bin-features.ts";
import { stopIfAborted, type Abort } from "../forest-error.ts";
import type { FeatureBins } from "../model.ts";
import { seededRandom } from "../seeded-random.ts";
import { checkTrainingSet, type TrainingSet } from "../training-set.ts";
import { createTreeGrower, type GrownTree } from "./grow-tree.ts";
import { checkForestOptions, type CheckedForestOptions, type RandomForestOptions } from "./options.ts";
import { rowWeights } from "./row-weights.ts";
import type { BinnedRows } from "./split-search.ts";

/** All that growing needs; plain data, so that worker threads can have it. */
export interface ForestTask {
  readonly data: BinnedRows;
  readonly weights: Float64Array | undefined;
  readonly options: CheckedForestOptions;
}

/** Called after each tree with how many there are and will be. */
export type OnTrees = (done: number, of: number) => void;

/** @throws ForestError FOREST_INPUT_INVALID */
export function prepareForest(
  set: TrainingSet,
  options: RandomForestOptions,
): { readonly bins: FeatureBins; readonly task: ForestTask } {
  checkTrainingSet(set);
  const checked = checkForestOptions(options, set);
  const { matrix, labels, classes, weights } = set;
  const bins = cutFeatures(matrix, weights, checked.maxBins);
  const data = {
    rows: matrix.rows,
    features: matrix.columns,
    classes,
    columns: binColumns(bins, matrix),
    labels,
  };
  return { bins, task: { data, weights, options: checked } };
}

/**
 * Grows the trees with numbers in [fromTree, toTree). Each tree has random numbers of its own, so it does not matter
 * who grows which.
 * @throws ForestError FOREST_ABORTED, between two trees
 */
export function growTrees(
  { data, weights, options }: ForestTask,
  [fromTree, toTree]: readonly [number, number],
  { signal, onTrees }: { readonly signal?: Abort | undefined; readonly onTrees?: OnTrees | undefined } = {},
): GrownTree[] {
  const grower = createTreeGrower(data, options);
  const scratch = { counts: new Uint32Array(data.rows), out: new Float64Array(data.rows) };
  const trees: GrownTree[] = [];
  for (let tree = fromTree; tree < toTree; tree++) {
    stopIfAborted(signal);
    const drawn = rowWeights(tree, options, { labels: data.labels, weights }, scratch);
    trees.push(grower.grow(drawn, seededRandom(options.seed, 2 * tree)));
    onTrees?.(tree + 1 - fromTree, toTree - fromTree);
  }
  return trees;
}
