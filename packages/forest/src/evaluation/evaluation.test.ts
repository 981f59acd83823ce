import { describe, expect, test } from "vitest";
import { ForestError } from "../forest-error.ts";
import { seededRandom } from "../seeded-random.ts";
import { accuracyOf, bootstrapDifference, bootstrapInterval } from "./bootstrap.ts";
import { evaluatePredictions } from "./evaluate.ts";
import { likeliestClasses, outOfBagPredictions, takePredictions, type Predictions } from "./predictions.ts";

const predictions = (
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  weights?: readonly number[],
): Predictions => ({
  probabilities: Float64Array.from(rows.flat()),
  labels: Uint16Array.from(labels),
  classes: rows[0].length,
  weights: weights && Float64Array.from(weights),
});

describe("an evaluation", () => {
  test("counts the confusion and what follows from it, as by hand", () => {
    const figures = evaluatePredictions(
      predictions(
        [
          [0.8, 0.2, 0],
          [0.3, 0.6, 0.1],
          [0.1, 0.9, 0],
          [0.5, 0.5, 0],
        ],
        [0, 0, 1, 1],
      ),
    );
    expect(figures.confusion).toEqual([
      [1, 1, 0],
      [1, 1, 0],
      [0, 0, 0],
    ]);
    expect(figures.accuracy).toBe(0.5);
    // The third class is in no truth and no answer, so it has no say.
    expect(figures.macroF1).toBe(0.5);
    expect(figures.perClass[2]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
    expect(figures.logLoss).toBeCloseTo(
      -(Math.log(0.8) + Math.log(0.3) + Math.log(0.9) + Math.log(0.5)) / 4,
      12,
    );
    expect(figures.brier).toBeCloseTo((0.08 + (0.49 + 0.36 + 0.01) + 0.02 + 0.5) / 4, 12);
    // Bins of 0.5: one wrong; 0.6: one wrong; 0.8 and 0.9: right.
    expect(figures.expectedCalibrationError).toBeCloseTo((0.5 + 0.6 + 0.2 + 0.1) / 4, 12);
  });

  test("counts a row of weight 2 as the row twice", () => {
    const rows = [
      [0.7, 0.3],
      [0.4, 0.6],
      [0.9, 0.1],
    ];
    const weighted = evaluatePredictions(predictions(rows, [0, 1, 1], [1, 2, 1]));
    const twice = evaluatePredictions(predictions([...rows, rows[1]], [0, 1, 1, 1]));
    expect(weighted.logLoss).toBeCloseTo(twice.logLoss, 14);
    expect({ ...weighted, rows: 4, logLoss: 0 }).toEqual({ ...twice, logLoss: 0 });
  });

  test("puts a confidence of 1 into the last bin", () => {
    const { reliability } = evaluatePredictions(predictions([[1, 0]], [0]), 4);
    expect(reliability.map((bin) => bin.weight)).toEqual([0, 0, 0, 1]);
    expect(reliability[3]).toEqual({ from: 0.75, to: 1, weight: 1, confidence: 1, right: 1 });
    expect(reliability[0].confidence).toBeNull();
  });

  test("does not call a loss infinite for one impossible row", () => {
    expect(evaluatePredictions(predictions([[1, 0]], [1])).logLoss).toBeCloseTo(-Math.log(1e-15), 9);
  });

  test.each<[string, Predictions]>([
    ["a sum of 0.9", predictions([[0.5, 0.4]], [0])],
    ["NaN", predictions([[Number.NaN, 1]], [0])],
    ["a label too high", predictions([[0.5, 0.5]], [2])],
    ["a negative weight", predictions([[0.5, 0.5]], [1], [-1])],
    ["no weight at all", predictions([[0.5, 0.5]], [1], [0])],
    ["no row", { probabilities: new Float64Array(0), labels: new Uint16Array(0), classes: 2 }],
  ])("refuses %s", (_, wrong) => {
    expect(() => evaluatePredictions(wrong)).toThrow(ForestError);
  });

  test("takes the first of equally likely classes", () => {
    expect([...likeliestClasses(Float64Array.of(0.5, 0.5, 0, 0.2, 0.4, 0.4), 3)]).toEqual([0, 1]);
  });
});

describe("out-of-bag predictions", () => {
  const set = {
    matrix: { rows: 3, columns: 1, values: Float64Array.of(1, 2, 3) },
    labels: Uint16Array.of(0, 1, 1),
    classes: 2,
  };

  test("leave out rows that every tree saw", () => {
    const outOfBag = {
      probabilities: Float64Array.of(0.5, 0.5, 0, 0, 0.1, 0.9),
      trees: Uint32Array.of(3, 0, 2),
    };
    expect(outOfBagPredictions(set, outOfBag)).toEqual(
      takePredictions({ ...set, probabilities: outOfBag.probabilities }, [0, 2]),
    );
  });

  test("are refused where there are none", () => {
    const none = { probabilities: new Float64Array(6), trees: new Uint32Array(3) };
    expect(() => outOfBagPredictions(set, none)).toThrow(/no out-of-bag/);
  });
});

describe("a bootstrap interval", () => {
  const random = seededRandom(11);
  const truth = Uint16Array.from({ length: 400 }, () => random.below(2));
  const good = Uint16Array.from(truth, (label) => (random.unit() < 0.9 ? label : 1 - label));
  const worse = Uint16Array.from(good, (label) => (random.unit() < 0.95 ? label : 1 - label));

  test("holds the true share about as often as it says", () => {
    let held = 0;
    for (let trial = 0; trial < 200; trial++) {
      const draw = seededRandom(77, trial);
      const right = Uint8Array.from({ length: 150 }, () => (draw.unit() < 0.8 ? 1 : 0));
      const share = accuracyOf(right, new Uint8Array(150).fill(1));
      const { low, high } = bootstrapInterval({ rows: 150 }, share, { rounds: 300, level: 0.9, seed: trial });
      if (low <= 0.8 && 0.8 <= high) held++;
    }
    expect(held / 200).toBeGreaterThan(0.83);
    expect(held / 200).toBeLessThan(0.97);
  });

  test("is the same with the same seed", () => {
    const interval = () => bootstrapInterval({ rows: 400 }, accuracyOf(truth, good), { seed: 4 });
    expect(interval()).toEqual(interval());
    expect(interval().estimate).toBeGreaterThan(0.85);
    expect(interval().low).toBeLessThan(interval().estimate);
  });

  test("sees a difference on the same rows that two intervals apart would not", () => {
    const [a, b] = [accuracyOf(truth, good), accuracyOf(truth, worse)];
    const paired = bootstrapDifference({ rows: 400 }, [a, b], { seed: 1 });
    expect(paired.low).toBeGreaterThan(0);
    expect(bootstrapInterval({ rows: 400 }, b, { seed: 1 }).high).toBeGreaterThan(
      bootstrapInterval({ rows: 400 }, a, { seed: 1 }).low,
    );
    expect(bootstrapDifference({ rows: 400 }, [a, a])).toEqual({ estimate: 0, low: 0, high: 0 });
  });

  test("draws groups whole, and so is wider where the rows of a group are alike", () => {
    const groups = Int32Array.from({ length: 400 }, (_, row) => row >> 3);
    const right = Uint8Array.from(groups, (group) => (group % 3 === 0 ? 0 : 1));
    const share = accuracyOf(right, new Uint8Array(400).fill(1));
    const alone = bootstrapInterval({ rows: 400 }, share);
    const grouped = bootstrapInterval({ rows: 400, groups }, share);
    expect(grouped.high - grouped.low).toBeGreaterThan(2 * (alone.high - alone.low));
  });

  test("refuses a level of 1 and groups of another length", () => {
    expect(() => bootstrapInterval({ rows: 4 }, () => 0, { level: 1 })).toThrow(/level/);
    expect(() => bootstrapInterval({ rows: 4, groups: [1] }, () => 0)).toThrow(/1 groups for 4 rows/);
  });
});
