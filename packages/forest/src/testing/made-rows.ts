import { seededRandom } from "../seeded-random.ts";
import type { TrainingSet } from "../training-set.ts";

export interface MadeRows {
  readonly rows: number;
  readonly columns: number;
  readonly classes: number;
  /** Of the places of the classes and of the rows. */
  readonly seed: number;
  /** Number of the first row: sets of one seed have the same classes, and other rows where these numbers differ. */
  readonly from?: number;
  /** Deviation of a row from a middle of its class; middles lie 0 to 4 in each column. The more, the harder. */
  readonly spread?: number;
  /** Share of the values that are missing. */
  readonly missing?: number;
}

/** Classes of three heaps each, in half of the columns; the other columns say nothing. */
export function makeClasses(of: MadeRows): TrainingSet {
  const { rows, columns, classes, seed, from = 0, spread = 1, missing = 0 } = of;
  const places = seededRandom(seed, 1);
  const telling = Math.ceil(columns / 2);
  const middles = Float64Array.from({ length: classes * 3 * telling }, () => places.unit() * 4);
  const values = new Float64Array(rows * columns);
  const labels = new Uint16Array(rows);
  for (let row = 0; row < rows; row++) {
    const random = seededRandom(seed, 2 + from + row);
    const label = random.below(classes);
    const heap = (label * 3 + random.below(3)) * telling;
    labels[row] = label;
    for (let column = 0; column < columns; column++) {
      const middle = column < telling ? middles[heap + column] : 2;
      // Nearly normal: the sum of twelve even ones, less their mean (Irwin & Hall).
      let noise = -6;
      for (let i = 0; i < 12; i++) noise += random.unit();
      values[row * columns + column] = random.unit() < missing ? Number.NaN : middle + spread * noise;
    }
  }
  return { matrix: { rows, columns, values }, labels, classes };
}
