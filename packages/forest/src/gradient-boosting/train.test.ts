import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { LEAF } from "../model.ts";
import { predictProbabilities, predictScores } from "../predicting/predict.ts";
import { hardSets, rowsOf, shareRight, shuffled } from "../testing/hard-sets.ts";
import { makeClasses } from "../testing/made-rows.ts";
import type { TrainingSet } from "../training-set.ts";
import { assembleBoosting } from "./assemble.ts";
import { createRoundGrower, prepareBoosting, scoresBefore } from "./boosting-task.ts";
import { gradientsOf, probabilitiesOf, quantumOf } from "./softmax-loss.ts";
import { trainGradientBoosting } from "./train.ts";

const made = { columns: 8, classes: 4, seed: 3, spread: 0.5, missing: 0.05 };
const set = makeClasses({ ...made, rows: 1200 });
const fresh = makeClasses({ ...made, rows: 3000, from: 5000 });

function logLoss(probabilities: Float64Array, { labels, classes }: TrainingSet): number {
  const sum = labels.reduce((all, label, row) => all - Math.log(probabilities[row * classes + label]), 0);
  return sum / labels.length;
}

test("the smallest boosting adds what can be reckoned by hand", () => {
  const small: TrainingSet = {
    matrix: { rows: 4, columns: 1, values: Float64Array.of(1, 2, 4, 5) },
    labels: Uint16Array.of(0, 0, 1, 1),
    classes: 2,
  };
  const { model, rounds } = trainGradientBoosting(small, { rounds: 1 });
  expect(rounds).toBe(1);
  expect([...model.baseScore]).toEqual([Math.log(0.5), Math.log(0.5)]);
  expect([...model.cover]).toEqual([4, 2, 2, 4, 2, 2]);
  // p = 0.5: gradients ∓0.5, second derivatives 0.5; a side has G = ∓1, H = 1, so 0.3 × 1 / (1 + 1).
  expect([...model.leafValues]).toEqual([0.15, -0.15, -0.15, 0.15]);
  const [, second] = predictProbabilities(model, { rows: 1, columns: 1, values: Float64Array.of(3.1) });
  expect(second).toBeCloseTo(1 / (1 + Math.exp(-0.3)), 12);
});

test("rows are conserved at each split, and depth and leaves are held", () => {
  fc.assert(
    fc.property(
      fc.record({
        maxDepth: fc.integer({ min: 1, max: 7 }),
        maxLeaves: fc.integer({ min: 2, max: 40 }),
        featureShare: fc.constantFrom(0.3, 1),
        minChildHessian: fc.constantFrom(0, 1, 10),
        seed: fc.integer({ min: 0, max: 1000 }),
      }),
      (options) => {
        const { model } = trainGradientBoosting(set, { rounds: 2, ...options });
        for (const [tree, root] of model.roots.entries()) {
          expect(model.cover[root]).toBe(set.matrix.rows);
          const end = model.roots[tree + 1] ?? model.cover.length;
          const depths = new Map([[root, 0]]);
          let leaves = 0;
          for (let node = root; node < end; node++) {
            const left = model.nodes[2 * node + 1];
            const depth = depths.get(node) ?? Number.NaN;
            expect(depth).toBeLessThanOrEqual(options.maxDepth);
            if (model.nodes[2 * node] === LEAF) {
              leaves++;
              continue;
            }
            depths.set(left, depth + 1).set(left + 1, depth + 1);
            expect(model.cover[left] + model.cover[left + 1]).toBe(model.cover[node]);
            expect(Math.min(model.cover[left], model.cover[left + 1])).toBeGreaterThan(0);
          }
          expect(leaves).toBeLessThanOrEqual(options.maxLeaves);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test("leaves are split where it gains most, not level by level", () => {
  const { model } = trainGradientBoosting(set, {
    rounds: 1,
    maxDepth: 30,
    maxLeaves: 12,
    minChildHessian: 0,
  });
  const depthOf = (node: number): number => {
    if (model.nodes[2 * node] === LEAF) return 0;
    const left = model.nodes[2 * node + 1];
    return 1 + Math.max(depthOf(left), depthOf(left + 1));
  };
  expect(Math.max(...[...model.roots].map((root) => depthOf(root)))).toBeGreaterThan(4);
});

test("a weight of 2 gives the same bytes as the row twice, one of 0 as no row", () => {
  const weights = Float64Array.from(set.labels, (_, row) => row % 3);
  const repeated = rowsOf(
    set,
    [...weights].flatMap((weight, row) => Array<number>(weight).fill(row)),
  );
  const options = { rounds: 8, featureShare: 0.6 };
  expect(trainGradientBoosting({ ...set, weights }, options).model).toEqual(
    trainGradientBoosting(repeated, options).model,
  );
});

test("the order of the rows changes no byte, that of the columns the accuracy by less than a point", () => {
  const { model } = trainGradientBoosting(set, { rounds: 20 });
  expect(trainGradientBoosting(rowsOf(set, shuffled(1200, 2)), { rounds: 20 }).model).toEqual(model);
  const columns = shuffled(8, 1);
  const turned = (one: TrainingSet): TrainingSet => ({
    ...one,
    matrix: {
      ...one.matrix,
      values: one.matrix.values.map((_, i, all) => all[i - (i % 8) + columns[i % 8]]),
    },
  });
  const other = trainGradientBoosting(turned(set), { rounds: 20 }).model;
  const accuracy = shareRight(predictProbabilities(model, fresh.matrix), fresh);
  expect(accuracy).toBeGreaterThan(0.75);
  const turnedAccuracy = shareRight(predictProbabilities(other, turned(fresh).matrix), turned(fresh));
  expect(Math.abs(turnedAccuracy - accuracy)).toBeLessThan(0.01);
});

test("same set, options and seed give the same bytes, another seed does not", () => {
  const options = { rounds: 3, rowShare: 0.7, featureShare: 0.5 };
  const first = trainGradientBoosting(set, { ...options, seed: 1 });
  expect(trainGradientBoosting(set, { ...options, seed: 1 })).toEqual(first);
  expect(trainGradientBoosting(set, { ...options, seed: 2 }).model.nodes).not.toEqual(first.model.nodes);
});

test("the scores that the next round learns from are those that the trees so far predict, of rows not drawn too", () => {
  const { bins, task, baseScore } = prepareBoosting(set, { rounds: 4, rowShare: 0.5, featureShare: 0.5 });
  const grower = createRoundGrower(task);
  const scores = scoresBefore(baseScore, 1200);
  const probabilities = { ...scores, all: new Float64Array(scores.all.length) };
  const trees = [];
  for (let round = 0; round < 4; round++) {
    probabilitiesOf(scores, [0, 1200], probabilities.all);
    for (let c = 0; c < 4; c++) trees.push(grower.grow(round, c, probabilities, scores));
  }
  const predicted = predictScores(assembleBoosting(bins, trees, baseScore), set.matrix);
  for (let row = 0; row < 1200; row++) {
    for (let c = 0; c < 4; c++) expect(scores.all[c * 1200 + row]).toBeCloseTo(predicted[row * 4 + c], 10);
  }
  // Half of the rows were drawn.
  expect(trees[0].cover[0]).toBeGreaterThan(500);
  expect(trees[0].cover[0]).toBeLessThan(700);
});

test("stops when the validation rows do no better, and keeps the rounds up to the best", () => {
  const aside = rowsOf(fresh, [...Array(400).keys()]);
  const patient = { rounds: 400, patience: 5, learningRate: 0.5 };
  const { model, rounds, validationLogLoss } = trainGradientBoosting(set, patient, { validation: aside });
  const best = Math.min(...validationLogLoss);
  expect(validationLogLoss.indexOf(best)).toBe(rounds - 1);
  expect(validationLogLoss).toHaveLength(rounds + 5);
  expect(model.trees).toBe(rounds * 4);
  expect(logLoss(predictProbabilities(model, aside.matrix), aside)).toBeCloseTo(best, 10);
  const { model: plain } = trainGradientBoosting(set, { rounds, learningRate: 0.5 });
  expect(plain).toEqual(model);
});

test("each round does better on the rows it learns from", () => {
  const { validationLogLoss } = trainGradientBoosting(set, { rounds: 15 }, { validation: set });
  for (let i = 1; i < 15; i++) expect(validationLogLoss[i]).toBeLessThan(validationLogLoss[i - 1]);
});

test("subsampled trees learn nearly as well", () => {
  const { model } = trainGradientBoosting(set, { rounds: 40, rowShare: 0.6, featureShare: 0.6 });
  expect(shareRight(predictProbabilities(model, fresh.matrix), fresh)).toBeGreaterThan(0.75);
});

test.each(hardSets())("learns from %s", (_, hard) => {
  for (const options of [
    {},
    { lambda: 0, minChildHessian: 0 },
    { classWeights: "balanced" },
    { rowShare: 0.3, featureShare: 0.3 },
  ] as const) {
    const { model } = trainGradientBoosting(hard, { rounds: 5, ...options });
    expect(model.leafValues.every(Number.isFinite)).toBe(true);
    const probabilities = predictProbabilities(model, hard.matrix);
    for (let row = 0; row < hard.matrix.rows; row++) {
      const own = probabilities.subarray(row * hard.classes, (row + 1) * hard.classes);
      expect(own.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
    }
  }
});

test("a class without rows stays unlikely", () => {
  const { model } = trainGradientBoosting({ ...set, classes: 5 }, { rounds: 10 });
  const probabilities = predictProbabilities(model, fresh.matrix);
  const last = probabilities.filter((_, i) => i % 5 === 4);
  expect(Math.max(...last)).toBeLessThan(0.01);
  expect(Math.min(...last)).toBeGreaterThan(0);
});

test("derivatives are p - y and 2p(1 - p) by weight, on a grid on which every sum is exact", () => {
  const rows = 1000;
  const weights = Float64Array.from({ length: rows }, (_, row) => 0.1 + (row % 7) / 3);
  const probabilities = Float64Array.from({ length: rows }, (_, row) => (row + 0.5) / rows);
  const labels = Uint16Array.from({ length: rows }, (_, row) => row % 3);
  const quantum = quantumOf(weights.reduce((sum, weight) => sum + weight, 0));
  const gradients = { gradient: new Float64Array(rows), hessian: new Float64Array(rows) };
  gradientsOf(probabilities, { labels, weights, c: 1, quantum }, gradients);
  for (let row = 0; row < rows; row++) {
    const p = probabilities[row];
    expect(gradients.gradient[row]).toBeCloseTo(weights[row] * (p - (row % 3 === 1 ? 1 : 0)), 11);
    expect(gradients.hessian[row]).toBeCloseTo(weights[row] * 2 * p * (1 - p), 11);
  }
  const sum = (order: readonly number[]) => order.reduce((all, row) => all + gradients.gradient[row], 0);
  expect(sum(shuffled(rows, 1))).toBe(sum(shuffled(rows, 2)));
});

test.each([1e-30, 1e-3, 0.5, 1, 1.5, 40_000, 1e30])(
  "the grid for a weight of %d leaves sums 52 digits",
  (weight) => {
    const quantum = quantumOf(weight);
    expect(weight / quantum).toBeLessThanOrEqual(2 ** 52);
    expect(weight / quantum).toBeGreaterThan(2 ** 50);
    expect(Math.log2(quantum)).toBe(Math.round(Math.log2(quantum)));
  },
);

test("counts the rounds as they are done and stops between two trees when told to", () => {
  const onRounds = vi.fn<(done: number, of: number) => void>();
  trainGradientBoosting(set, { rounds: 2 }, { onRounds });
  expect(onRounds.mock.calls).toEqual([
    [1, 2],
    [2, 2],
  ]);
  const stop = new AbortController();
  const train = () =>
    trainGradientBoosting(
      set,
      { rounds: 1000 },
      { signal: stop.signal, onRounds: (done) => done === 2 && stop.abort() },
    );
  expect(train).toThrow(expect.objectContaining({ code: "FOREST_ABORTED" }));
});

test.each([
  [{ rounds: 0 }, "rounds is 0"],
  [{ learningRate: 0 }, "learningRate is 0"],
  [{ learningRate: 1.1 }, "learningRate is 1.1"],
  [{ maxDepth: 65 }, "maxDepth is 65"],
  [{ maxLeaves: 1 }, "maxLeaves is 1"],
  [{ lambda: Number.NaN }, "lambda is NaN"],
  [{ minGain: -1 }, "minGain is -1"],
  [{ minChildHessian: Infinity }, "minChildHessian is Infinity"],
  [{ rowShare: 0 }, "rowShare is 0"],
  [{ featureShare: 2 }, "featureShare is 2"],
  [{ patience: 3 }, "patience needs validation rows"],
])("refuses the options %j", (options, message) => {
  expect(() => trainGradientBoosting(set, options)).toThrow(
    expect.objectContaining({ code: "FOREST_INPUT_INVALID", message: expect.stringContaining(message) }),
  );
});

test("refuses validation rows with other features or classes", () => {
  const train = () => trainGradientBoosting(set, {}, { validation: { ...set, classes: 5 } });
  expect(train).toThrow(expect.objectContaining({ code: "FOREST_INPUT_INVALID" }));
});
