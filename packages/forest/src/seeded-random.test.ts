import { expect, test } from "vitest";
import { seededRandom } from "./seeded-random.ts";

test.each([
  ["small", 7, 1],
  ["large", 7 * 2 ** 29, 2 ** 29],
])("each whole number below a %s bound is as likely", (_, bound, perCell) => {
  const random = seededRandom(1);
  const counts = Array<number>(7).fill(0);
  for (let i = 0; i < 70_000; i++) counts[Math.floor(random.below(bound) / perCell)]++;
  const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  // Six degrees of freedom: more than this once in a thousand seeds.
  expect(chiSquared).toBeLessThan(22.5);
});

test("streams of one seed are unrelated, and so are the same streams of other seeds", () => {
  const streams = [seededRandom(1, 0), seededRandom(1, 1), seededRandom(2, 0), seededRandom(2 ** 40, 0)];
  const drawn = streams.map((random) => Array.from({ length: 2000 }, () => random.unit() - 0.5));
  for (const [i, one] of drawn.entries()) {
    for (const other of drawn.slice(i + 1)) {
      const correlation = (12 * one.reduce((sum, x, k) => sum + x * other[k], 0)) / 2000;
      expect(Math.abs(correlation)).toBeLessThan(0.08);
    }
  }
});

test("the same seed and stream give the same numbers, which stay the same from version to version", () => {
  const random = seededRandom(42, 3);
  expect(Array.from({ length: 4 }, () => random.below(1000))).toEqual([349, 43, 228, 759]);
});
