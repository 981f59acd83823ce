import { describe, expect, test } from "vitest";
import { trainGradientBoosting } from "../gradient-boosting/train.ts";
import { goesLeft, LEAF, splitFeature, type ForestModel } from "../model.ts";
import { binOf } from "../binning/bin-rows.ts";
import { predictScores } from "../predicting/predict.ts";
import { trainRandomForest } from "../random-forest/train.ts";
import { makeClasses } from "../testing/made-rows.ts";
import type { TrainingSet } from "../training-set.ts";
import { createExplainer } from "./explainer.ts";
import { gaussLegendre } from "./gauss-legendre.ts";

/** What the model says when only some features are known; the others go both ways, in the shares of the covers. */
function expectedScore(model: ForestModel, row: Float64Array, known: number): Float64Array {
  const { classes, nodes, cover, leafValues, trees } = model;
  const out = Float64Array.from(model.baseScore);
  const visit = (tree: number, node: number, weight: number): void => {
    const word = nodes[2 * node];
    const next = nodes[2 * node + 1];
    if (word === LEAF) {
      if (model.kind === "gradient_boosting") out[tree % classes] += weight * leafValues[next];
      else for (let c = 0; c < classes; c++) out[c] += (weight * leafValues[next * classes + c]) / trees;
      return;
    }
    const feature = splitFeature(word);
    if ((known >> feature) & 1) {
      visit(tree, next + (goesLeft(word, binOf(model.bins, feature, row[feature])) ? 0 : 1), weight);
      return;
    }
    const share = cover[next] / (cover[next] + cover[next + 1]);
    visit(tree, next, weight * share);
    visit(tree, next + 1, weight * (1 - share));
  };
  for (let tree = 0; tree < trees; tree++) visit(tree, model.roots[tree], 1);
  return out;
}

/** Shapley values from their definition, over all sets of features. */
function bruteForce(model: ForestModel, row: Float64Array): Float64Array {
  const { features, classes } = model;
  const scores = Array.from({ length: 2 ** features }, (_, known) => expectedScore(model, row, known));
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const out = new Float64Array(features * classes);
  for (const [known, without] of scores.entries()) {
    const size = known.toString(2).replaceAll("0", "").length;
    for (let f = 0; f < features; f++) {
      if ((known >> f) & 1) continue;
      const weight = (factorial(size) * factorial(features - size - 1)) / factorial(features);
      const added = scores[known | (1 << f)];
      for (let c = 0; c < classes; c++) out[f * classes + c] += weight * (added[c] - without[c]);
    }
  }
  return out;
}

const rowOf = ({ matrix }: TrainingSet, row: number): Float64Array =>
  matrix.values.slice(row * matrix.columns, (row + 1) * matrix.columns);

const set = makeClasses({ rows: 240, columns: 6, classes: 3, seed: 3, missing: 0.1 });
const models: [string, ForestModel][] = [
  ["a random forest", trainRandomForest(set, { trees: 7, seed: 2 }).model],
  ["gradient boosting", trainGradientBoosting(set, { rounds: 4, maxDepth: 5, seed: 2 }).model],
];

describe.each(models)("contributions of %s", (_, model) => {
  const explainer = createExplainer(model);

  test("are the Shapley values of their definition", () => {
    for (const row of [0, 17, 101, 239]) {
      const values = rowOf(set, row);
      const { contributions } = explainer.explain(values);
      const truth = bruteForce(model, values);
      for (const [at, value] of truth.entries()) expect(contributions[at]).toBeCloseTo(value, 11);
    }
  });

  test("and the base sum to what the model says, missing and infinite values too", () => {
    const odd = [
      new Float64Array(6).fill(Number.NaN),
      Float64Array.of(Infinity, -Infinity, 1e308, -1e308, 0, Number.NaN),
    ];
    for (const values of [...odd, rowOf(set, 5), rowOf(set, 6)]) {
      const { base, contributions } = explainer.explain(values);
      const said = predictScores(model, { rows: 1, columns: 6, values });
      for (let c = 0; c < 3; c++) {
        const sum = Array.from({ length: 6 }, (_f, f) => contributions[f * 3 + c]).reduce(
          (a, b) => a + b,
          base[c],
        );
        expect(Math.abs(sum - said[c])).toBeLessThan(1e-9);
      }
    }
  });

  test("of one class are those of all for that class", () => {
    const values = rowOf(set, 9);
    const all = explainer.explain(values).contributions;
    const one = explainer.explain(values, { class: 1 }).contributions;
    for (const [at, value] of all.entries()) expect(one[at]).toBe(at % 3 === 1 ? value : 0);
  });

  test("refuse a row of other features and a class that is not there", () => {
    expect(() => explainer.explain([1, 2])).toThrow(/takes 6 features, the row has 2/);
    expect(() => explainer.explain(rowOf(set, 0), { class: 3 })).toThrow(/class 3 of 3/);
  });
});

describe("an explainer", () => {
  test("says nothing of a model that asks nothing", () => {
    const alike = { ...set, labels: new Uint16Array(240) };
    const { base, contributions } = createExplainer(trainRandomForest(alike, { trees: 2 }).model).explain(
      rowOf(set, 0),
    );
    expect([...base]).toEqual([1, 0, 0]);
    expect(contributions.every((value) => value === 0)).toBe(true);
  });

  test("stays exact on full-grown trees of 1440 rows, 24 features and 9 classes", () => {
    const large = makeClasses({ rows: 1_440, columns: 24, classes: 9, seed: 1, spread: 1.1 });
    const { model } = trainRandomForest(large, { trees: 100 });
    const explainer = createExplainer(model);
    const said = predictScores(model, large.matrix);
    for (let row = 0; row < 30; row++) {
      const values = rowOf(large, row);
      const { base, contributions } = explainer.explain(values);
      for (let c = 0; c < 9; c++) {
        let sum = base[c];
        for (let f = 0; f < 24; f++) sum += contributions[f * 9 + c];
        expect(Math.abs(sum - said[row * 9 + c])).toBeLessThan(1e-9);
      }
    }
  });

  test("keeps its digits on a way of 90 features", () => {
    // A staircase: each split leaves one row aside, by a feature of its own.
    const rows = 91;
    const values = new Float64Array(rows * 90);
    for (let f = 0; f < 90; f++) values[f * 90 + f] = 1;
    const labels = Uint16Array.from({ length: rows }, (_, row) => row % 2);
    const stairs = { matrix: { rows, columns: 90, values }, labels, classes: 2 };
    const { model } = trainRandomForest(stairs, { trees: 3, maxFeatures: "all", bootstrap: false });
    const row = new Float64Array(90);
    const { base, contributions } = createExplainer(model).explain(row);
    const said = predictScores(model, { rows: 1, columns: 90, values: row });
    for (let c = 0; c < 2; c++) {
      const sum = Array.from({ length: 90 }, (_, f) => contributions[f * 2 + c]).reduce(
        (a, b) => a + b,
        base[c],
      );
      expect(Math.abs(sum - said[c])).toBeLessThan(1e-12);
    }
  });
});

test.each([1, 2, 5, 12, 50])("a quadrature of %i points integrates the powers it should", (count) => {
  const { points, weights } = gaussLegendre(count);
  for (let power = 0; power < 2 * count; power++) {
    const integral = points.reduce((sum, point, i) => sum + weights[i] * point ** power, 0);
    expect(integral).toBeCloseTo(1 / (power + 1), 13);
  }
});
