import fc from "fast-check";
import { expect, test } from "vitest";
import { MISSING_BIN } from "../model.ts";
import { binOf, binRows, createBinner } from "./bin-rows.ts";
import { cutFeatures } from "./cut-features.ts";

const column = (...values: number[]) => ({
  rows: values.length,
  columns: 1,
  values: Float64Array.from(values),
});

const anyValue = fc.oneof(
  fc.double(),
  fc.integer({ min: -3, max: 3 }).map(Number),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0, 5e-324, 1e308, -1e308),
);

test("every two different values are cut apart where there are no more of them than bins", () => {
  fc.assert(
    fc.property(fc.array(anyValue, { minLength: 1, maxLength: 200 }), (values) => {
      const bins = cutFeatures(column(...values), undefined, 255);
      const present = values.filter((value) => !Number.isNaN(value)).map((value) => value + 0);
      const distinct = [...new Set(present)].toSorted((a, b) => a - b);
      expect(distinct.map((value) => binOf(bins, 0, value))).toEqual([...distinct.keys()]);
    }),
  );
});

test("cuts ascend and are as many as bins allow, whatever the values and weights", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyValue, fc.constantFrom(0, 1, 2, 50)), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 2, max: 20 }),
      (rows, maxBins) => {
        const weights = Float64Array.from(rows, ([, weight]) => weight);
        const { cuts } = cutFeatures(column(...rows.map(([value]) => value)), weights, maxBins);
        expect(cuts.length).toBeLessThan(maxBins);
        for (let i = 1; i < cuts.length; i++) expect(cuts[i]).toBeGreaterThan(cuts[i - 1]);
        const told = rows.filter(([value, weight]) => !Number.isNaN(value) && weight > 0);
        const distinct = new Set(told.map(([value]) => value + 0)).size;
        expect(cuts.length).toBe(Math.min(distinct, maxBins) - (distinct > 0 ? 1 : 0));
      },
    ),
  );
});

test("bins are of about equal weight, and a value that fills many takes but one", () => {
  const even = Array.from({ length: 1000 }, (_, i) => i);
  const bins = cutFeatures(column(...even), undefined, 10);
  expect([...bins.cuts]).toEqual([99.5, 199.5, 299.5, 399.5, 499.5, 599.5, 699.5, 799.5, 899.5]);

  const zeros = cutFeatures(column(...Array<number>(1000).fill(0), ...even.map((i) => i + 1)), undefined, 11);
  expect([...zeros.cuts].map(Math.round)).toEqual([1, 101, 201, 301, 401, 501, 601, 701, 801, 901]);
});

test("a weight of 2 cuts as the value twice, one of 0 as if it were not there", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyValue, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 100 }),
      (rows) => {
        const weights = Float64Array.from(rows, ([, weight]) => weight);
        const repeated = rows.flatMap(([value, weight]) => Array<number>(weight).fill(value));
        expect(cutFeatures(column(...rows.map(([value]) => value)), weights, 5)).toEqual(
          cutFeatures(column(...repeated), undefined, 5),
        );
      },
    ),
  );
});

test("the fast search of bins finds what the plain one finds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyValue, anyValue), { minLength: 1, maxLength: 300 }),
      fc.array(fc.tuple(anyValue, anyValue), { minLength: 1, maxLength: 50 }),
      (learned, asked) => {
        const matrixOf = (rows: [number, number][]) => ({
          rows: rows.length,
          columns: 2,
          values: Float64Array.from(rows.flat()),
        });
        const bins = cutFeatures(matrixOf(learned), undefined, 255);
        const matrix = matrixOf(asked);
        const expected = [...matrix.values].map((value, i) => binOf(bins, i % 2, value));
        const byRow = new Uint8Array(2 * matrix.rows);
        binRows(bins, matrix, 0, matrix.rows, byRow);
        expect([...byRow]).toEqual(expected);
        const byColumn = new Uint8Array(2 * matrix.rows);
        createBinner(bins).columns(matrix, byColumn);
        expect([...byColumn]).toEqual([0, 1].flatMap((c) => expected.filter((_, i) => i % 2 === c)));
      },
    ),
  );
});

test("254 cuts leave 255 for what is missing", () => {
  const bins = cutFeatures(column(...Array.from({ length: 5000 }, (_, i) => i)), undefined, 255);
  expect(bins.cuts).toHaveLength(254);
  const out = new Uint8Array(3);
  binRows(bins, column(Infinity, Number.NaN, -Infinity), 0, 3, out);
  expect([...out]).toEqual([254, MISSING_BIN, 0]);
});
