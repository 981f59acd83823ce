/**
 * Repeatable numbers that can be asked for anywhere in time: `seek` starts the stream of a place (say, what one host
 * does in one minute), so that a day can be made from any hour on without what came before.
 *
 * Mulberry32 (T. Ettinger, 2017; passes gjrand): 32 bits of state, a few ns a number. Not for secrets.
 */
export interface Random {
  /** Starts the stream of (a, b), 32-bit integers, of this seed. */
  seek(a: number, b: number): void;
  /** 0 ≤ x < 1. */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number of [0, below). */
  below(below: number): number;
  /** A number of [low, high). */
  between(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** Log-normal: half lie below `median`, two of three within a factor e^±sigma. Cut at 50 × the median. */
  around(median: number, sigma: number): number;
  /** Normal, cut at three deviations. */
  normal(mean: number, deviation: number): number;
  /** How many events of a Poisson process happen where `mean` are expected. */
  poisson(mean: number): number;
}

/** A 32-bit hash of three integers (the finaliser of MurmurHash3 after each). */
export function mix(a: number, b: number, c = 0): number {
  let h = finish(a ^ 0x9e3779b9);
  h = finish(h ^ Math.imul(b | 0, 0x85ebca6b) ^ 0x27d4eb2f);
  return finish(h ^ Math.imul(c | 0, 0xc2b2ae35));
}

function finish(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const SURELY_NORMAL = 60;

export function createRandom(seed: number): Random {
  let state = mix(seed, 0);

  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Box and Muller's, one of its two. */
  function standardNormal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    return Math.max(-3, Math.min(3, radius * Math.cos(2 * Math.PI * next())));
  }

  return {
    seek(a, b) {
      state = mix(seed, a, b);
    },
    next,
    chance: (probability) => next() < probability,
    below: (below) => Math.floor(next() * below),
    between: (low, high) => low + next() * (high - low),
    pick: (items) => items[Math.floor(next() * items.length)],
    around: (median, sigma) =>
      sigma === 0 ? median : Math.min(50 * median, median * Math.exp(sigma * standardNormal())),
    normal: (mean, deviation) => mean + deviation * standardNormal(),
    poisson(mean) {
      if (mean <= 0) return 0;
      if (mean > SURELY_NORMAL) return Math.max(0, Math.round(mean + Math.sqrt(mean) * standardNormal()));
      // Knuth's: count uniform draws until their product falls below e^-mean.
      const limit = Math.exp(-mean);
      let product = next();
      let events = 0;
      while (product > limit) {
        product *= next();
        events++;
      }
      return events;
    },
  };
}
