import { refuse } from "../forest-error.ts";
import type { FeatureBins } from "../model.ts";
import { checkTrainingSet, type TrainingSet } from "../training-set.ts";
import { addTree } from "./add-tree.ts";
import { scoresBefore } from "./boosting-task.ts";
import type { BoostedTree } from "./grow-tree.ts";
import { slotRows } from "./slots.ts";
import { logLossOf, scoresOfClass } from "./softmax-loss.ts";

/** How well the rounds so far do on rows that nothing is learned from, and whether to go on. */
export interface Validation {
  /** Takes the trees of a round; false when there was no better round for `patience` rounds. */
  take(round: readonly BoostedTree[]): boolean;
  readonly logLoss: readonly number[];
  /** The round, counted from 0, with the least log loss. */
  best(): number;
}

/** @throws ForestError FOREST_INPUT_INVALID */
export function checkValidation(
  validation: TrainingSet | undefined,
  set: TrainingSet,
  patience: number,
): void {
  if (validation === undefined) {
    if (patience !== Infinity) refuse("patience needs validation rows.");
    return;
  }
  checkTrainingSet(validation);
  if (validation.matrix.columns !== set.matrix.columns || validation.classes !== set.classes) {
    refuse("the validation rows have other features or classes than the training rows.");
  }
}

export function createValidation(
  { matrix, labels, weights }: TrainingSet,
  { bins, baseScore }: { readonly bins: FeatureBins; readonly baseScore: Float64Array },
  patience: number,
): Validation {
  const data = slotRows(bins, matrix);
  const scores = scoresBefore(baseScore, matrix.rows);
  const logLoss: number[] = [];
  let best = 0;
  return {
    take(round) {
      for (const [c, tree] of round.entries()) addTree(tree, data, scoresOfClass(scores, c));
      logLoss.push(logLossOf(scores, { labels, weights }));
      const last = logLoss.length - 1;
      if (logLoss[last] < logLoss[best]) best = last;
      return last - best < patience;
    },
    logLoss,
    best: () => best,
  };
}
