/** A prototype's coordinate, 0 to 1, is kept in so many steps. */
export const PROTOTYPE_STEPS = 254;
export const MISSING_COORDINATE = 255;
/** How far beyond 0 and 1 a coordinate may go. */
const MOST_BEYOND = 2;

/**
 * Quantiles of the finite values of one feature, from the least to the greatest; zeros where there are none.
 */
export function quantileKnots(values: Float64Array, count: number): Float64Array {
  const finite = values.filter(Number.isFinite).sort();
  return Float64Array.from({ length: count }, (_, i) => {
    if (finite.length === 0) return 0;
    return finite[Math.round((i * (finite.length - 1)) / (count - 1))];
  });
}

/**
 * Where a value stands among the knots: 0 at the first, 1 at the last, in the middle of those that equal it. Outside it
 * goes on by the logarithm of how many spans of the feature it is away. NaN stays NaN.
 */
export function coordinateOf(knots: Float64Array, value: number): number {
  if (Number.isNaN(value)) return Number.NaN;
  const last = knots.length - 1;
  const least = knots[0];
  const greatest = knots[last];
  if (value < least) return -beyond(least, value, greatest);
  if (value > greatest) return 1 + beyond(greatest, value, least);
  const from = firstAtLeast(knots, value);
  if (knots[from] === value) {
    let to = from;
    while (to < last && knots[to + 1] === value) to++;
    return (from + to) / 2 / last;
  }
  // Halves, since the difference of two numbers may be too large.
  const share = (value / 2 - knots[from - 1] / 2) / (knots[from] / 2 - knots[from - 1] / 2);
  return (from - 1 + share) / last;
}

function beyond(end: number, value: number, otherEnd: number): number {
  const span = Math.abs(end / 2 - otherEnd / 2) || Math.max(1, Math.abs(end)) / 2;
  return Math.min(MOST_BEYOND, Math.log1p(Math.abs(value / 2 - end / 2) / span));
}

function firstAtLeast(knots: Float64Array, value: number): number {
  let low = 0;
  let high = knots.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (knots[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
