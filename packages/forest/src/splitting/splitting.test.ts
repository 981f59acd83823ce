import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stratifiedKFold } from "./stratified-k-fold.ts";
import { stratifiedSplit, type Split } from "./stratified-split.ts";
import { takeRows } from "./take-rows.ts";

const labelsOf = (counts: readonly number[]): Uint16Array =>
  Uint16Array.from(counts.flatMap((count, label) => Array.from({ length: count }, () => label)));

const countsOf = (labels: Uint16Array, rows: Int32Array, classes: number): number[] => {
  const counts = Array.from({ length: classes }, () => 0);
  for (const row of rows) counts[labels[row]]++;
  return counts;
};

const together = ({ train, test: tested }: Split): number[] =>
  [...train, ...tested].toSorted((a, b) => a - b);

const labelledRows = fc
  .record({
    labels: fc.array(fc.nat(3), { minLength: 6, maxLength: 80 }),
    groupCount: fc.integer({ min: 1, max: 40 }),
    seed: fc.nat(1000),
  })
  .map(({ labels, groupCount, seed }) => ({
    labels: Uint16Array.from(labels),
    classes: 4,
    groups: labels.map((_, row) => (row * 7 + 3) % groupCount),
    seed,
  }));

describe("a stratified split", () => {
  test("tests the wished share of each class", () => {
    const labels = labelsOf([100, 50, 10, 5]);
    const split = stratifiedSplit({ labels, classes: 4 }, { testShare: 0.2, seed: 3 });
    expect(countsOf(labels, split.test, 4)).toEqual([20, 10, 2, 1]);
    expect(together(split)).toEqual(Array.from({ length: 165 }, (_, row) => row));
  });

  test("keeps a class of two rows on both sides and one of a single row for training", () => {
    const labels = labelsOf([40, 2, 1]);
    const split = stratifiedSplit({ labels, classes: 3 }, { testShare: 0.1, seed: 1 });
    expect(countsOf(labels, split.test, 3)).toEqual([4, 1, 0]);
    expect(countsOf(labels, split.train, 3)).toEqual([36, 1, 1]);
  });

  test("is the same with the same seed and another with another", () => {
    const of = { labels: labelsOf([50, 50]), classes: 2 };
    const first = stratifiedSplit(of, { seed: 1 });
    expect(stratifiedSplit(of, { seed: 1 })).toEqual(first);
    expect(stratifiedSplit(of, { seed: 2 })).not.toEqual(first);
  });

  test("never tears a group apart, and loses no row", () => {
    fc.assert(
      fc.property(labelledRows, ({ seed, ...of }) => {
        const split = stratifiedSplit(of, { seed, testShare: 0.3 });
        const tested = new Set(Array.from(split.test, (row) => of.groups[row]));
        expect(Array.from(split.train).some((row) => tested.has(of.groups[row]))).toBe(false);
        expect(together(split)).toEqual(Array.from(of.labels, (_, row) => row));
      }),
    );
  });

  test("comes near the share when groups are of different sizes", () => {
    const groups = Array.from({ length: 400 }, (_, row) => Math.floor(Math.sqrt(row)));
    const labels = Uint16Array.from(groups, (group) => group % 2);
    const split = stratifiedSplit({ labels, classes: 2, groups }, { testShare: 0.25, seed: 5 });
    const [even, odd] = countsOf(labels, split.test, 2);
    const [evens, odds] = countsOf(labels, Int32Array.from(groups.keys()), 2);
    expect(even / evens).toBeCloseTo(0.25, 1);
    expect(odd / odds).toBeCloseTo(0.25, 1);
  });

  test.each([0, 1, Number.NaN])("refuses %s as a share", (testShare) => {
    expect(() => stratifiedSplit({ labels: labelsOf([4]), classes: 1 }, { testShare })).toThrow(/testShare/);
  });
});

describe("stratified repeated k-fold", () => {
  test("tests every row once a repeat, with each class spread evenly", () => {
    const labels = labelsOf([52, 23, 7]);
    const splits = stratifiedKFold({ labels, classes: 3 }, { folds: 5, repeats: 3, seed: 9 });
    expect(splits).toHaveLength(15);
    for (let repeat = 0; repeat < 3; repeat++) {
      const folds = splits.slice(repeat * 5, repeat * 5 + 5);
      const tested = folds.flatMap((fold) => Array.from(fold.test));
      expect(tested.toSorted((a, b) => a - b)).toEqual(Array.from(labels, (_, row) => row));
      for (let label = 0; label < 3; label++) {
        const counts = folds.map((fold) => countsOf(labels, fold.test, 3)[label]);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
      const sizes = folds.map((fold) => fold.test.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  test("divides anew in each repeat, and the same with the same seed", () => {
    const of = { labels: labelsOf([30, 30]), classes: 2 };
    const splits = stratifiedKFold(of, { folds: 3, repeats: 2, seed: 1 });
    expect(splits.slice(0, 3)).not.toEqual(splits.slice(3));
    expect(stratifiedKFold(of, { folds: 3, repeats: 2, seed: 1 })).toEqual(splits);
  });

  test("never tears a group apart, and tests every row once", () => {
    fc.assert(
      fc.property(labelledRows, ({ seed, ...of }) => {
        fc.pre(new Set(of.groups).size >= 3);
        const splits = stratifiedKFold(of, { folds: 3, seed });
        for (const split of splits) {
          const tested = new Set(Array.from(split.test, (row) => of.groups[row]));
          expect(Array.from(split.train).some((row) => tested.has(of.groups[row]))).toBe(false);
        }
        expect(splits.reduce((sum, split) => sum + split.test.length, 0)).toBe(of.labels.length);
      }),
    );
  });

  test("refuses more folds than groups", () => {
    const of = { labels: labelsOf([6]), classes: 1, groups: [1, 1, 1, 2, 2, 2] };
    expect(() => stratifiedKFold(of, { folds: 3 })).toThrow(/2 groups of rows cannot fill 3 folds/);
  });
});

test("taking rows takes their values, labels and weights", () => {
  const set = {
    matrix: { rows: 3, columns: 2, values: Float64Array.of(1, 2, 3, 4, 5, 6) },
    labels: Uint16Array.of(0, 1, 2),
    classes: 3,
    weights: Float64Array.of(1, 0.5, 2),
  };
  expect(takeRows(set, [2, 0, 2])).toEqual({
    matrix: { rows: 3, columns: 2, values: Float64Array.of(5, 6, 1, 2, 5, 6) },
    labels: Uint16Array.of(2, 0, 2),
    classes: 3,
    weights: Float64Array.of(2, 1, 2),
  });
});
