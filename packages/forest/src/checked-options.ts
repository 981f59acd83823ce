import { refuse } from "./forest-error.ts";
import { MAX_WEIGHT, MIN_WEIGHT, type TrainingSet } from "./training-set.ts";

export function whole(name: string, value: number, [min, max]: readonly [number, number]): number {
  if (!Number.isInteger(value) || value < min || value > max) {
    refuse(`${name} is ${value}, not a whole number from ${min} to ${max}.`);
  }
  return value;
}

export function atLeastZero(name: string, value: number): number {
  if (!(value >= 0) || value === Infinity) refuse(`${name} is ${value}, not a number of at least 0.`);
  return value;
}

export function share(name: string, value: number): number {
  if (!(value > 0 && value <= 1)) refuse(`${name} is ${value}, not above 0 and at most 1.`);
  return value;
}

/** What a seed may be. */
export const SEEDS = [0, Number.MAX_SAFE_INTEGER] as const;

/**
 * One factor a class, or undefined where all are 1. "balanced": as much weight for each class that has any.
 * @throws ForestError FOREST_INPUT_INVALID also where no row would be left with a weight
 */
export function classWeightsOf(
  wanted: "balanced" | readonly number[] | undefined,
  { labels, classes, weights }: TrainingSet,
): Float64Array | undefined {
  if (wanted === undefined) return undefined;
  const sums = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) sums[labels[row]] += weights?.[row] ?? 1;
  if (wanted === "balanced") {
    const total = sums.reduce((sum, one) => sum + one, 0);
    const present = sums.filter((sum) => sum > 0).length;
    return sums.map((sum) => (sum > 0 ? total / (present * sum) : 0));
  }
  if (wanted.length !== classes) refuse(`${wanted.length} class weights for ${classes} classes.`);
  for (const [c, weight] of wanted.entries()) {
    if (weight !== 0 && !(weight >= MIN_WEIGHT && weight <= MAX_WEIGHT)) {
      refuse(`class ${c} has weight ${weight}, not 0 nor from ${MIN_WEIGHT} to ${MAX_WEIGHT}.`);
    }
  }
  if (!sums.some((sum, c) => sum > 0 && wanted[c] > 0)) {
    refuse("with these class weights no row weighs anything.");
  }
  return Float64Array.from(wanted);
}
