import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../seeded-random.ts";
import { bestSplit } from "./best-split.ts";
import { checkBoostingOptions } from "./options.ts";

const anySet = {
  matrix: { rows: 1, columns: 1, values: new Float64Array(1) },
  labels: Uint16Array.of(0),
  classes: 1,
};

/** Two features of 6 and 4 slots, their last for missing values. */
const START = Int32Array.of(0, 6, 10);

interface Row {
  readonly slots: readonly [number, number];
  readonly g: number;
  readonly h: number;
}

function makeRows(seed: number, count: number, missing: number): Row[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({
    slots: [
      random.unit() < missing ? 5 : random.below(5),
      6 + (random.unit() < missing ? 3 : random.below(3)),
    ],
    g: (random.below(2001) - 1000) / 1024,
    h: (1 + random.below(500)) / 1024,
  }));
}

function bestByTryingAll(rows: readonly Row[], lambda: number, minChildHessian: number): number {
  const sums = (some: readonly Row[]) => ({
    g: some.reduce((sum, { g }) => sum + g, 0),
    h: some.reduce((sum, { h }) => sum + h, 0),
  });
  const worth = ({ g, h }: { g: number; h: number }) => (g * g) / (h + lambda);
  let best = 0;
  for (const feature of [0, 1]) {
    const missing = START[feature + 1] - 1;
    for (let limit = START[feature]; limit < missing; limit++) {
      for (const missingLeft of [false, true]) {
        const isLeft = ({ slots }: Row) =>
          slots[feature] === missing ? missingLeft : slots[feature] <= limit;
        const left = rows.filter((row) => isLeft(row));
        const right = rows.filter((row) => !isLeft(row));
        if (left.length === 0 || right.length === 0) continue;
        if (Math.min(sums(left).h, sums(right).h) < minChildHessian) continue;
        best = Math.max(best, worth(sums(left)) + worth(sums(right)) - worth(sums(rows)));
      }
    }
  }
  return best;
}

test("the split found is the one that trying all of them finds", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e9 }),
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom(0, 0.2, 1),
      fc.constantFrom(0, 1, 5),
      fc.constantFrom(0, 0.5),
      (seed, count, missing, lambda, minChildHessian) => {
        const rows = makeRows(seed, count, missing);
        const histogram = new Float64Array(20);
        for (const { slots, g, h } of rows) {
          for (const slot of slots) {
            histogram[2 * slot] += g;
            histogram[2 * slot + 1] += h;
          }
        }
        const gradient = rows.reduce((sum, { g }) => sum + g, 0);
        const hessian = rows.reduce((sum, { h }) => sum + h, 0);
        const options = checkBoostingOptions({ lambda, minChildHessian }, anySet);
        const found = bestSplit(START, Int32Array.of(0, 1), { histogram, gradient, hessian }, options);
        const best = bestByTryingAll(rows, lambda, minChildHessian);
        if (best < 1e-9) {
          expect(found?.gain ?? 0).toBeLessThan(1e-8);
          return;
        }
        expect(found?.gain).toBeCloseTo(best, 9);
        // What it says of the left side is so.
        const missingSlot = START[(found?.feature ?? 0) + 1] - 1;
        const left = rows.filter(({ slots }) => {
          const slot = slots[found?.feature ?? 0];
          return slot === missingSlot ? found?.missingLeft : slot <= (found?.slot ?? 0);
        });
        expect(found?.gradientLeft).toBe(left.reduce((sum, { g }) => sum + g, 0));
        expect(found?.hessianLeft).toBe(left.reduce((sum, { h }) => sum + h, 0));
      },
    ),
    { numRuns: 300 },
  );
});
