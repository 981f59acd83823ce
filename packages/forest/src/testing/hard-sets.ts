import { seededRandom } from "../seeded-random.ts";
import type { TrainingSet } from "../training-set.ts";
import { makeClasses } from "./made-rows.ts";

/** Sets that break learners, each under what is hard in it. */
export function hardSets(): readonly (readonly [string, TrainingSet])[] {
  const plain = makeClasses({ rows: 60, columns: 4, classes: 3, seed: 5 });
  const values = (fill: (row: number, column: number) => number): TrainingSet => ({
    ...plain,
    matrix: {
      ...plain.matrix,
      values: Float64Array.from({ length: 240 }, (_, i) => fill(Math.floor(i / 4), i % 4)),
    },
  });
  const random = seededRandom(3);
  const rare = makeClasses({ rows: 1500, columns: 3, classes: 2, seed: 8 });
  return [
    ["missing values", makeClasses({ rows: 1500, columns: 4, classes: 3, seed: 1, missing: 0.4 })],
    ["nothing but missing values", values(() => Number.NaN)],
    ["constant features", values((row, column) => (column === 2 ? row : 7))],
    ["rows that are all the same with labels that are not", values(() => 1)],
    ["duplicate rows", values((row, column) => Math.floor(row / 6) * (column + 1))],
    ["two rows", { ...sliced(plain, 2), labels: Uint16Array.of(0, 1) }],
    ["one row", sliced(plain, 1)],
    ["labels that are all equal", { ...plain, labels: plain.labels.map(() => 2) }],
    ["one class only", { ...plain, labels: plain.labels.map(() => 0), classes: 1 }],
    ["classes without rows", { ...plain, classes: 9 }],
    [
      "classes far out of balance",
      { ...rare, labels: rare.labels.map((_, row) => (row % 500 === 0 ? 1 : 0)) },
    ],
    ["500 features", makeClasses({ rows: 40, columns: 500, classes: 2, seed: 2 })],
    [
      "NaN, infinities, 1e308, the least numbers and -0",
      values(
        () =>
          [Number.NaN, Infinity, -Infinity, 1e308, -1e308, Number.MAX_VALUE, 5e-324, -5e-324, 0, -0, 1][
            random.below(11)
          ],
      ),
    ],
    ["weights of 0", { ...plain, weights: Float64Array.from(plain.labels, (_, row) => row % 3) }],
    [
      "weights 40 powers of ten apart",
      { ...plain, weights: Float64Array.from(plain.labels, (_, row) => 10 ** ((row % 41) - 20)) },
    ],
    ["but one row that weighs anything", { ...plain, weights: onlyRow(7) }],
  ];
}

function onlyRow(only: number): Float64Array {
  return Float64Array.from({ length: 60 }, (_, row) => (row === only ? 1 : 0));
}

function sliced(set: TrainingSet, rows: number): TrainingSet {
  const { columns, values } = set.matrix;
  const matrix = { rows, columns, values: values.slice(0, rows * columns) };
  return { matrix, labels: set.labels.slice(0, rows), classes: set.classes };
}

/** The rows with these numbers, in this order, as often as they are named. */
export function rowsOf(set: TrainingSet, rows: readonly number[]): TrainingSet {
  const { columns, values } = set.matrix;
  const taken = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries())
    taken.set(values.subarray(row * columns, (row + 1) * columns), i * columns);
  return {
    matrix: { rows: rows.length, columns, values: taken },
    labels: Uint16Array.from(rows, (row) => set.labels[row]),
    classes: set.classes,
    ...(set.weights ? { weights: Float64Array.from(rows, (row) => set.weights?.[row] ?? 1) } : {}),
  };
}

export function shuffled(count: number, seed: number): number[] {
  const random = seededRandom(seed, 77);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

export function shareRight(probabilities: Float64Array, { labels, classes }: TrainingSet): number {
  let right = 0;
  for (const [row, label] of labels.entries()) {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    if (own[label] === Math.max(...own)) right++;
  }
  return right / labels.length;
}
