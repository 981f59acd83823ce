// What scikit-learn says of the same numbers: packages/forest/oracle/make_oracle.py writes the file.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fitTemperature } from "./calibration/temperature.ts";
import { isotonicRegression } from "./calibration/isotonic.ts";
import { calibrate } from "./calibration/calibrator.ts";
import { evaluatePredictions } from "./evaluation/evaluate.ts";
import { logLoss } from "./evaluation/probability-scores.ts";
import { splitImportances } from "./importance/split-importances.ts";
import { predictProbabilities } from "./predicting/predict.ts";
import { trainRandomForest } from "./random-forest/train.ts";

interface Labelled {
  readonly classes: number;
  readonly labels: readonly number[];
  readonly probabilities: readonly number[];
}

interface MetricsCase extends Labelled {
  readonly weights: readonly number[] | null;
  readonly accuracy: number;
  readonly confusion: readonly (readonly number[])[];
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly f1: readonly number[];
  readonly macroF1: number;
  readonly weightedF1: number;
  readonly logLoss: number;
  readonly brier: number;
  readonly curve: { readonly right: readonly number[]; readonly confidence: readonly number[] } | null;
}

interface IsotonicCase {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly weights: readonly number[];
  readonly asked: readonly number[];
  readonly answers: readonly number[];
}

interface TreeCase extends Labelled {
  readonly depth: number;
  readonly leaf: number;
  readonly rows: readonly number[];
  readonly weights: readonly number[] | null;
  readonly importances: readonly number[];
  readonly nodes: number;
}

interface Oracle {
  readonly madeBy: string;
  readonly metrics: readonly MetricsCase[];
  readonly isotonic: readonly IsotonicCase[];
  readonly temperature: readonly (Labelled & { readonly temperature: number; readonly loss: number })[];
  readonly trees: readonly TreeCase[];
}

const oracle = JSON.parse(
  readFileSync(new URL("../oracle/scikit-learn.json", import.meta.url), "utf8"),
) as Oracle;

const predictionsOf = ({ classes, labels, probabilities }: Labelled) => ({
  classes,
  labels: Uint16Array.from(labels),
  probabilities: Float64Array.from(probabilities),
});

function expectNear(found: Iterable<number>, expected: readonly number[], within: number): void {
  const values = [...found];
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(values[i] - value)).toBeLessThan(within);
}

describe(`as ${oracle.madeBy} says`, () => {
  test.each(oracle.metrics)(
    "of $classes classes: accuracy, F1, log loss, Brier, confusion, curve",
    (known) => {
      const weights = known.weights === null ? undefined : Float64Array.from(known.weights);
      const figures = evaluatePredictions({ ...predictionsOf(known), weights });
      for (const name of ["accuracy", "macroF1", "weightedF1", "logLoss", "brier"] as const) {
        expect(Math.abs(figures[name] - known[name])).toBeLessThan(1e-9);
      }
      expectNear(figures.confusion.flat(), known.confusion.flat(), 1e-9);
      for (const name of ["precision", "recall", "f1"] as const) {
        expectNear(
          figures.perClass.map((one) => one[name]),
          known[name],
          1e-9,
        );
      }
      if (known.curve === null) return;
      const filled = figures.reliability.filter((bin) => bin.weight > 0);
      expectNear(
        filled.map((bin) => bin.confidence ?? Number.NaN),
        known.curve.confidence,
        1e-9,
      );
      expectNear(
        filled.map((bin) => bin.right ?? Number.NaN),
        known.curve.right,
        1e-9,
      );
    },
  );

  test.each(oracle.isotonic)("isotonic regression, weights and equal values among them", (known) => {
    const [x, y, weights] = [known.x, known.y, known.weights].map((values) => Float64Array.from(values));
    const knots = isotonicRegression(x, y, weights);
    // As a calibrator of one class, whose row is not made to sum to 1, reads the knots: between them along a line.
    const answers = known.asked.map((at) => {
      const after = knots.findIndex(([there]) => there >= at);
      if (after === 0 || after === -1) return knots.at(after)?.[1] ?? Number.NaN;
      const [[x0, y0], [x1, y1]] = [knots[after - 1], knots[after]];
      return y0 + ((at - x0) / (x1 - x0)) * (y1 - y0);
    });
    expectNear(answers, known.answers, 1e-9);
  });

  test.each(oracle.temperature)("the temperature with the least loss (scipy's bounded search)", (known) => {
    const of = predictionsOf(known);
    const fitted = fitTemperature(of);
    const loss = logLoss({ ...of, probabilities: calibrate(fitted, of.probabilities, of.classes) });
    // A floor may make the loss smaller still.
    expect(loss).toBeLessThan(known.loss + 1e-6);
    const without = calibrate(
      { kind: "temperature", temperature: known.temperature, floor: 1e-15 },
      of.probabilities,
      3,
    );
    expect(Math.abs(logLoss({ ...of, probabilities: without }) - known.loss)).toBeLessThan(1e-9);
  });

  test.each(oracle.trees)(
    "a tree of depth $depth with leaves of $leaf: predictions, nodes, importances",
    (known) => {
      const rows = known.labels.length;
      const matrix = { rows, columns: known.rows.length / rows, values: Float64Array.from(known.rows) };
      const set = { matrix, labels: Uint16Array.from(known.labels), classes: known.classes };
      const weighted = known.weights === null ? set : { ...set, weights: Float64Array.from(known.weights) };
      const { model } = trainRandomForest(weighted, {
        trees: 1,
        bootstrap: false,
        maxFeatures: "all",
        maxDepth: known.depth,
        minLeafWeight: known.leaf > 1 ? known.leaf : 0,
      });
      expect(model.cover.length).toBe(known.nodes);
      expectNear(predictProbabilities(model, matrix), known.probabilities, 1e-9);
      expectNear(splitImportances(model), known.importances, 1e-9);
    },
  );
});
