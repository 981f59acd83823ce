import { prepareBoosting, scoresBefore } from "../gradient-boosting/boosting-task.ts";
import type { BoostedTree } from "../gradient-boosting/grow-tree.ts";
import type { GradientBoostingOptions } from "../gradient-boosting/options.ts";
import { finishBoosting, type TrainedBoosting } from "../gradient-boosting/train.ts";
import { checkValidation, createValidation } from "../gradient-boosting/validation.ts";
import type { OnProgress } from "../random-forest/forest-task.ts";
import type { TrainingSet } from "../training-set.ts";
import { shareArrays, sharedCounters } from "./share-arrays.ts";
import { withWorkers, type InWorkers } from "./worker-pool.ts";

export interface BoostingInWorkers extends InWorkers {
  /** Rows that early stopping looks at; never learned from. */
  readonly validation?: TrainingSet;
  readonly onRounds?: OnProgress;
}

/**
 * `trainGradientBoosting` with the trees of a round, one a class, grown in worker threads; the same bytes, however many
 * there are. More workers than classes have nothing to do.
 *
 * @throws ForestError FOREST_INPUT_INVALID, FOREST_ABORTED, FOREST_WORKER_DIED
 */
export async function trainGradientBoostingInWorkers(
  set: TrainingSet,
  options: GradientBoostingOptions,
  { validation: aside, onRounds, ...threads }: BoostingInWorkers,
): Promise<TrainedBoosting> {
  const { bins, task: own, baseScore } = prepareBoosting(set, options);
  const { rounds, patience } = own.options;
  checkValidation(aside, set, patience);
  const validation = aside && createValidation(aside, { bins, baseScore }, patience);
  const task = shareArrays(own);
  const scores = shareArrays(scoresBefore(baseScore, set.matrix.rows));
  const probabilities = shareArrays(scoresBefore(baseScore, set.matrix.rows));
  const trees: BoostedTree[] = [];
  let whole = 0;
  let grown = 0;

  /** Looks at the rounds of which all trees are there; false when there shall be no more. */
  function takeRounds(): boolean {
    for (; whole < rounds; whole++) {
      const round = trees.slice(whole * set.classes, (whole + 1) * set.classes);
      // Places of trees that have not come yet are holes, which a filter passes over.
      if (round.filter(() => true).length < set.classes) return true;
      onRounds?.(whole + 1, rounds);
      if (validation?.take(round) === false) {
        whole++;
        return false;
      }
    }
    return true;
  }

  return withWorkers(threads, async (pool) => {
    const next = sharedCounters(1);
    const barrier = sharedCounters(2);
    let goesOn = true;
    await pool.run({ kind: "boost", task, scores, probabilities, next, barrier }, (piece) => {
      if (piece.kind === "boosted" && goesOn) {
        trees[piece.number] = piece.tree;
        grown++;
        if (grown >= (whole + 1) * set.classes) goesOn = takeRounds();
      }
      return goesOn;
    });
    return finishBoosting(trees.slice(0, whole * set.classes), { bins, baseScore, patience, validation });
  });
}
