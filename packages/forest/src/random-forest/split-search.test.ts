import fc from "fast-check";
import { expect, test } from "vitest";
import { goesLeft, MISSING_BIN, splitWord } from "../model.ts";
import { seededRandom } from "../seeded-random.ts";
import { createSplitSearch, HISTOGRAM_ROWS, INSERTION_ROWS, type SearchedNode } from "./split-search.ts";

const CLASSES = 4;

interface MadeNode {
  readonly bins: Uint8Array;
  readonly labels: Uint16Array;
  readonly weights: Float64Array;
  readonly samples: Float64Array;
}

function makeNode(seed: number, rows: number, differentBins: number, missing: number): MadeNode {
  const random = seededRandom(seed);
  const some = Array.from({ length: differentBins }, () => random.below(255));
  const samples = Float64Array.from({ length: rows }, () => 1 + random.below(3));
  const labels = Uint16Array.from({ length: rows }, () => random.below(CLASSES));
  return {
    bins: Uint8Array.from({ length: rows }, () =>
      random.unit() < missing ? MISSING_BIN : some[random.below(differentBins)],
    ),
    labels,
    samples,
    // Class 3 weighs 2.5.
    weights: samples.map((sample, i) => sample * (labels[i] === 3 ? 2.5 : 1)),
  };
}

/** Σ squares / weight of both sides, by definition; undefined where a side is empty or too light. */
function scoreOf(
  node: MadeNode,
  isLeft: (bin: number) => boolean,
  minLeafWeight: number,
): number | undefined {
  let score = 0;
  for (const side of [true, false]) {
    const sums = new Float64Array(CLASSES);
    let sample = 0;
    for (const [i, bin] of node.bins.entries()) {
      if (isLeft(bin) !== side) continue;
      sums[node.labels[i]] += node.weights[i];
      sample += node.samples[i];
    }
    const weight = sums.reduce((sum, one) => sum + one, 0);
    if (weight === 0 || sample < minLeafWeight) return undefined;
    score += sums.reduce((sum, one) => sum + one * one, 0) / weight;
  }
  return score;
}

function bestByTryingAll(node: MadeNode, minLeafWeight: number): number {
  let best = -Infinity;
  for (let bin = 0; bin < 255; bin++) {
    for (const missingLeft of [false, true]) {
      const isLeft = (one: number) => (one === MISSING_BIN ? missingLeft : one <= bin);
      best = Math.max(best, scoreOf(node, isLeft, minLeafWeight) ?? -Infinity);
    }
  }
  return best;
}

function search(node: MadeNode, minLeafWeight: number) {
  const rows = node.bins.length;
  const totals = new Float64Array(CLASSES);
  for (let i = 0; i < rows; i++) totals[node.labels[i]] += node.weights[i];
  const sum = (numbers: Float64Array) => numbers.reduce((all, one) => all + one, 0);
  const searched: SearchedNode = {
    from: 0,
    to: rows,
    totals,
    weight: sum(totals),
    sample: sum(node.samples),
  };
  const found = { feature: -1, bin: 0, missingLeft: false, score: -Infinity };
  const data = { rows, features: 1, classes: CLASSES, columns: node.bins, labels: node.labels };
  const tree = { ...node, order: Int32Array.from({ length: rows }, (_, i) => i) };
  const varies = createSplitSearch(data, tree, minLeafWeight).try(0, searched, found);
  return { ...found, varies };
}

test.each([
  ["sorted by insertion", 2, INSERTION_ROWS],
  ["sorted by counting", INSERTION_ROWS + 1, 300],
  ["counted in a histogram", HISTOGRAM_ROWS, HISTOGRAM_ROWS + 200],
])("a node that is %s has the split that trying all of them finds", (_, least, most) => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 1e9 }),
      fc.integer({ min: least, max: most }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(0, 0.1, 0.9, 1),
      fc.constantFrom(0, 1, 5),
      (seed, rows, differentBins, missing, minLeafWeight) => {
        const node = makeNode(seed, rows, differentBins, missing);
        const found = search(node, minLeafWeight);
        const best = bestByTryingAll(node, minLeafWeight);
        expect(found.varies).toBe(new Set(node.bins).size > 1);
        if (best === -Infinity) {
          expect(found.feature).toBe(-1);
          return;
        }
        expect(found.score).toBeCloseTo(best, 8);
        const word = splitWord(0, found.bin, found.missingLeft);
        expect(scoreOf(node, (bin) => goesLeft(word, bin), minLeafWeight)).toBeCloseTo(best, 8);
      },
    ),
    { numRuns: 40 },
  );
});

test("a split lies in the middle of the bins that the node does not have", () => {
  const node = {
    bins: Uint8Array.of(10, 10, 20, 20),
    labels: Uint16Array.of(0, 0, 1, 1),
    weights: new Float64Array(4).fill(1),
    samples: new Float64Array(4).fill(1),
  };
  expect(search(node, 0)).toMatchObject({ feature: 0, bin: 14, score: 4 });
});

test("a light side that rounding has left nothing sound of is no split", () => {
  const node = {
    bins: Uint8Array.of(1, 2, 3, 4),
    labels: Uint16Array.of(0, 1, 2, 3),
    weights: Float64Array.of(1e20, 1, 1, 1),
    samples: Float64Array.of(1e20, 1, 1, 1),
  };
  const { score } = search(node, 0);
  // All weight of each class by itself would be the purest there is.
  expect(score).toBeLessThanOrEqual(1e20 + 3);
});
