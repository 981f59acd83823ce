/** Random numbers that depend on their seed and nothing else, and the few distributions that traffic is made of. */
export interface SeededRandom {
  /** 0 ≤ x < 1. */
  unit(): number;
  /** A whole number, 0 ≤ n < bound. */
  below(bound: number): number;
  /** How many events happen where `mean` are expected (Poisson). */
  count(mean: number): number;
  /** Log-normal: half of all lie below `median`, two thirds within a factor of `spread`. */
  around(median: number, spread: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** Above this mean a Poisson draw is taken from the normal distribution that it comes near to. */
const LARGE_MEAN = 30;

/** mulberry32 (Tommy Ettinger's): 32 bits of state are enough for made-up traffic and no more is promised. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;

  function unit(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Standard normal (Box and Muller 1958). */
  function normal(): number {
    return Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit());
  }

  return {
    unit,
    below: (bound) => Math.floor(unit() * bound),
    count(mean) {
      if (mean <= 0) return 0;
      if (mean > LARGE_MEAN) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      const limit = Math.exp(-mean);
      let events = 0;
      for (let product = unit(); product > limit; product *= unit()) events++;
      return events;
    },
    around: (median, spread) => median * Math.exp(Math.log(spread) * normal()),
    pick: (items) => items[Math.floor(unit() * items.length)],
  };
}
