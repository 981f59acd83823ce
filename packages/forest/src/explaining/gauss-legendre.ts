/** Points and weights that integrate polynomials from 0 to 1. */
export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

const NEWTON_STEPS = 100;

/**
 * Gauss–Legendre quadrature on [0, 1]: exact for polynomials up to degree 2 × count - 1. The points are the roots of
 * the Legendre polynomial, found by Newton's method from Tricomi's approximation.
 */
export function gaussLegendre(count: number): Quadrature {
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 0;
    for (let step = 0; step < NEWTON_STEPS; step++) {
      let before = 1;
      let here = x;
      for (let degree = 2; degree <= count; degree++) {
        const next = ((2 * degree - 1) * x * here - (degree - 1) * before) / degree;
        before = here;
        here = next;
      }
      slope = (count * (x * here - before)) / (x * x - 1);
      const moved = here / slope;
      x -= moved;
      if (Math.abs(moved) < 1e-15) break;
    }
    points[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}
