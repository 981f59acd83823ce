import { describe, expect, test } from "vitest";
import { evaluatePredictions } from "../evaluation/evaluate.ts";
import { trainGradientBoosting } from "../gradient-boosting/train.ts";
import { predictProbabilities } from "../predicting/predict.ts";
import { trainRandomForest } from "../random-forest/train.ts";
import { makeClasses } from "../testing/made-rows.ts";
import { permutationImportances } from "./permutation-importances.ts";
import { splitImportances } from "./split-importances.ts";

// Columns 0 to 3 tell the classes apart, 4 to 7 say nothing.
const set = makeClasses({ rows: 600, columns: 8, classes: 3, seed: 2, spread: 0.7 });
const fresh = makeClasses({ rows: 600, columns: 8, classes: 3, seed: 2, from: 600, spread: 0.7 });
const models = [
  ["a random forest", trainRandomForest(set, { trees: 30 }).model],
  ["gradient boosting", trainGradientBoosting(set, { rounds: 20 }).model],
] as const;

describe.each(models)("importances of %s", (_, model) => {
  test("by splits sum to 1 and are higher for features that tell the classes apart", () => {
    const importances = splitImportances(model);
    expect(importances.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
    expect(Math.min(...importances.subarray(0, 4))).toBeGreaterThan(Math.max(...importances.subarray(4)));
  });

  test("by permutation are about 0 for features that say nothing, and the same with the same seed", () => {
    const accuracy = (matrix: typeof fresh.matrix) =>
      evaluatePredictions({ ...fresh, probabilities: predictProbabilities(model, matrix) }).accuracy;
    const found = permutationImportances(fresh.matrix, accuracy, { seed: 3, repeats: 3 });
    expect(found.score).toBe(accuracy(fresh.matrix));
    expect(Math.min(...found.means.subarray(0, 4))).toBeGreaterThan(0.02);
    expect(Math.max(...found.means.subarray(4).map((mean) => Math.abs(mean)))).toBeLessThan(0.02);
    expect(permutationImportances(fresh.matrix, accuracy, { seed: 3, repeats: 3 })).toEqual(found);
  });
});

test("the decrease in impurity is that of the one split there is, as by hand", () => {
  const values = Float64Array.of(0, 5, 0, 6, 1, 5, 1, 6);
  const one = { matrix: { rows: 4, columns: 2, values }, labels: Uint16Array.of(0, 0, 1, 1), classes: 2 };
  const { model } = trainRandomForest(one, { trees: 1, bootstrap: false, maxFeatures: "all" });
  expect([...splitImportances(model)]).toEqual([1, 0]);
});

test("nothing is important to a model that asks nothing", () => {
  const { model } = trainRandomForest({ ...set, labels: new Uint16Array(600) }, { trees: 3 });
  expect([...splitImportances(model)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});

test("permuting leaves the caller's rows as they were", () => {
  const before = fresh.matrix.values.slice();
  permutationImportances(fresh.matrix, () => 0, { repeats: 1 });
  expect(fresh.matrix.values).toEqual(before);
});
