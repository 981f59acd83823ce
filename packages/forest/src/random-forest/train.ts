import type { Abort } from "../forest-error.ts";
import type { ForestModel } from "../model.ts";
import type { TrainingSet } from "../training-set.ts";
import { assembleForest } from "./assemble.ts";
import { growTrees, prepareForest, type OnProgress } from "./forest-task.ts";
import type { RandomForestOptions } from "./options.ts";
import { emptyOutOfBag, predictOutOfBag, type OutOfBag } from "./out-of-bag.ts";

export interface TrainedForest {
  readonly model: ForestModel;
  readonly outOfBag: OutOfBag;
}

/**
 * A random forest (Breiman 2001) of classification trees, each grown on a bootstrap sample with a random choice of
 * features at every split, by Gini impurity on bins, of which a feature has at most 255.
 * Same set, options and seed: same bytes.
 *
 * @throws ForestError FOREST_INPUT_INVALID, FOREST_ABORTED (looked at between two trees)
 */
export function trainRandomForest(
  set: TrainingSet,
  options: RandomForestOptions = {},
  running: { readonly signal?: Abort; readonly onTrees?: OnProgress } = {},
): TrainedForest {
  const { bins, task } = prepareForest(set, options);
  const model = assembleForest(bins, growTrees(task, running), set.classes);
  const outOfBag = emptyOutOfBag(task);
  predictOutOfBag(model, task, outOfBag);
  return { model, outOfBag };
}
