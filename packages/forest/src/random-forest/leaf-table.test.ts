import fc from "fast-check";
import { expect, test } from "vitest";
import { createLeafTable } from "./leaf-table.ts";

test("each distribution is kept once, however many there are", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 }), { maxLength: 400 }),
      (all) => {
        const table = createLeafTable(3);
        const weights = all.map(([a, b, c]) => Float64Array.of(a, b, c + 1));
        const numbers = weights.map((one) => table.mixed(one));
        const values = table.values();
        const shares = weights.map((one) => one.map((weight) => weight / one.reduce((sum, w) => sum + w, 0)));
        for (const [i, number] of numbers.entries()) {
          expect(values.subarray(3 * number, 3 * number + 3)).toEqual(shares[i]);
        }
        expect(values.length / 3).toBe(new Set(shares.map((one) => one.join())).size);
      },
    ),
  );
});

test("a distribution of one class is the same whoever asks", () => {
  const table = createLeafTable(2);
  expect(table.pure(1)).toBe(table.mixed(Float64Array.of(0, 8)));
  expect([...table.values()]).toEqual([0, 1]);
});
