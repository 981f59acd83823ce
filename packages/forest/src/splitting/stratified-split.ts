import { refuse } from "../forest-error.ts";
import { SEEDS, whole } from "../checked-options.ts";
import { seededRandom } from "../seeded-random.ts";
import { largestFirst, unitsByClass, type LabelledRows } from "./units.ts";

/** Row numbers, ascending; every row is on one side. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

export interface SplitOptions {
  /** Above 0 and below 1. Default 0.2. */
  readonly testShare?: number;
  /** Whole number. Default 0. */
  readonly seed?: number;
}

/**
 * Divides rows so that of each class about the same share is for testing. A class with two groups (rows, where there
 * are no groups) or more stands on both sides; one with a single group is for training.
 *
 * @throws ForestError FOREST_INPUT_INVALID for rows or options that cannot be
 */
export function stratifiedSplit(of: LabelledRows, options: SplitOptions = {}): Split {
  const { testShare = 0.2, seed = 0 } = options;
  if (!(testShare > 0 && testShare < 1)) refuse(`testShare is ${testShare}, not above 0 and below 1.`);
  whole("seed", seed, SEEDS);
  const isTest = new Uint8Array(of.labels.length);
  for (const [label, units] of unitsByClass(of).entries()) {
    const wanted = testShare * units.reduce((sum, { rows }) => sum + rows.length, 0);
    let taken = 0;
    let unitsTaken = 0;
    for (const { rows } of largestFirst(units, seededRandom(seed, label))) {
      if (unitsTaken + 1 >= units.length) break;
      if (Math.abs(taken + rows.length - wanted) >= Math.abs(taken - wanted)) continue;
      taken += rows.length;
      unitsTaken++;
      for (const row of rows) isTest[row] = 1;
    }
    if (unitsTaken > 0 || units.length < 2) continue;
    const smallest = largestFirst(units, seededRandom(seed, label)).at(-1);
    for (const row of smallest?.rows ?? []) isTest[row] = 1;
  }
  return bySide(isTest, 1);
}

/** Rows with this mark are for testing, the others for training. */
export function bySide(marks: ArrayLike<number>, testMark: number): Split {
  const train: number[] = [];
  const test: number[] = [];
  for (let row = 0; row < marks.length; row++) (marks[row] === testMark ? test : train).push(row);
  return { train: Int32Array.from(train), test: Int32Array.from(test) };
}
