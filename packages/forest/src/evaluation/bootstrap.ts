import { refuse } from "../forest-error.ts";
import { seededRandom } from "../seeded-random.ts";

/** A figure and between which bounds it would lie with other rows of the same kind. */
export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** The rows that a figure is about. */
export interface BootstrapRows {
  readonly rows: number;
  /** Group of each row (any whole numbers): groups are drawn whole, since rows of one group are not independent. */
  readonly groups?: ArrayLike<number> | undefined;
}

export interface BootstrapOptions {
  /** Drawings. Default 1000. */
  readonly rounds?: number;
  /** Share of the drawings between the bounds, above 0 and below 1. Default 0.9. */
  readonly level?: number;
  /** Whole number. Default 0. */
  readonly seed?: number;
}

/** A figure of the rows with these numbers; a number may come several times. */
export type Statistic = (rows: Int32Array) => number;

/**
 * Percentile bootstrap (Efron 1979): the figure of all rows, and the bounds between which it lies when as many rows are
 * drawn with putting back. Same rows, options and seed: same bounds. A drawing whose figure is NaN is left out.
 *
 * @throws ForestError FOREST_INPUT_INVALID for options that cannot be
 */
export function bootstrapInterval(
  of: BootstrapRows,
  statistic: Statistic,
  options: BootstrapOptions = {},
): Interval {
  const { rounds = 1000, level = 0.9, seed = 0 } = options;
  if (!Number.isInteger(of.rows) || of.rows < 1) refuse(`${of.rows} rows to draw from.`);
  if (!Number.isInteger(rounds) || rounds < 1)
    refuse(`rounds is ${rounds}, not a whole number of at least 1.`);
  if (!(level > 0 && level < 1)) refuse(`level is ${level}, not above 0 and below 1.`);
  if (!Number.isSafeInteger(seed) || seed < 0) refuse(`seed is ${seed}, not a whole number of at least 0.`);
  if (of.groups !== undefined && of.groups.length !== of.rows) {
    refuse(`${of.groups.length} groups for ${of.rows} rows.`);
  }
  const units = rowsByGroup(of);
  const figures: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const random = seededRandom(seed, round);
    const figure = statistic(drawUnits(units, of.rows, (bound) => random.below(bound)));
    if (!Number.isNaN(figure)) figures.push(figure);
  }
  figures.sort((a, b) => a - b);
  const estimate = statistic(Int32Array.from({ length: of.rows }, (_, row) => row));
  return {
    estimate,
    low: quantileOf(figures, (1 - level) / 2),
    high: quantileOf(figures, (1 + level) / 2),
  };
}

/**
 * Interval of a difference of two figures on the same rows: both are taken of each drawing, so what is hard about the
 * rows drawn cancels out. A difference is there when the interval does not hold 0.
 *
 * @throws ForestError FOREST_INPUT_INVALID for options that cannot be
 */
export function bootstrapDifference(
  of: BootstrapRows,
  [first, second]: readonly [Statistic, Statistic],
  options: BootstrapOptions = {},
): Interval {
  return bootstrapInterval(of, (rows) => first(rows) - second(rows), options);
}

/** Share of the rows drawn whose answer is right: a statistic for the bootstrap. */
export function accuracyOf(truth: ArrayLike<number>, predicted: ArrayLike<number>): Statistic {
  return (rows) => {
    let right = 0;
    for (let i = 0; i < rows.length; i++) if (truth[rows[i]] === predicted[rows[i]]) right++;
    return right / rows.length;
  };
}

/** Row numbers of each group, groups in the order of their first row; undefined where each row stands alone. */
function rowsByGroup({ rows, groups }: BootstrapRows): Int32Array[] | undefined {
  if (groups === undefined) return undefined;
  const members = new Map<number, number[]>();
  for (let row = 0; row < rows; row++) {
    const group = members.get(groups[row]);
    if (group === undefined) members.set(groups[row], [row]);
    else group.push(row);
  }
  return Array.from(members.values(), (group) => Int32Array.from(group));
}

function drawUnits(
  units: readonly Int32Array[] | undefined,
  rows: number,
  below: (bound: number) => number,
): Int32Array {
  if (units === undefined) {
    const drawn = new Int32Array(rows);
    for (let i = 0; i < rows; i++) drawn[i] = below(rows);
    return drawn;
  }
  const chosen = units.map(() => units[below(units.length)]);
  const drawn = new Int32Array(chosen.reduce((sum, unit) => sum + unit.length, 0));
  let at = 0;
  for (const unit of chosen) {
    drawn.set(unit, at);
    at += unit.length;
  }
  return drawn;
}

/** Linear between the values that stand around the place (type 7 of Hyndman & Fan 1996). */
function quantileOf(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const rest = place - below;
  return rest === 0 ? sorted[below] : sorted[below] * (1 - rest) + sorted[below + 1] * rest;
}
