// The thread that works off jobs: started by worker-pool.ts, ended by it.
import { parentPort } from "node:worker_threads";
import { createRoundGrower } from "../gradient-boosting/boosting-task.ts";
import { probabilitiesOf } from "../gradient-boosting/softmax-loss.ts";
import { softmaxRows } from "../predicting/softmax-rows.ts";
import { createPredictor } from "../predicting/predict.ts";
import { createForestGrower } from "../random-forest/forest-task.ts";
import { predictOutOfBag } from "../random-forest/out-of-bag.ts";
import type { Job, Order, Piece, Report } from "./jobs.ts";

/** As many as a predictor sends through the trees at once; fewer where some worker would have none. */
const ROWS_A_PORTION = 16_384;

function report(message: Report, arrays: readonly { readonly buffer: ArrayBufferLike }[] = []): void {
  const transfer = arrays.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer);
  parentPort?.postMessage(message, transfer);
}

function reportTree(piece: Piece): void {
  report(piece, Object.values(piece.tree) as { buffer: ArrayBufferLike }[]);
}

/** Takes numbers below `end` that nobody else has taken, one after the other. */
function* takenFrom(next: Int32Array, end: number): Generator<number> {
  for (let number = Atomics.add(next, 0, 1); number < end; number = Atomics.add(next, 0, 1)) yield number;
}

/** Portions of rows that nobody else has taken. */
function* portionsOf(next: Int32Array, rows: number, portion: number): Generator<readonly [number, number]> {
  for (const number of takenFrom(next, Math.ceil(rows / portion))) {
    yield [number * portion, Math.min(rows, (number + 1) * portion)];
  }
}

function growForest({ task, next }: Extract<Job, { kind: "grow_forest" }>): void {
  const grower = createForestGrower(task);
  for (const number of takenFrom(next, task.options.trees)) {
    reportTree({ kind: "grown", number, tree: grower.grow(number) });
  }
}

function predict({ model, matrix, out, next }: Extract<Job, { kind: "predict" }>, workers: number): void {
  const predictor = createPredictor(model, matrix.rows);
  const portion = Math.max(1, Math.min(ROWS_A_PORTION, Math.ceil(matrix.rows / workers)));
  for (const [from, to] of portionsOf(next, matrix.rows, portion)) {
    predictor.add(matrix, [from, to], out);
    if (model.kind === "gradient_boosting") {
      softmaxRows(out.subarray(from * model.classes, to * model.classes), model.classes);
    }
  }
}

/**
 * Round after round: each worker makes the probabilities of its share of the rows, all wait for each other, each grows
 * the trees of classes that nobody else has taken, all wait for each other.
 */
function boost(
  { task, scores, probabilities, next, barrier }: Extract<Job, { kind: "boost" }>,
  { worker, workers }: Order,
): void {
  const { classes, data, options } = task;
  const grower = createRoundGrower(task);
  const range = [worker, worker + 1].map((share) => Math.floor((data.rows * share) / workers));
  let number = Atomics.add(next, 0, 1);
  for (let round = 0; round < options.rounds; round++) {
    probabilitiesOf(scores, [range[0], range[1]], probabilities.all);
    waitForAll(barrier, workers);
    // A number of a later round is kept until its round.
    while (number < (round + 1) * classes) {
      const tree = grower.grow(round, number % classes, probabilities, scores);
      reportTree({ kind: "boosted", number, tree });
      number = Atomics.add(next, 0, 1);
    }
    waitForAll(barrier, workers);
  }
}

function waitForAll(barrier: Int32Array, workers: number): void {
  const times = Atomics.load(barrier, 1);
  if (Atomics.add(barrier, 0, 1) + 1 === workers) {
    Atomics.store(barrier, 0, 0);
    Atomics.add(barrier, 1, 1);
    Atomics.notify(barrier, 1);
  } else {
    while (Atomics.load(barrier, 1) === times) Atomics.wait(barrier, 1, times);
  }
}

parentPort?.on("message", (order: Order) => {
  const { job } = order;
  switch (job.kind) {
    case "grow_forest":
      growForest(job);
      break;
    case "out_of_bag": {
      // Each portion draws the rows of all trees again, so there are few.
      const { rows } = job.task.data;
      for (const range of portionsOf(job.next, rows, Math.ceil(rows / order.workers))) {
        predictOutOfBag(job.model, job.task, job.out, range);
      }
      break;
    }
    case "predict":
      predict(job, order.workers);
      break;
    case "boost":
      boost(job, order);
      break;
  }
  report({ kind: "done" });
});
