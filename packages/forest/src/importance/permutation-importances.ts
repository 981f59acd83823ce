import { SEEDS, whole } from "../checked-options.ts";
import { seededRandom } from "../seeded-random.ts";
import { checkMatrix, type Matrix } from "../training-set.ts";

export interface PermutationImportances {
  /** Score of the rows as they are. */
  readonly score: number;
  /** By how much the score falls without each feature: mean over the repeats, and its standard deviation. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

export interface PermutationOptions {
  /** Times that each feature is shuffled. Default 5. */
  readonly repeats?: number;
  /** Whole number. Default 0. */
  readonly seed?: number;
}

/**
 * How much worse a model becomes when one feature's values are shuffled among the rows (Breiman 2001, §10): what the
 * feature is worth on rows like these, which should not be training rows. Of two features that say the same each looks
 * worthless, since the other is still there.
 *
 * @param score how good the model is on a matrix, the more the better; the rows stand in the same order each time
 * @throws ForestError FOREST_INPUT_INVALID when matrix or options cannot be
 */
export function permutationImportances(
  matrix: Matrix,
  score: (matrix: Matrix) => number,
  options: PermutationOptions = {},
): PermutationImportances {
  checkMatrix(matrix);
  const repeats = whole("repeats", options.repeats ?? 5, [1, 100_000]);
  const seed = whole("seed", options.seed ?? 0, SEEDS);
  const { rows, columns } = matrix;
  const unshuffled = score(matrix);
  const values = matrix.values.slice();
  const shuffled: Matrix = { rows, columns, values };
  const means = new Float64Array(columns);
  const deviations = new Float64Array(columns);
  for (let column = 0; column < columns; column++) {
    const random = seededRandom(seed, column);
    const falls: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (let row = rows - 1; row > 0; row--) {
        const at = row * columns + column;
        const other = random.below(row + 1) * columns + column;
        const value = values[at];
        values[at] = values[other];
        values[other] = value;
      }
      falls.push(unshuffled - score(shuffled));
    }
    for (let at = column; at < values.length; at += columns) values[at] = matrix.values[at];
    const mean = falls.reduce((sum, fall) => sum + fall, 0) / repeats;
    means[column] = mean;
    deviations[column] = Math.sqrt(falls.reduce((sum, fall) => sum + (fall - mean) ** 2, 0) / repeats);
  }
  return { score: unshuffled, means, deviations };
}
