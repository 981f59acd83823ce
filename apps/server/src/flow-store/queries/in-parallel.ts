/**
 * The results of `act` on the items as they come, at most `most` under way at a time. Ends at the first failure, or
 * when the caller stops, after those under way have ended; `signal` tells them to.
 */
export async function* inParallel<Item, Result>(
  items: readonly Item[],
  most: number,
  act: (item: Item, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
  const stop = new AbortController();
  const running = new Map<number, Promise<{ readonly index: number; readonly result: Result }>>();
  let next = 0;
  try {
    while (next < items.length || running.size > 0) {
      while (next < items.length && running.size < most) {
        const index = next++;
        running.set(
          index,
          act(items[index], stop.signal).then((result) => ({ index, result })),
        );
      }
      const { index, result } = await Promise.race(running.values());
      running.delete(index);
      yield result;
    }
  } finally {
    stop.abort();
    await Promise.allSettled(running.values());
  }
}
