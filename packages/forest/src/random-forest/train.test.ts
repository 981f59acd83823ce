import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { binRows } from "../binning/bin-rows.ts";
import { goesLeft, LEAF, splitFeature, type ForestModel } from "../model.ts";
import { predictProbabilities } from "../predicting/predict.ts";
import { hardSets, rowsOf, shareRight, shuffled } from "../testing/hard-sets.ts";
import { makeClasses } from "../testing/made-rows.ts";
import type { TrainingSet } from "../training-set.ts";
import { trainRandomForest } from "./train.ts";

/** Class weights by sample weight of the rows that come through each node, sent down one by one. */
function routed(
  model: ForestModel,
  { matrix, weights, labels }: TrainingSet,
  factor: readonly number[] = [],
) {
  const samples = new Float64Array(model.cover.length);
  const weighted = new Float64Array(model.cover.length);
  const binned = new Uint8Array(matrix.rows * matrix.columns);
  binRows(model.bins, matrix, 0, matrix.rows, binned);
  for (const root of model.roots) {
    for (let row = 0; row < matrix.rows; row++) {
      const weight = weights?.[row] ?? 1;
      for (let node = root; ;) {
        samples[node] += weight;
        weighted[node] += weight * (factor[labels[row]] ?? 1);
        const word = model.nodes[2 * node];
        if (word === LEAF) break;
        const bin = binned[row * matrix.columns + splitFeature(word)];
        node = model.nodes[2 * node + 1] + (goesLeft(word, bin) ? 0 : 1);
      }
    }
  }
  return { samples, weighted };
}

function leavesOf(model: ForestModel): number[] {
  return [...model.cover.keys()].filter((node) => model.nodes[2 * node] === LEAF);
}

const set = makeClasses({ rows: 1200, columns: 8, classes: 4, seed: 3, spread: 0.5, missing: 0.05 });
const fresh = makeClasses({
  rows: 3000,
  columns: 8,
  classes: 4,
  seed: 3,
  spread: 0.5,
  missing: 0.05,
  from: 5000,
});

test("the smallest tree splits in the middle between the classes", () => {
  const { model } = trainRandomForest(
    {
      matrix: { rows: 4, columns: 1, values: Float64Array.of(1, 2, 4, 5) },
      labels: Uint16Array.of(0, 0, 1, 1),
      classes: 2,
    },
    { trees: 1, bootstrap: false },
  );
  expect([...model.bins.cuts]).toEqual([1.5, 3, 4.5]);
  expect([...model.cover]).toEqual([4, 2, 2]);
  const at = (value: number) =>
    predictProbabilities(model, { rows: 1, columns: 1, values: Float64Array.of(value) })[1];
  expect([at(-Infinity), at(3), at(3.0001), at(Infinity)]).toEqual([0, 0, 1, 1]);
});

test("what no single split makes purer is still split", () => {
  const xor = {
    matrix: { rows: 4, columns: 2, values: Float64Array.of(0, 0, 0, 1, 1, 0, 1, 1) },
    labels: Uint16Array.of(0, 1, 1, 0),
    classes: 2,
  };
  const { model } = trainRandomForest(xor, { trees: 1, bootstrap: false });
  expect(shareRight(predictProbabilities(model, xor.matrix), xor)).toBe(1);
});

test.each([0, 1])("missing values go to the side that they resemble, class %i", (label) => {
  const { model } = trainRandomForest(
    {
      matrix: { rows: 6, columns: 1, values: Float64Array.of(1, 2, 8, 9, Number.NaN, Number.NaN) },
      labels: Uint16Array.of(0, 0, 1, 1, label, label),
      classes: 2,
    },
    { trees: 1, bootstrap: false },
  );
  const answer = predictProbabilities(model, { rows: 1, columns: 1, values: Float64Array.of(Number.NaN) });
  expect(answer[label]).toBe(1);
  expect(model.cover).toHaveLength(3);
});

test("where nothing was missing while growing, missing values go to the heavier side", () => {
  const { model } = trainRandomForest(
    {
      matrix: { rows: 5, columns: 1, values: Float64Array.of(1, 2, 3, 8, 9) },
      labels: Uint16Array.of(0, 0, 0, 1, 1),
      classes: 2,
    },
    { trees: 1, bootstrap: false },
  );
  const missing = { rows: 1, columns: 1, values: Float64Array.of(Number.NaN) };
  expect([...predictProbabilities(model, missing)]).toEqual([1, 0]);
});

test("rows are conserved at each split, whatever the options", () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer({ min: 0, max: 1e6 }),
        bootstrap: fc.boolean(),
        maxDepth: fc.integer({ min: 1, max: 12 }),
        minLeafWeight: fc.integer({ min: 0, max: 9 }),
        maxBins: fc.constantFrom(2, 7, 255),
      }),
      (options) => {
        const { model } = trainRandomForest(set, { trees: 3, ...options });
        for (const root of model.roots) expect(model.cover[root]).toBe(set.matrix.rows);
        for (let node = 0; node < model.cover.length; node++) {
          const left = model.nodes[2 * node + 1];
          if (model.nodes[2 * node] === LEAF) continue;
          expect(model.cover[left] + model.cover[left + 1]).toBe(model.cover[node]);
          expect(Math.min(model.cover[left], model.cover[left + 1])).toBeGreaterThanOrEqual(
            Math.max(1, options.minLeafWeight),
          );
        }
      },
    ),
    { numRuns: 20 },
  );
});

test("without a bootstrap the rows that predicting sends through a node are those that it was grown from", () => {
  const classWeights = [1, 2, 0.5, 4];
  const { model } = trainRandomForest(set, { trees: 3, bootstrap: false, classWeights });
  expect(routed(model, set, classWeights).weighted).toEqual(model.cover);
});

test("the least weights of leaves and splits count rows without their class weights", () => {
  const weighted = { ...set, weights: Float64Array.from(set.labels, (_, row) => 1 + (row % 2)) };
  const options = { trees: 2, bootstrap: false, classWeights: [1, 100, 0.01, 1] };
  const { model } = trainRandomForest(weighted, { ...options, minLeafWeight: 20 });
  const { samples } = routed(model, weighted);
  expect(Math.min(...leavesOf(model).map((leaf) => samples[leaf]))).toBeGreaterThanOrEqual(20);
  expect(leavesOf(model).length).toBeGreaterThan(20);

  const { model: coarse } = trainRandomForest(weighted, { ...options, minSplitWeight: 100 });
  const inner = [...coarse.cover.keys()].filter((node) => coarse.nodes[2 * node] !== LEAF);
  const through = routed(coarse, weighted).samples;
  expect(Math.min(...inner.map((node) => through[node]))).toBeGreaterThanOrEqual(100);
});

test("a weight of 2 gives the same bytes as the row twice", () => {
  const weights = Float64Array.from(set.labels, (_, row) => 1 + (row % 3));
  const repeated = rowsOf(
    set,
    [...weights].flatMap((weight, row) => Array<number>(weight).fill(row)),
  );
  const options = { trees: 5, bootstrap: false, seed: 9 };
  expect(trainRandomForest({ ...set, weights }, options).model).toEqual(
    trainRandomForest(repeated, options).model,
  );
});

test("a weight of 0 gives the same bytes as without the row, and the row is predicted out of bag by all trees", () => {
  const weights = Float64Array.from(set.labels, (_, row) => (row % 4 === 0 ? 0 : 1));
  const kept = [...weights.keys()].filter((row) => weights[row] > 0);
  const options = { trees: 5, seed: 4 };
  const { model, outOfBag } = trainRandomForest({ ...set, weights }, options);
  const without = trainRandomForest(rowsOf(set, kept), options);
  expect(model).toEqual(without.model);
  expect(kept.map((row) => outOfBag.trees[row])).toEqual([...without.outOfBag.trees]);
  expect(outOfBag.trees[0]).toBe(5);
});

test("same set, options and seed give the same bytes, another seed does not", () => {
  const first = trainRandomForest(set, { trees: 4, seed: 1 });
  expect(trainRandomForest(set, { trees: 4, seed: 1 })).toEqual(first);
  expect(trainRandomForest(set, { trees: 4, seed: 2 }).model.nodes).not.toEqual(first.model.nodes);
});

test("the order of rows and of columns moves the accuracy by less than a point", () => {
  const columns = shuffled(8, 1);
  const turned = (one: TrainingSet): TrainingSet => ({
    ...one,
    matrix: {
      ...one.matrix,
      values: one.matrix.values.map((_, i, all) => all[i - (i % 8) + columns[i % 8]]),
    },
  });
  const accuracy = (learned: TrainingSet, asked: TrainingSet): number =>
    shareRight(
      predictProbabilities(trainRandomForest(learned, { trees: 150, seed: 5 }).model, asked.matrix),
      asked,
    );
  const plain = accuracy(set, fresh);
  expect(plain).toBeGreaterThan(0.75);
  expect(Math.abs(accuracy(rowsOf(set, shuffled(1200, 2)), fresh) - plain)).toBeLessThan(0.01);
  expect(Math.abs(accuracy(turned(set), turned(fresh)) - plain)).toBeLessThan(0.01);
});

test("out-of-bag predictions are about as right as those for fresh rows", () => {
  const { model, outOfBag } = trainRandomForest(set, { trees: 100, seed: 6 });
  const fair = shareRight(predictProbabilities(model, fresh.matrix), fresh);
  expect(Math.abs(shareRight(outOfBag.probabilities, set) - fair)).toBeLessThan(0.03);
  const seenBy = outOfBag.trees.reduce((sum, trees) => sum + trees, 0) / (100 * 1200);
  expect(seenBy).toBeCloseTo(Math.exp(-1), 2);
});

test("out-of-bag predictions come from the trees that did not see the row", () => {
  const { outOfBag } = trainRandomForest(set, { trees: 1, seed: 6 });
  // One tree, grown until pure, is right about every row that it saw; these are no such rows.
  const unseen = [...outOfBag.trees.keys()].filter((row) => outOfBag.trees[row] === 1);
  const probabilities = Float64Array.from(
    unseen.flatMap((row) => [...outOfBag.probabilities.subarray(row * 4, row * 4 + 4)]),
  );
  expect(shareRight(probabilities, rowsOf(set, unseen))).toBeLessThan(0.9);
  expect(Math.max(...outOfBag.probabilities.filter((_, i) => outOfBag.trees[Math.floor(i / 4)] === 0))).toBe(
    0,
  );
});

test.each(hardSets())("learns from %s", (_, hard) => {
  for (const options of [
    {},
    { bootstrap: false },
    { classWeights: "balanced" },
    { maxFeatures: "all" },
  ] as const) {
    const { model } = trainRandomForest(hard, { trees: 5, ...options });
    const probabilities = predictProbabilities(model, hard.matrix);
    for (let row = 0; row < hard.matrix.rows; row++) {
      const own = probabilities.subarray(row * hard.classes, (row + 1) * hard.classes);
      expect(own.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
      expect(Math.min(...own)).toBeGreaterThanOrEqual(0);
    }
  }
});

test("rows that differ are all learned where nothing holds the trees back", () => {
  const { model } = trainRandomForest(set, { trees: 3, bootstrap: false });
  expect(shareRight(predictProbabilities(model, set.matrix), set)).toBe(1);
});

test("balanced class weights find more of a rare class", () => {
  const rows = [...set.labels.keys()].filter((row) => set.labels[row] !== 1 || row % 12 === 0);
  const rare = rowsOf(set, rows);
  const recall = (classWeights?: "balanced"): number => {
    const options = { trees: 60, minLeafWeight: 20, ...(classWeights ? { classWeights } : {}) };
    const probabilities = predictProbabilities(trainRandomForest(rare, options).model, fresh.matrix);
    const ones = [...fresh.labels.keys()].filter((row) => fresh.labels[row] === 1);
    const found = ones.filter((row) => {
      const own = probabilities.subarray(row * 4, row * 4 + 4);
      return own[1] === Math.max(...own);
    });
    return found.length / ones.length;
  };
  expect(recall("balanced")).toBeGreaterThan(recall() + 0.1);
});

test("counts the trees as they are done and stops between two when told to", () => {
  const onTrees = vi.fn<(done: number, of: number) => void>();
  trainRandomForest(set, { trees: 3 }, { onTrees });
  expect(onTrees.mock.calls).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);
  const stop = new AbortController();
  const train = () =>
    trainRandomForest(
      set,
      { trees: 1000 },
      { signal: stop.signal, onTrees: (done) => done === 2 && stop.abort() },
    );
  expect(train).toThrow(expect.objectContaining({ code: "FOREST_ABORTED" }));
});

test.each([
  [{ trees: 0 }, "trees is 0"],
  [{ maxDepth: 1.5 }, "maxDepth is 1.5"],
  [{ maxBins: 256 }, "maxBins is 256"],
  [{ minLeafWeight: -1 }, "minLeafWeight is -1"],
  [{ minSplitWeight: Number.NaN }, "minSplitWeight is NaN"],
  [{ maxFeatures: 0 }, "maxFeatures is 0"],
  [{ seed: -1 }, "seed is -1"],
  [{ classWeights: [1, 1] }, "2 class weights for 4 classes"],
  [{ classWeights: [1, 1, 1, -1] }, "class 3 has weight -1"],
  [{ classWeights: [0, 0, 0, 0] }, "no row weighs anything"],
])("refuses the options %j", (options, message) => {
  expect(() => trainRandomForest(set, options)).toThrow(
    expect.objectContaining({ code: "FOREST_INPUT_INVALID", message: expect.stringContaining(message) }),
  );
});

test.each<[string, Partial<TrainingSet>]>([
  [
    "There is no row",
    { matrix: { rows: 0, columns: 8, values: new Float64Array() }, labels: new Uint16Array() },
  ],
  ["9599 values, not 1200 rows × 8 columns", { matrix: { ...set.matrix, values: new Float64Array(9599) } }],
  ["0 columns", { matrix: { rows: 1200, columns: 0, values: new Float64Array() } }],
  ["3 labels for 1200 rows", { labels: new Uint16Array(3) }],
  ["has label 3 of 3 classes", { classes: 3 }],
  ["0.5 classes", { classes: 0.5 }],
  ["2 weights for 1200 rows", { weights: new Float64Array(2) }],
  ["row 0 has weight NaN", { weights: new Float64Array(1200).fill(Number.NaN) }],
  ["row 0 has weight Infinity", { weights: new Float64Array(1200).fill(Infinity) }],
  ["every row has weight 0", { weights: new Float64Array(1200) }],
])("refuses a set of which can be said: %s", (message, part) => {
  expect(() => trainRandomForest({ ...set, ...part })).toThrow(
    expect.objectContaining({ code: "FOREST_INPUT_INVALID", message: expect.stringContaining(message) }),
  );
});
