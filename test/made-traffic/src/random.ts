/** A repeatable stream of numbers: xorshift32 (G. Marsaglia, 2003). Good enough to vary test traffic. */
export interface Random {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
}

export function createRandom(seed: number): Random {
  // Spread small seeds over the word; the state must not be 0.
  let state = Math.imul(seed ^ 0x6d2b79f5, 0x9e3779b1) | 1;
  function next(): number {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  }
  for (let i = 0; i < 8; i++) next();
  return {
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    chance: (probability) => next() < probability,
  };
}
