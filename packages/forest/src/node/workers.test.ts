import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { trainGradientBoosting } from "../gradient-boosting/train.ts";
import { predictProbabilities } from "../predicting/predict.ts";
import { trainRandomForest } from "../random-forest/train.ts";
import { makeClasses } from "../testing/made-rows.ts";
import {
  predictProbabilitiesInWorkers,
  trainGradientBoostingInWorkers,
  trainRandomForestInWorkers,
} from "./index.ts";
import { withWorkers } from "./worker-pool.ts";

const made = { columns: 6, classes: 5, seed: 4, missing: 0.05 };
const set = makeClasses({ ...made, rows: 900 });
const aside = makeClasses({ ...made, rows: 300, from: 4000 });

/** Threads of this process that live. */
const living = new Set<Worker>();

function follow(worker: Worker): void {
  living.add(worker);
  worker.once("exit", () => living.delete(worker));
}

beforeAll(() => void process.on("worker", follow));
afterEach(() => {
  if (living.size > 0) throw new Error(`${living.size} threads were left running.`);
});
afterAll(() => void process.off("worker", follow));

test.each([1, 2, 3])("a random forest of %i workers is byte for byte that of one thread", async (workers) => {
  const options = { trees: 11, seed: 3, classWeights: "balanced" } as const;
  const weighted = { ...set, weights: Float64Array.from(set.labels, (_, row) => row % 4) };
  const onTrees = vi.fn<(done: number, of: number) => void>();
  const inWorkers = await trainRandomForestInWorkers(weighted, options, { workers, onTrees });
  expect(inWorkers).toEqual(trainRandomForest(weighted, options));
  expect(onTrees.mock.calls).toEqual(Array.from({ length: 11 }, (_, i) => [i + 1, 11]));
});

test("without a bootstrap nothing is out of bag in workers either", async () => {
  const options = { trees: 2, bootstrap: false };
  expect(await trainRandomForestInWorkers(set, options, { workers: 2 })).toEqual(
    trainRandomForest(set, options),
  );
});

test.each([1, 2, 3, 7])(
  "gradient boosting of %i workers is byte for byte that of one thread",
  async (workers) => {
    const options = { rounds: 6, rowShare: 0.8, featureShare: 0.7, seed: 2 };
    const onRounds = vi.fn<(done: number, of: number) => void>();
    const inWorkers = await trainGradientBoostingInWorkers(set, options, { workers, onRounds });
    expect(inWorkers).toEqual(trainGradientBoosting(set, options));
    expect(onRounds.mock.calls.at(-1)).toEqual([6, 6]);
  },
);

test("boosting in workers stops early at the same round", async () => {
  const options = { rounds: 5000, patience: 4, learningRate: 0.6 };
  const inWorkers = await trainGradientBoostingInWorkers(set, options, { workers: 2, validation: aside });
  expect(inWorkers).toEqual(trainGradientBoosting(set, options, { validation: aside }));
  expect(inWorkers.rounds).toBeLessThan(1000);
});

test.each([1, 2, 3])("%i workers predict byte for byte what one thread does", async (workers) => {
  const many = makeClasses({ ...made, rows: 20_000, from: 9000 }).matrix;
  for (const { model } of [trainRandomForest(set, { trees: 5 }), trainGradientBoosting(set, { rounds: 3 })]) {
    const answers = await predictProbabilitiesInWorkers(model, many, { workers });
    expect(answers).toEqual(predictProbabilities(model, many));
  }
});

test.each(["forest", "boosting", "predicting"])(
  "an abort ends %s in workers within a second",
  async (what) => {
    const large = makeClasses({ ...made, rows: 20_000 });
    const stop = new AbortController();
    const threadsOf = { workers: 2, signal: stop.signal };
    const { model } = trainRandomForest(set, { trees: 3 });
    const endless = { ...model, trees: 100_000_000, roots: new Int32Array(1) };
    const run = {
      forest: () => trainRandomForestInWorkers(large, { trees: 100_000 }, threadsOf),
      boosting: () => trainGradientBoostingInWorkers(large, { rounds: 100_000 }, threadsOf),
      predicting: () => predictProbabilitiesInWorkers(endless, large.matrix, threadsOf),
    }[what];
    let abortedMs = Infinity;
    setTimeout(() => {
      abortedMs = performance.now();
      stop.abort();
    }, 700);
    await expect(run?.()).rejects.toThrow(expect.objectContaining({ code: "FOREST_ABORTED" }));
    expect(performance.now() - abortedMs).toBeLessThan(1000);
  },
);

test("a signal that was aborted before starts nothing", async () => {
  const run = trainRandomForestInWorkers(set, {}, { workers: 2, signal: AbortSignal.abort() });
  await expect(run).rejects.toThrow(expect.objectContaining({ code: "FOREST_ABORTED" }));
});

test("a worker that throws rejects", async () => {
  const broken = withWorkers({ workers: 3 }, async (pool) => {
    const next = new Int32Array(new SharedArrayBuffer(4));
    await pool.run({ kind: "grow_forest", task: {} as never, next });
  });
  await expect(broken).rejects.toThrow(
    expect.objectContaining({
      code: "FOREST_WORKER_DIED",
      message: expect.stringMatching(/^A worker thread died: /),
      cause: expect.any(TypeError),
    }),
  );
});

test("a worker that dies while another waits for it rejects", async () => {
  const onRounds = (): void => void [...living][0].terminate();
  const run = trainGradientBoostingInWorkers(set, { rounds: 100_000 }, { workers: 2, onRounds });
  await expect(run).rejects.toThrow(expect.objectContaining({ code: "FOREST_WORKER_DIED" }));
});

test("a listener that throws ends the training with what it threw", async () => {
  const run = trainRandomForestInWorkers(
    set,
    { trees: 50 },
    {
      workers: 2,
      onTrees: () => {
        throw new Error("not so");
      },
    },
  );
  await expect(run).rejects.toThrow("not so");
});

test.each([0, 1.5, 257])("refuses %d workers", async (workers) => {
  await expect(trainRandomForestInWorkers(set, {}, { workers })).rejects.toThrow(
    expect.objectContaining({ code: "FOREST_INPUT_INVALID" }),
  );
});

test("these tests see threads that were left running", async () => {
  const worker = new Worker("setTimeout(() => {}, 1e6)", { eval: true });
  await once(worker, "online");
  expect(living.size).toBe(1);
  await worker.terminate();
});
