import { expect, test } from "vitest";
import { binOf } from "../binning/bin-rows.ts";
import { trainGradientBoosting } from "../gradient-boosting/train.ts";
import {
  cutOf,
  goesLeft,
  LEAF,
  splitBin,
  splitFeature,
  splitMissingLeft,
  splitWord,
  type ForestModel,
} from "../model.ts";
import { trainRandomForest } from "../random-forest/train.ts";
import { makeClasses } from "../testing/made-rows.ts";
import type { Matrix } from "../training-set.ts";
import { predictProbabilities, predictScores } from "./predict.ts";

const set = makeClasses({ rows: 700, columns: 6, classes: 3, seed: 2, missing: 0.1 });
const models: [string, ForestModel][] = [
  ["random forest", trainRandomForest(set, { trees: 7 }).model],
  ["gradient boosting", trainGradientBoosting(set, { rounds: 5 }).model],
];

/** The scores of one row by the words of the model, value against cut. */
function scoresByHand(model: ForestModel, values: Float64Array): number[] {
  const scores = [...model.baseScore];
  for (const [tree, root] of model.roots.entries()) {
    let node = root;
    while (model.nodes[2 * node] !== LEAF) {
      const word = model.nodes[2 * node];
      const value = values[splitFeature(word)];
      const left = Number.isNaN(value)
        ? splitMissingLeft(word)
        : value <= cutOf(model.bins, splitFeature(word), splitBin(word));
      node = model.nodes[2 * node + 1] + (left ? 0 : 1);
    }
    const leaf = model.nodes[2 * node + 1];
    if (model.kind === "gradient_boosting") scores[tree % model.classes] += model.leafValues[leaf];
    else
      for (let c = 0; c < model.classes; c++)
        scores[c] += model.leafValues[leaf * model.classes + c] / model.trees;
  }
  return scores;
}

test.each(models)("a %s answers what its nodes say, row by row", (_, model) => {
  const scores = predictScores(model, set.matrix);
  for (let row = 0; row < set.matrix.rows; row++) {
    const expected = scoresByHand(model, set.matrix.values.subarray(row * 6, row * 6 + 6));
    for (let c = 0; c < 3; c++) expect(scores[row * 3 + c]).toBeCloseTo(expected[c], 12);
  }
});

test.each(models)("a row's answer by a %s does not depend on the rows beside it", (_, model) => {
  const all = predictProbabilities(model, set.matrix);
  const rowsFrom = (from: number, rows: number): Matrix => ({
    rows,
    columns: 6,
    values: set.matrix.values.slice(from * 6, (from + rows) * 6),
  });
  for (const [from, rows] of [
    [0, 0],
    [3, 1],
    [5, 3],
    [9, 9],
    [17, 300],
  ]) {
    expect(predictProbabilities(model, rowsFrom(from, rows))).toEqual(all.slice(from * 3, (from + rows) * 3));
  }
});

test("more rows than are binned at once are answered in the same way", () => {
  const [, model] = models[0];
  const values = new Float64Array(7 * set.matrix.values.length);
  for (let i = 0; i < 7; i++) values.set(set.matrix.values, i * set.matrix.values.length);
  const many = predictProbabilities(model, { rows: 4900, columns: 6, values });
  expect(many.slice(6 * 2100)).toEqual(predictProbabilities(model, set.matrix));
});

test("scores that are far apart give probabilities without overflow", () => {
  const { model } = trainGradientBoosting(set, { rounds: 1 });
  const far = { ...model, baseScore: Float64Array.of(-1e300, 0, 1e300) };
  expect([...predictProbabilities(far, set.matrix).subarray(0, 3)]).toEqual([0, 0, 1]);
});

test("refuses a matrix with other columns than the model's", () => {
  expect(() =>
    predictProbabilities(models[0][1], { rows: 1, columns: 5, values: new Float64Array(5) }),
  ).toThrow(
    expect.objectContaining({
      code: "FOREST_INPUT_INVALID",
      message: "the model takes 6 features, the matrix has 5.",
    }),
  );
});

test("a split's word keeps its feature, bin and where missing values go, and one comparison serves all bins", () => {
  for (const feature of [0, 1, 65_535]) {
    for (const missingLeft of [false, true]) {
      for (let bin = 0; bin < 255; bin++) {
        const word = splitWord(feature, bin, missingLeft);
        expect([splitFeature(word), splitBin(word), splitMissingLeft(word)]).toEqual([
          feature,
          bin,
          missingLeft,
        ]);
        expect(word).not.toBe(LEAF);
        expect([0, bin, bin + 1, 255].map((one) => goesLeft(word, one))).toEqual([
          true,
          true,
          bin + 1 === 255 ? missingLeft : false,
          missingLeft,
        ]);
      }
    }
  }
});

test("a value's bin goes left exactly when the value is at most the cut", () => {
  const { bins } = models[0][1];
  for (let i = 0; i < 600; i++) {
    const value = set.matrix.values[i];
    if (Number.isNaN(value)) continue;
    for (let bin = 0; bin < bins.cutStart[(i % 6) + 1] - bins.cutStart[i % 6]; bin += 17) {
      const left = goesLeft(splitWord(i % 6, bin, false), binOf(bins, i % 6, value));
      expect(left).toBe(value <= bins.cuts[bins.cutStart[i % 6] + bin]);
    }
  }
});
