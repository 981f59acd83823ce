/** Classes that are neither easy nor hopeless: three heaps each, in some columns, on the slant; other columns mislead. */
import { seededRandom } from "../seeded-random.ts";

export const FEATURES = 24;
export const CLASSES = 9;
/** Columns that tell the classes apart, then as many mixes of them, then columns that say nothing. */
const TELLING = 12;
const MIXED = 4;
const HEAPS = 3;
const SPREAD = 0.34;
/** Share of the rows with a label of any class. */
const MISLABELLED = 0.03;

export interface MadeClasses {
  readonly rows: number;
  /** Row after row. */
  readonly values: Float64Array;
  readonly labels: Uint16Array;
}

/**
 * @param seed of where the classes lie
 * @param part of one seed: other rows of the same classes
 */
export function makeClasses(rows: number, seed: number, part: number): MadeClasses {
  const places = seededRandom(seed);
  const middles = Float64Array.from({ length: CLASSES * HEAPS * TELLING }, () => 2 * places() - 1);
  const slants = Float64Array.from({ length: CLASSES * HEAPS * TELLING * TELLING }, () => 2 * places() - 1);
  const mixes = Float64Array.from({ length: MIXED * TELLING }, () => 2 * places() - 1);
  const random = seededRandom(seed * 1_000 + part + 1);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const values = new Float64Array(rows * FEATURES);
  const labels = new Uint16Array(rows);
  const noise = new Float64Array(TELLING);
  for (let row = 0; row < rows; row++) {
    const label = Math.floor(random() * CLASSES);
    const heap = label * HEAPS + Math.floor(random() * HEAPS);
    const own = values.subarray(row * FEATURES, (row + 1) * FEATURES);
    for (let i = 0; i < TELLING; i++) noise[i] = normal();
    for (let i = 0; i < TELLING; i++) {
      let slanted = 0;
      for (let k = 0; k < TELLING; k++) slanted += slants[(heap * TELLING + i) * TELLING + k] * noise[k];
      own[i] = middles[heap * TELLING + i] + SPREAD * slanted;
    }
    for (let i = 0; i < MIXED; i++) {
      for (let k = 0; k < TELLING; k++) own[TELLING + i] += mixes[i * TELLING + k] * own[k];
    }
    for (let i = TELLING + MIXED; i < FEATURES; i++) own[i] = normal();
    labels[row] = random() < MISLABELLED ? Math.floor(random() * CLASSES) : label;
  }
  return { rows, values, labels };
}
