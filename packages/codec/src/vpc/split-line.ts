/** Where the words of a line are: bytes [starts, ends), as many as the arrays hold. Reused for all lines. */
export interface Words {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Length of the time that CloudWatch puts before a line at most: "2014-12-14T04:06:50.000000000Z". */
const MAX_TIME_BYTES = 32;
const SPACE = 0x20;

/** Finds the words of the line; returns how many there are, of which no more are kept than `words` holds. */
export function splitLine(bytes: Uint8Array, start: number, end: number, words: Words): number {
  let count = 0;
  let i = start;
  for (;;) {
    while (i < end && bytes[i] <= SPACE) i++;
    if (i >= end) return count;
    const from = i;
    while (i < end && bytes[i] > SPACE) i++;
    if (count < words.starts.length) {
      words.starts[count] = from;
      words.ends[count] = i;
    }
    count++;
  }
}

/** Where the record begins: behind the time of ingestion that an export of CloudWatch puts before it. */
export function afterIngestionTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 21 || bytes[start + 4] !== 0x2d || bytes[start + 10] !== 0x54) return start;
  const stop = Math.min(end, start + MAX_TIME_BYTES);
  let i = start;
  while (i < stop && bytes[i] > SPACE) i++;
  // "Z" ends it; no field of a flow log looks like this.
  return i < stop && bytes[i - 1] === 0x5a ? i + 1 : start;
}
