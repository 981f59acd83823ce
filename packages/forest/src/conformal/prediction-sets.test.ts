import { describe, expect, test } from "vitest";
import { calibrate } from "../calibration/calibrator.ts";
import { fitCalibrator } from "../calibration/fit-calibrator.ts";
import { outOfBagPredictions, type Predictions } from "../evaluation/predictions.ts";
import { predictProbabilities } from "../predicting/predict.ts";
import { trainRandomForest } from "../random-forest/train.ts";
import { seededRandom } from "../seeded-random.ts";
import { makeClasses } from "../testing/made-rows.ts";
import { fitConformal, predictionSets, type ConformalRule } from "./prediction-sets.ts";

/** A poor model: what it says has little to do with how the classes are drawn; class 0 is rare. */
function drawn(rows: number, seed: number): Predictions {
  const random = seededRandom(seed);
  const probabilities = new Float64Array(rows * 3);
  const labels = new Uint16Array(rows);
  for (let row = 0; row < rows; row++) {
    const a = random.unit();
    const b = random.unit() * (1 - a);
    probabilities.set([a, b, 1 - a - b], row * 3);
    const chance = random.unit();
    labels[row] = chance < 0.1 ? 0 : chance < 0.4 + b / 2 ? 1 : 2;
  }
  return { probabilities, labels, classes: 3 };
}

function coverageOf(
  rule: ConformalRule,
  { probabilities, labels, classes }: Predictions,
  of?: number,
): number {
  const sets = predictionSets(rule, probabilities);
  const rows = Array.from(labels.keys()).filter((row) => of === undefined || labels[row] === of);
  return rows.filter((row) => sets[row * classes + labels[row]] === 1).length / rows.length;
}

describe("conformal prediction sets", () => {
  test.each([
    ["lac", 0.8],
    ["lac", 0.95],
    ["aps", 0.8],
    ["aps", 0.95],
  ] as const)("by %s hold the true class in %s of new rows, on the mean of many fits", (method, coverage) => {
    const fresh = drawn(2_000, 1);
    let sum = 0;
    for (let fit = 0; fit < 200; fit++)
      sum += coverageOf(fitConformal(drawn(60, 100 + fit), { method, coverage }), fresh);
    // 60 rows give at most 1/61 above the coverage; 200 fits leave an error of about 0.004.
    expect(sum / 200).toBeGreaterThan(coverage - 0.012);
    expect(sum / 200).toBeLessThan(coverage + 1 / 61 + 0.012);
  });

  test("keep the coverage in a rare class where it is asked for each", () => {
    const held = drawn(3_000, 2);
    const fresh = drawn(6_000, 3);
    const pooled = fitConformal(held, { coverage: 0.9 });
    const each = fitConformal(held, { coverage: 0.9, perClass: true });
    expect(Math.abs(coverageOf(pooled, fresh, 0) - 0.9)).toBeGreaterThan(0.02);
    for (const label of [0, 1, 2]) expect(Math.abs(coverageOf(each, fresh, label) - 0.9)).toBeLessThan(0.04);
  });

  test("take the quantile of finite samples", () => {
    const nineteen = drawn(19, 4);
    const scores = Array.from(nineteen.labels, (label, row) => 1 - nineteen.probabilities[row * 3 + label]);
    const ranked = scores.toSorted((a, b) => a - b);
    expect(fitConformal(nineteen, { coverage: 0.9 }).thresholds[0]).toBe(ranked[17]);
    expect(fitConformal(nineteen, { coverage: 0.95 }).thresholds[0]).toBe(ranked[18]);
    // 19 rows cannot promise more than 19 / 20.
    const all = fitConformal(nineteen, { coverage: 0.951 });
    expect([...all.thresholds]).toEqual([Infinity, Infinity, Infinity]);
    expect([...predictionSets(all, Float64Array.of(1, 0, 0))]).toEqual([1, 1, 1]);
  });

  test("of a calibrated forest hold their coverage on new rows and are small", () => {
    const train = makeClasses({ rows: 1_200, columns: 12, classes: 5, seed: 8, spread: 0.9 });
    const fresh = makeClasses({ rows: 3_000, columns: 12, classes: 5, seed: 8, from: 1_200, spread: 0.9 });
    const { model, outOfBag } = trainRandomForest(train, { trees: 60 });
    const held = outOfBagPredictions(train, outOfBag);
    const calibrator = fitCalibrator(held);
    const rule = fitConformal(
      { ...held, probabilities: calibrate(calibrator, held.probabilities, 5) },
      { coverage: 0.9 },
    );
    const probabilities = calibrate(calibrator, predictProbabilities(model, fresh.matrix), 5);
    const coverage = coverageOf(rule, { ...fresh, probabilities });
    expect(coverage).toBeGreaterThan(0.88);
    expect(coverage).toBeLessThan(0.95);
    const size = predictionSets(rule, probabilities).reduce((sum, one) => sum + one, 0) / 3_000;
    expect(size).toBeLessThan(2.5);
  });

  test("refuse a coverage of 1 and probabilities of other classes", () => {
    expect(() => fitConformal(drawn(9, 1), { coverage: 1 })).toThrow(/coverage/);
    expect(() => predictionSets(fitConformal(drawn(9, 1)), Float64Array.of(0.5, 0.5))).toThrow(
      /no whole rows/,
    );
  });
});
