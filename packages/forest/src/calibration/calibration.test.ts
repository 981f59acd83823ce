import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluatePredictions } from "../evaluation/evaluate.ts";
import { outOfBagPredictions, type Predictions } from "../evaluation/predictions.ts";
import { logLoss } from "../evaluation/probability-scores.ts";
import { predictProbabilities } from "../predicting/predict.ts";
import { trainRandomForest } from "../random-forest/train.ts";
import { seededRandom } from "../seeded-random.ts";
import { makeClasses } from "../testing/made-rows.ts";
import { calibrate, type Calibrator } from "./calibrator.ts";
import { fitCalibrator, ISOTONIC_ROWS_PER_CLASS } from "./fit-calibrator.ts";
import { isotonicRegression } from "./isotonic.ts";

/** Rows whose class is drawn by true probabilities; what is said of them is those to the power of `sharpness`. */
function said(
  rows: number,
  classes: number,
  { sharpness, seed }: { sharpness: number; seed: number },
): Predictions {
  const random = seededRandom(seed);
  const probabilities = new Float64Array(rows * classes);
  const labels = new Uint16Array(rows);
  for (let row = 0; row < rows; row++) {
    const powers = Array.from({ length: classes }, () => random.unit() ** 3 + 1e-3);
    const sum = powers.reduce((total, one) => total + one, 0);
    let left = random.unit() * sum;
    labels[row] = Math.max(
      0,
      powers.findIndex((power) => (left -= power) < 0),
    );
    const sharp = powers.map((power) => (power / sum) ** sharpness);
    const sharpSum = sharp.reduce((total, one) => total + one, 0);
    for (let c = 0; c < classes; c++) probabilities[row * classes + c] = sharp[c] / sharpSum;
  }
  return { probabilities, labels, classes };
}

const apply = (calibrator: Calibrator, of: Predictions): Predictions => ({
  ...of,
  probabilities: calibrate(calibrator, of.probabilities, of.classes),
});

describe("a calibrator", () => {
  test("finds the temperature that the probabilities were sharpened by", () => {
    const calibrator = fitCalibrator(said(4_000, 4, { sharpness: 2.5, seed: 1 }), { method: "temperature" });
    expect(calibrator.kind === "temperature" && calibrator.temperature).toBeCloseTo(2.5, 0);
  });

  test.each(["temperature", "isotonic"] as const)("makes new rows honest, by %s", (method) => {
    const calibrator = fitCalibrator(said(6_000, 3, { sharpness: 3, seed: 2 }), { method });
    expect(calibrator.kind).toBe(method);
    const fresh = said(6_000, 3, { sharpness: 3, seed: 3 });
    const before = evaluatePredictions(fresh);
    const after = evaluatePredictions(apply(calibrator, fresh));
    expect(before.expectedCalibrationError).toBeGreaterThan(0.15);
    expect(after.expectedCalibrationError).toBeLessThan(0.03);
    expect(after.logLoss).toBeLessThan(before.logLoss);
  });

  test("is isotonic only with many rows of each class, and where that is better", () => {
    // Bent as no temperature can undo.
    const bent = (rows: number): Predictions => {
      const honest = said(rows, 2, { sharpness: 1, seed: 4 });
      const probabilities = honest.probabilities.map((p) =>
        p < 0.5 ? 0.9 * p ** 4 : 1 - 0.9 * (1 - p) ** 4,
      );
      return {
        ...honest,
        probabilities: probabilities.map((p, at) => (at % 2 === 0 ? p ** 2 : 1 - probabilities[at - 1] ** 2)),
      };
    };
    expect(fitCalibrator(bent(ISOTONIC_ROWS_PER_CLASS)).kind).toBe("temperature");
    expect(fitCalibrator(bent(ISOTONIC_ROWS_PER_CLASS * 8)).kind).toBe("isotonic");
    expect(fitCalibrator(said(ISOTONIC_ROWS_PER_CLASS * 8, 2, { sharpness: 3, seed: 4 })).kind).toBe(
      "temperature",
    );
  });

  test("leaves alone what is right on every row with all certainty", () => {
    const labels = Uint16Array.of(0, 1, 0);
    const sure = { probabilities: Float64Array.of(1, 0, 0, 1, 1, 0), labels, classes: 2 };
    expect(fitCalibrator(sure)).toEqual({ kind: "identity" });
  });

  test("never makes the loss worse on the rows it was fitted on, and every row sums to 1", () => {
    const anyPredictions = fc
      .record({
        classes: fc.integer({ min: 1, max: 5 }),
        rows: fc.array(fc.tuple(fc.nat(4), fc.array(fc.nat(20), { minLength: 5, maxLength: 5 })), {
          minLength: 1,
          maxLength: 40,
        }),
        method: fc.constantFrom("auto", "temperature", "isotonic"),
      })
      .map(({ classes, rows, method }) => {
        const probabilities = rows.flatMap(([, parts]) => {
          const own = parts.slice(0, classes);
          const sum = own.reduce((total, one) => total + one, 0);
          return own.map((part) => (sum === 0 ? 1 / classes : part / sum));
        });
        const labels = Uint16Array.from(rows, ([label]) => label % classes);
        return { method, of: { probabilities: Float64Array.from(probabilities), labels, classes } };
      });
    fc.assert(
      fc.property(anyPredictions, ({ method, of }) => {
        const calibrated = apply(fitCalibrator(of, { method: method as "auto" }), of);
        expect(logLoss(calibrated)).toBeLessThanOrEqual(logLoss(of));
        expect(() => evaluatePredictions(calibrated)).not.toThrow();
      }),
    );
  });

  test("fitted on a forest's out-of-bag predictions makes held-out rows more honest", () => {
    const train = makeClasses({ rows: 1_440, columns: 24, classes: 9, seed: 5, spread: 1 });
    const fresh = makeClasses({ rows: 3_000, columns: 24, classes: 9, seed: 5, from: 1_440, spread: 1 });
    const { model, outOfBag } = trainRandomForest(train, { trees: 60, seed: 1 });
    const calibrator = fitCalibrator(outOfBagPredictions(train, outOfBag));
    const of = { probabilities: predictProbabilities(model, fresh.matrix), labels: fresh.labels, classes: 9 };
    const before = evaluatePredictions(of);
    const after = evaluatePredictions(apply(calibrator, of));
    expect(before.accuracy).toBeGreaterThan(0.6);
    expect(before.expectedCalibrationError).toBeGreaterThan(0.1);
    expect(after.expectedCalibrationError).toBeLessThan(0.5 * before.expectedCalibrationError);
    expect(after.logLoss).toBeLessThan(before.logLoss);
  });

  test("is refused for another number of classes", () => {
    const calibrator = fitCalibrator(said(2_000, 3, { sharpness: 3, seed: 4 }), { method: "isotonic" });
    expect(() => calibrate(calibrator, Float64Array.of(0.5, 0.5), 2)).toThrow(/3 classes, not 2/);
  });
});

describe("isotonic regression", () => {
  test("pools what does not rise, as by hand", () => {
    const fit = isotonicRegression(Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(0, 1, 0, 1, 1), undefined);
    expect(fit).toEqual([
      [1, 0],
      [2, 0.5],
      [3, 0.5],
      [4, 1],
      [5, 1],
    ]);
  });

  test("takes rows of one x for one row, and rows of weight 0 for none", () => {
    const fit = isotonicRegression(
      Float64Array.of(2, 1, 2, 3),
      Float64Array.of(1, 1, 0, 0),
      Float64Array.of(3, 0, 1, 4),
    );
    expect(fit).toEqual([
      [2, 0.375],
      [3, 0.375],
    ]);
  });

  test("rises, keeps the mean, and no shift of a level makes it nearer", () => {
    const points = fc.array(fc.tuple(fc.nat(12), fc.nat(5), fc.integer({ min: 1, max: 4 })), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(points, (rows) => {
        const x = Float64Array.from(rows, ([at]) => at);
        const y = Float64Array.from(rows, ([, value]) => value);
        const weights = Float64Array.from(rows, ([, , weight]) => weight);
        const fit = isotonicRegression(x, y, weights);
        const valueAt = new Map(fit);
        for (let i = 1; i < fit.length; i++) {
          expect(fit[i][0]).toBeGreaterThan(fit[i - 1][0]);
          expect(fit[i][1]).toBeGreaterThanOrEqual(fit[i - 1][1]);
        }
        // Within a level run every x lies between its two ends.
        const fitted = Array.from(
          x,
          (at) => valueAt.get(at) ?? fit.findLast(([from]) => from < at)?.[1] ?? NaN,
        );
        for (const level of new Set(fitted)) {
          const run = rows.filter((_, row) => fitted[row] === level);
          const weight = run.reduce((sum, [, , w]) => sum + w, 0);
          const mean = run.reduce((sum, [, value, w]) => sum + value * w, 0) / weight;
          expect(level).toBeCloseTo(mean, 9);
        }
      }),
    );
  });
});
