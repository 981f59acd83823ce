/** Large things that were filled once and can be filled again: making them anew costs page faults and garbage collection. */
export interface Spare<Thing> {
  /** One of at least this size. What was in it is still there. */
  take(size: number): Thing;
  giveBack(thing: Thing): void;
  /** Lets go of what is kept. */
  clear(): void;
}

/** Keeps the `keep` largest. Sizes are rounded up to a power of two, at most `largest` where that is enough, so that slightly different ones share. */
export function createSpare<Thing>(options: {
  readonly keep: number;
  readonly smallest: number;
  readonly largest: number;
  readonly make: (size: number) => Thing;
  readonly sizeOf: (thing: Thing) => number;
}): Spare<Thing> {
  const { keep, smallest, largest, make, sizeOf } = options;
  const kept: Thing[] = [];
  return {
    take(size) {
      const i = kept.findLastIndex((thing) => sizeOf(thing) >= size);
      if (i >= 0) return kept.splice(i, 1)[0];
      const rounded = Math.max(smallest, 2 ** Math.ceil(Math.log2(Math.max(1, size))));
      return make(Math.max(size, Math.min(rounded, largest)));
    },
    giveBack(thing) {
      kept.push(thing);
      kept.sort((a, b) => sizeOf(b) - sizeOf(a));
      kept.length = Math.min(kept.length, keep);
    },
    clear() {
      kept.length = 0;
    },
  };
}
