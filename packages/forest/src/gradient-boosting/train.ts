import { stopIfAborted, type Abort } from "../forest-error.ts";
import type { FeatureBins, ForestModel } from "../model.ts";
import type { OnProgress } from "../random-forest/forest-task.ts";
import type { TrainingSet } from "../training-set.ts";
import { assembleBoosting } from "./assemble.ts";
import { createRoundGrower, prepareBoosting, scoresBefore } from "./boosting-task.ts";
import type { BoostedTree } from "./grow-tree.ts";
import type { GradientBoostingOptions } from "./options.ts";
import { probabilitiesOf } from "./softmax-loss.ts";
import { checkValidation, createValidation, type Validation } from "./validation.ts";

export interface TrainedBoosting {
  readonly model: ForestModel;
  /** Rounds kept: with `patience` those up to the best one, else all. */
  readonly rounds: number;
  /** Mean log loss on the validation rows after each round that was tried; empty without them. */
  readonly validationLogLoss: readonly number[];
}

export interface BoostingRun {
  /** Rows that early stopping looks at; never learned from. */
  readonly validation?: TrainingSet;
  readonly signal?: Abort;
  readonly onRounds?: OnProgress;
}

/**
 * Gradient boosted trees with softmax loss (Friedman 2001; second order and missing values as in Chen & Guestrin 2016),
 * grown leaf by leaf on histograms; of two children one is counted, the other subtracted (Ke et al. 2017).
 * Same set, options and seed: same bytes. Derivatives are rounded so that their sums are exact: without `rowShare` the
 * order of the rows changes nothing, and a weight of 2 does exactly what the row twice would do.
 *
 * @throws ForestError FOREST_INPUT_INVALID, FOREST_ABORTED (looked at between two trees)
 */
export function trainGradientBoosting(
  set: TrainingSet,
  options: GradientBoostingOptions = {},
  { validation: aside, signal, onRounds }: BoostingRun = {},
): TrainedBoosting {
  const { bins, task, baseScore } = prepareBoosting(set, options);
  const { rounds, patience } = task.options;
  checkValidation(aside, set, patience);
  const validation = aside && createValidation(aside, { bins, baseScore }, patience);
  const grower = createRoundGrower(task);
  const scores = scoresBefore(baseScore, set.matrix.rows);
  const probabilities = { ...scores, all: new Float64Array(scores.all.length) };
  const trees: BoostedTree[] = [];
  for (let round = 0; round < rounds; round++) {
    probabilitiesOf(scores, [0, scores.rows], probabilities.all);
    for (let c = 0; c < set.classes; c++) {
      stopIfAborted(signal);
      trees.push(grower.grow(round, c, probabilities, scores));
    }
    onRounds?.(round + 1, rounds);
    if (validation?.take(trees.slice(-set.classes)) === false) break;
  }
  return finishBoosting(trees, { bins, baseScore, patience, validation });
}

/** The model of the rounds that are kept. */
export function finishBoosting(
  trees: readonly BoostedTree[],
  made: {
    readonly bins: FeatureBins;
    readonly baseScore: Float64Array;
    readonly patience: number;
    readonly validation: Validation | undefined;
  },
): TrainedBoosting {
  const { bins, baseScore, patience, validation } = made;
  const classes = baseScore.length;
  const isCut = patience !== Infinity && validation !== undefined;
  const rounds = isCut ? validation.best() + 1 : trees.length / classes;
  const model = assembleBoosting(bins, trees.slice(0, rounds * classes), baseScore);
  return { model, rounds, validationLogLoss: validation?.logLoss ?? [] };
}
