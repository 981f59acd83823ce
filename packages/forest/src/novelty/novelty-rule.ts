import { refuse } from "../forest-error.ts";
import { checkMatrix, type Matrix } from "../training-set.ts";
import { coordinateOf, MISSING_COORDINATE, PROTOTYPE_STEPS } from "./rank-coordinates.ts";

/** How to tell how unlike the training rows a row is. Plain data, `rows × features` bytes and a little. */
export interface NoveltyRule {
  /** Prototypes: training rows that others are compared with. */
  readonly rows: number;
  /** `rows × features`: coordinates in 1/254, 255 where the value is missing. */
  readonly prototypes: Uint8Array;
  /** A row is as far as it is, on the mean, from so many of the nearest prototypes. */
  readonly neighbours: number;
  readonly knotsAFeature: number;
  /** Quantiles of each feature from the least to the greatest finite value, `features × knotsAFeature`. */
  readonly knots: Float64Array;
  /** How much a difference in each feature counts; they sum to 1. */
  readonly featureWeights: Float64Array;
  /** Distances of training rows from the others, each held out in turn: at most 256 quantiles, ascending. */
  readonly heldOut: Float64Array;
  /** Share of rows like the training rows that will be taken for novel, at most. */
  readonly falseAlarmRate: number;
  /** Farther than this is novel. Infinity: too few rows to say so at this rate. */
  readonly threshold: number;
}

export interface Novelty {
  /** Distance of each row from the nearest prototypes: 0 is like them, about 0.1 to 0.3 usual, above 1 far outside. */
  readonly distances: Float64Array;
  /** Share of the training rows that were nearer to the others: 0 usual, 1 stranger than any. */
  readonly shares: Float64Array;
  /** 1 where the distance is above the rule's threshold. */
  readonly novel: Uint8Array;
}

/**
 * How unlike the training rows each row is: the mean distance to the nearest prototypes, in coordinates where each
 * feature is a rank (beyond the least and greatest value it goes on, slower and slower), weighted by what the features
 * are worth to the forest. Missing against present counts a half.
 *
 * @throws ForestError FOREST_INPUT_INVALID when the matrix has other columns than the rule
 */
export function judgeNovelty(rule: NoveltyRule, matrix: Matrix): Novelty {
  checkMatrix(matrix, "the matrix to judge");
  const features = rule.featureWeights.length;
  if (matrix.columns !== features)
    refuse(`the rule takes ${features} features, the matrix has ${matrix.columns}.`);
  const distances = new Float64Array(matrix.rows);
  const nearest = createNeighbours(rule);
  for (let row = 0; row < matrix.rows; row++) {
    distances[row] = nearest(matrix.values.subarray(row * features, (row + 1) * features), () => true);
  }
  return {
    distances,
    shares: distances.map((distance) => shareBelow(rule.heldOut, distance)),
    novel: Uint8Array.from(distances, (distance) => (distance > rule.threshold ? 1 : 0)),
  };
}

type Prototypes = Pick<
  NoveltyRule,
  "rows" | "prototypes" | "neighbours" | "knots" | "knotsAFeature" | "featureWeights"
>;

/** Mean distance of a row to the nearest of those prototypes that may be looked at. */
export function createNeighbours(
  rule: Prototypes,
): (values: Float64Array, mayLookAt: (prototype: number) => boolean) => number {
  const { rows, prototypes, neighbours, knots, knotsAFeature, featureWeights } = rule;
  const features = featureWeights.length;
  const coordinates = new Float64Array(features);
  const nearest = new Float64Array(neighbours);

  return (values, mayLookAt) => {
    for (let f = 0; f < features; f++) {
      coordinates[f] = coordinateOf(knots.subarray(f * knotsAFeature, (f + 1) * knotsAFeature), values[f]);
    }
    nearest.fill(Infinity);
    let found = 0;
    for (let prototype = 0; prototype < rows; prototype++) {
      if (!mayLookAt(prototype)) continue;
      found++;
      const at = prototype * features;
      const farthest = nearest[neighbours - 1];
      let distance = 0;
      for (let f = 0; f < features && distance < farthest; f++) {
        const there = prototypes[at + f];
        const here = coordinates[f];
        if (Number.isNaN(here) || there === MISSING_COORDINATE) {
          if (Number.isNaN(here) !== (there === MISSING_COORDINATE)) distance += featureWeights[f] / 2;
        } else distance += featureWeights[f] * Math.abs(here - there / PROTOTYPE_STEPS);
      }
      if (distance < farthest) insert(nearest, distance);
    }
    const count = Math.min(found, neighbours);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += nearest[i];
    return count === 0 ? Infinity : sum / count;
  };
}

/** Into the ascending list, whose last falls out. */
function insert(nearest: Float64Array, distance: number): void {
  let at = nearest.length - 1;
  while (at > 0 && nearest[at - 1] > distance) {
    nearest[at] = nearest[at - 1];
    at--;
  }
  nearest[at] = distance;
}

function shareBelow(sorted: Float64Array, distance: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < distance) low = middle + 1;
    else high = middle;
  }
  return sorted.length === 0 ? 1 : low / sorted.length;
}
