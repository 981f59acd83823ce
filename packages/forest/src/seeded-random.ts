/** Below it the product with a number of 32 bits is exact. */
const MAX_EXACT_BOUND = 2 ** 21;

/** A stream of random numbers that depends on its seed and nothing else. */
export interface SeededRandom {
  /** A whole number, 0 ≤ n < bound ≤ 2^32, each as likely (Lemire 2019, with rejection). */
  below(bound: number): number;
  /** 0 ≤ x < 1, 32 bits of it random. */
  unit(): number;
}

/**
 * sfc32 (Chris Doty-Humphrey's Small Fast Counting generator, PractRand), seeded with two numbers: streams of one seed
 * and different numbers are unrelated, so that each tree has its own whatever thread grows it.
 */
export function seededRandom(seed: number, stream = 0): SeededRandom {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = stream >>> 0;
  let counter = 1;

  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return sum >>> 0;
  }

  function belowByRest(bound: number): number {
    const reach = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      const drawn = next();
      if (drawn < reach) return drawn % bound;
    }
  }

  // The generator needs a dozen rounds until every bit of the seed has reached every bit of its state.
  for (let round = 0; round < 15; round++) next();

  return {
    below(bound) {
      if (bound > MAX_EXACT_BOUND) return belowByRest(bound);
      for (;;) {
        const product = next() * bound;
        const whole = Math.floor(product / 2 ** 32);
        const rest = product - whole * 2 ** 32;
        // Only rests below the bound can be among those that would make some numbers likelier.
        if (rest >= bound || rest >= (2 ** 32 - bound) % bound) return whole;
      }
    },
    unit: () => next() / 2 ** 32,
  };
}
