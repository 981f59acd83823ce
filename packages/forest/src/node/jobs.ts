import type { BoostingTask } from "../gradient-boosting/boosting-task.ts";
import type { BoostedTree } from "../gradient-boosting/grow-tree.ts";
import type { ClassScores } from "../gradient-boosting/softmax-loss.ts";
import type { ForestModel } from "../model.ts";
import type { ForestTask } from "../random-forest/forest-task.ts";
import type { GrownTree } from "../random-forest/grow-tree.ts";
import type { OutOfBag } from "../random-forest/out-of-bag.ts";
import type { Matrix } from "../training-set.ts";

/** What all workers of a pool do together. Arrays lie in shared memory; `next` is the number that nobody has taken. */
export type Job =
  | { readonly kind: "grow_forest"; readonly task: ForestTask; readonly next: Int32Array }
  | {
      readonly kind: "out_of_bag";
      readonly task: ForestTask;
      readonly model: ForestModel;
      readonly out: OutOfBag;
      readonly next: Int32Array;
    }
  | {
      readonly kind: "predict";
      readonly model: ForestModel;
      readonly matrix: Matrix;
      readonly out: Float64Array;
      readonly next: Int32Array;
    }
  | {
      readonly kind: "boost";
      readonly task: BoostingTask;
      readonly scores: ClassScores;
      readonly probabilities: ClassScores;
      readonly next: Int32Array;
      /** Of the barrier: how many have come, and how often all had come. */
      readonly barrier: Int32Array;
    };

/** A tree and its number: of gradient boosting round × classes + class. */
export type Piece =
  | { readonly kind: "grown"; readonly number: number; readonly tree: GrownTree }
  | { readonly kind: "boosted"; readonly number: number; readonly tree: BoostedTree };

/** What a worker is told; which of how many it is. */
export interface Order {
  readonly job: Job;
  readonly worker: number;
  readonly workers: number;
}

/** What a worker says. */
export type Report = Piece | { readonly kind: "done" };
