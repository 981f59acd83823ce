import { FEATURE_COUNT } from "./catalogue.ts";

/** The vector as JSON keeps it: missing (NaN) is null, since JSON has no NaN. */
export function vectorToJson(vector: ArrayLike<number>): (number | null)[] {
  return Array.from(vector, (value) => (Number.isNaN(value) ? null : value));
}

/**
 * The vector that `vectorToJson` wrote. Throws a RangeError that names the place when `json` is not an
 * array of 24 numbers and nulls: a stored vector that is not one must not be guessed at.
 */
export function vectorFromJson(json: unknown): Float64Array {
  if (!Array.isArray(json)) throw new RangeError("A feature vector must be an array of numbers and nulls.");
  if (json.length !== FEATURE_COUNT) {
    throw new RangeError(`A features.v1 vector has ${FEATURE_COUNT} values, this one has ${json.length}.`);
  }
  return Float64Array.from(json, (value: unknown, index) => {
    if (value === null) return Number.NaN;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw new RangeError(`Value ${index} of the feature vector is neither a finite number nor null.`);
  });
}
