import { assembleForest } from "../random-forest/assemble.ts";
import { prepareForest, type OnProgress } from "../random-forest/forest-task.ts";
import type { GrownTree } from "../random-forest/grow-tree.ts";
import type { RandomForestOptions } from "../random-forest/options.ts";
import { emptyOutOfBag } from "../random-forest/out-of-bag.ts";
import type { TrainedForest } from "../random-forest/train.ts";
import type { TrainingSet } from "../training-set.ts";
import { shareArrays, sharedCounters } from "./share-arrays.ts";
import { withWorkers, type InWorkers } from "./worker-pool.ts";

export interface ForestInWorkers extends InWorkers {
  readonly onTrees?: OnProgress;
}

/**
 * `trainRandomForest` with its trees grown in worker threads; the same bytes, however many there are.
 *
 * @throws ForestError FOREST_INPUT_INVALID, FOREST_ABORTED, FOREST_WORKER_DIED
 */
export async function trainRandomForestInWorkers(
  set: TrainingSet,
  options: RandomForestOptions,
  { onTrees, ...threads }: ForestInWorkers,
): Promise<TrainedForest> {
  const { bins, task: own } = prepareForest(set, options);
  const task = shareArrays(own);
  const trees: GrownTree[] = [];
  let done = 0;
  return withWorkers(threads, async (pool) => {
    await pool.run({ kind: "grow_forest", task, next: sharedCounters(1) }, (piece) => {
      if (piece.kind === "grown") {
        trees[piece.number] = piece.tree;
        onTrees?.(++done, task.options.trees);
      }
      return true;
    });
    const model = assembleForest(bins, trees, set.classes);
    const out = shareArrays(emptyOutOfBag(task));
    if (task.options.bootstrap) {
      const shared = shareArrays(model);
      await pool.run({ kind: "out_of_bag", task, model: shared, out, next: sharedCounters(1) });
    }
    return { model, outOfBag: { probabilities: out.probabilities.slice(), trees: out.trees.slice() } };
  });
}
