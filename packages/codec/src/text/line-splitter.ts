/** Takes one line: bytes [start, end) without its line end, CR already cut off. */
export type OnLine = (bytes: Uint8Array, start: number, end: number) => void;

export interface LineSplitter {
  /** Calls `onLine` for each line that the chunk completes. Stops early when `stop` was called. */
  push(chunk: Uint8Array): void;
  /** Calls `onLine` for a last line without a line end; true when there was one. */
  finish(): boolean;
  /** No more lines are wanted. */
  stop(): void;
  /** Bytes of content up to the end of the last whole line. During `onLine`: up to the beginning of that line. */
  readonly offset: number;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const FIRST_TAIL_BYTES = 4096;

/**
 * Cuts chunks of any size into lines. Holds at most one unfinished line of `maxLineBytes`; of a longer one nothing is
 * kept and `onTooLong` is called at its end.
 */
export function createLineSplitter(
  maxLineBytes: number,
  onLine: OnLine,
  onTooLong: () => void,
): LineSplitter {
  let tail = new Uint8Array(Math.min(FIRST_TAIL_BYTES, maxLineBytes));
  let tailLength = 0;
  /** Bytes of the unfinished line seen so far, kept or not. */
  let unfinished = 0;
  let offset = 0;
  let stopped = false;

  const keep = (chunk: Uint8Array, start: number, end: number) => {
    const length = tailLength + end - start;
    unfinished += end - start;
    if (unfinished > maxLineBytes) {
      tailLength = 0;
      return;
    }
    if (length > tail.length) {
      const grown = new Uint8Array(Math.min(maxLineBytes, Math.max(length, tail.length * 2)));
      grown.set(tail.subarray(0, tailLength));
      tail = grown;
    }
    tail.set(chunk.subarray(start, end), tailLength);
    tailLength = length;
  };

  const give = (bytes: Uint8Array, start: number, end: number) => {
    if (end > start && bytes[end - 1] === RETURN) onLine(bytes, start, end - 1);
    else onLine(bytes, start, end);
  };

  const finishTail = () => {
    if (unfinished > maxLineBytes) onTooLong();
    else give(tail, 0, tailLength);
    if (!stopped) offset += unfinished;
    unfinished = 0;
    tailLength = 0;
  };

  return {
    get offset() {
      return offset;
    },
    stop() {
      stopped = true;
    },
    push(chunk) {
      let start = 0;
      if (unfinished > 0 && !stopped) {
        const newline = chunk.indexOf(NEWLINE);
        if (newline < 0) {
          keep(chunk, 0, chunk.length);
          return;
        }
        keep(chunk, 0, newline);
        finishTail();
        if (!stopped) offset++;
        start = newline + 1;
      }
      while (!stopped) {
        const newline = chunk.indexOf(NEWLINE, start);
        if (newline < 0) {
          if (start < chunk.length) keep(chunk, start, chunk.length);
          return;
        }
        if (newline - start > maxLineBytes) onTooLong();
        else give(chunk, start, newline);
        if (stopped) return;
        offset += newline + 1 - start;
        start = newline + 1;
      }
    },
    finish() {
      if (stopped || unfinished === 0) return false;
      finishTail();
      return true;
    },
  };
}
