/**
 * Looks at `bytes[at, end)`, which begins at a record's first byte, and returns
 * how many bytes the record took (> 0), or minus the bytes it needs from `at` on when there are too few yet,
 * or 0 to stop for good.
 */
export type RecordStep = (bytes: Uint8Array, at: number, end: number) => number;

/**
 * Cuts a stream of chunks into records. Whole records are read where they lie in the chunk; only one that
 * straddles two chunks is copied, so nothing but one unfinished record is ever held.
 */
export interface RecordFeed {
  push(chunk: Uint8Array): void;
  /** Bytes of the stream up to the end of the last whole record. */
  readonly offset: number;
  /** Bytes of the unfinished record that are here. */
  readonly held: number;
  /** Bytes it takes as far as is known. */
  readonly needed: number;
}

/** `step` must ask for no more than what it then consumes: a record's header, then the whole record. */
export function createRecordFeed(step: RecordStep): RecordFeed {
  let buffer = new Uint8Array(4096);
  let offset = 0;
  let held = 0;
  let needed = 0;
  let stopped = false;

  function hold(chunk: Uint8Array, from: number, to: number): void {
    if (needed > buffer.length) {
      const larger = new Uint8Array(Math.max(needed, buffer.length * 2));
      larger.set(buffer.subarray(0, held));
      buffer = larger;
    }
    buffer.set(chunk.subarray(from, to), held);
    held += to - from;
  }

  /** Fills the held record up from the chunk; returns how much of the chunk that took. */
  function completeHeld(chunk: Uint8Array): number {
    let at = 0;
    while (held > 0 && !stopped) {
      const taken = Math.min(needed - held, chunk.length - at);
      hold(chunk, at, at + taken);
      at += taken;
      if (held < needed) break;
      const result = step(buffer, 0, held);
      if (result < 0) needed = -result;
      else {
        stopped = result === 0;
        offset += result;
        held = 0;
        needed = 0;
      }
    }
    return at;
  }

  return {
    push(chunk) {
      if (stopped) return;
      let at = completeHeld(chunk);
      while (at < chunk.length && !stopped) {
        const result = step(chunk, at, chunk.length);
        if (result < 0) {
          needed = -result;
          hold(chunk, at, chunk.length);
          return;
        }
        stopped = result === 0;
        at += result;
        offset += result;
      }
    },
    get offset() {
      return offset;
    },
    get held() {
      return held;
    },
    get needed() {
      return needed;
    },
  };
}
