import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitImportances } from "../importance/split-importances.ts";
import { trainRandomForest } from "../random-forest/train.ts";
import { seededRandom } from "../seeded-random.ts";
import { takeMatrixRows, takeRows } from "../splitting/take-rows.ts";
import { makeClasses } from "../testing/made-rows.ts";
import type { Matrix } from "../training-set.ts";
import { fitNovelty } from "./fit-novelty.ts";
import { judgeNovelty } from "./novelty-rule.ts";
import { coordinateOf, quantileKnots } from "./rank-coordinates.ts";

/** Chance that one of `high` lies above one of `low` (area under the ROC curve). */
function auroc(low: Float64Array, high: Float64Array): number {
  let above = 0;
  for (const one of high) for (const other of low) above += one > other ? 1 : one === other ? 0.5 : 0;
  return above / (low.length * high.length);
}

const shareOf = (marks: Uint8Array): number => marks.reduce((sum, mark) => sum + mark, 0) / marks.length;

const LEFT_OUT = 3;
const made = { columns: 24, classes: 10, seed: 4, spread: 0.9 };
const rowsWhere = (labels: Uint16Array, isWanted: (label: number) => boolean) =>
  Array.from(labels.keys()).filter((row) => isWanted(labels[row]));
const all = makeClasses({ ...made, rows: 1_600 });
const train = takeRows(
  all,
  rowsWhere(all.labels, (label) => label !== LEFT_OUT),
);
const fresh = makeClasses({ ...made, rows: 1_000, from: 10_000 });
const usual = takeMatrixRows(
  fresh.matrix,
  rowsWhere(fresh.labels, (label) => label !== LEFT_OUT),
);
const leftOut = takeMatrixRows(
  fresh.matrix,
  rowsWhere(fresh.labels, (label) => label === LEFT_OUT),
);
const importances = splitImportances(trainRandomForest(train, { trees: 40 }).model);
const rule = fitNovelty(train.matrix, { importances, labels: train.labels, falseAlarmRate: 0.05, seed: 1 });

/** Rows with some values moved far away. */
function moved({ rows, columns, values }: Matrix, features: number): Matrix {
  const random = seededRandom(5);
  const out = values.slice();
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < features; i++) out[row * columns + random.below(columns)] += 12;
  }
  return { rows, columns, values: out };
}

describe("novelty", () => {
  test("tells a class that was left out, and rows with far values, from usual rows", () => {
    const { distances } = judgeNovelty(rule, usual);
    expect(auroc(distances, judgeNovelty(rule, leftOut).distances)).toBeGreaterThan(0.87);
    expect(auroc(distances, judgeNovelty(rule, moved(usual, 4)).distances)).toBeGreaterThan(0.97);
  });

  test("cries wolf about as often as stated", () => {
    for (const falseAlarmRate of [0.02, 0.1]) {
      const { novel } = judgeNovelty(
        fitNovelty(train.matrix, { importances, falseAlarmRate, prototypes: 600 }),
        usual,
      );
      expect(shareOf(novel)).toBeLessThan(falseAlarmRate + 0.025);
      expect(shareOf(novel)).toBeGreaterThan(falseAlarmRate / 4);
    }
    expect(shareOf(judgeNovelty(rule, leftOut).novel)).toBeGreaterThan(0.35);
  });

  test("has shares that are even among usual rows", () => {
    const shares = judgeNovelty(rule, usual).shares.toSorted();
    expect(Math.abs(shares[Math.floor(shares.length / 2)] - 0.5)).toBeLessThan(0.08);
    expect(shares[0]).toBeLessThan(0.05);
    expect(shares.at(-1)).toBeLessThanOrEqual(1);
  });

  test("keeps prototypes of rare classes, and is small", () => {
    const rare = Uint16Array.from(train.labels, (_, row) => (row % 300 === 0 ? 1 : 0));
    const few = fitNovelty(train.matrix, { labels: rare, prototypes: 20 });
    expect(few.rows).toBe(20);
    const { distances } = judgeNovelty(few, takeMatrixRows(train.matrix, [0, 300, 600]));
    expect(Math.max(...distances)).toBeLessThan(few.heldOut[100]);
    expect(rule.prototypes.length).toBe(train.matrix.rows * 24);
  });

  test("does not compare a held-out row with its own group", () => {
    const twice = takeMatrixRows(
      train.matrix,
      [...Array(60).keys()].flatMap((row) => [row, row, row]),
    );
    const groups = Array.from({ length: 180 }, (_, row) => Math.floor(row / 3));
    expect(fitNovelty(twice, { neighbours: 1 }).threshold).toBeLessThan(0.01);
    expect(fitNovelty(twice, { neighbours: 1, groups }).threshold).toBeGreaterThan(0.1);
  });

  test("is the same with the same seed", () => {
    const options = { prototypes: 100, seed: 7 };
    expect(fitNovelty(train.matrix, options)).toEqual(fitNovelty(train.matrix, options));
    expect(fitNovelty(train.matrix, { ...options, seed: 8 })).not.toEqual(fitNovelty(train.matrix, options));
  });

  test("never says novel with too few rows for the rate", () => {
    const { threshold } = fitNovelty(takeMatrixRows(train.matrix, [0, 1, 2, 3]), { falseAlarmRate: 0.05 });
    expect(threshold).toBe(Infinity);
  });

  test("takes any numbers: missing, infinite, huge, all alike", () => {
    const odd = fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e308, -1e308, 0, -0, 1, 1e-308);
    const rows = fc.array(fc.tuple(odd, odd, odd), { minLength: 2, maxLength: 12 });
    const matrixOf = (of: readonly (readonly number[])[]): Matrix => ({
      rows: of.length,
      columns: 3,
      values: Float64Array.from(of.flat()),
    });
    fc.assert(
      fc.property(rows, rows, (known, asked) => {
        const { distances, shares } = judgeNovelty(fitNovelty(matrixOf(known)), matrixOf(asked));
        expect(distances.every((distance) => distance >= 0 && distance <= 3)).toBe(true);
        expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
      }),
    );
  });

  test("refuses one row, another number of columns, and a rate of 0", () => {
    expect(() => fitNovelty({ rows: 1, columns: 1, values: Float64Array.of(1) })).toThrow(/two are needed/);
    expect(() => judgeNovelty(rule, { rows: 1, columns: 1, values: Float64Array.of(1) })).toThrow(
      /takes 24 features/,
    );
    expect(() => fitNovelty(train.matrix, { falseAlarmRate: 0 })).toThrow(/falseAlarmRate/);
  });
});

describe("a coordinate", () => {
  const knots = quantileKnots(Float64Array.of(3, 1, 2, 2, 5, Number.NaN, Infinity), 5);

  test("is a rank, in the middle of equal values", () => {
    expect([...knots]).toEqual([1, 2, 2, 3, 5]);
    expect([1, 1.5, 2, 2.5, 3, 4, 5].map((value) => coordinateOf(knots, value))).toEqual([
      0, 0.125, 0.375, 0.625, 0.75, 0.875, 1,
    ]);
  });

  test("goes on outside, slower and slower", () => {
    expect(coordinateOf(knots, 9)).toBeCloseTo(1 + Math.log(2), 12);
    expect(coordinateOf(knots, -3)).toBeCloseTo(-Math.log(2), 12);
    expect(coordinateOf(knots, Infinity)).toBe(3);
    expect(coordinateOf(knots, -Infinity)).toBe(-2);
  });
});
