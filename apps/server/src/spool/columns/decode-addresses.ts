import { COLUMN_KIND, IPV4_WORD_2, padded } from "./column-kind.ts";
import type { DecodeTarget, EncodedColumns, Located } from "./encoded-columns.ts";

export function decodeAddresses(
  { bytes, rows }: EncodedColumns,
  { kind, argument, at }: Located,
  { into, row, from, to }: DecodeTarget<Uint8Array>,
): void {
  const count = to - from;
  const { buffer } = bytes;
  const start = bytes.byteOffset + at;
  if (kind === COLUMN_KIND.address) {
    into.set(bytes.subarray(at + 16 * from, at + 16 * to), 16 * row);
    return;
  }
  const words = new Uint32Array(into.buffer, into.byteOffset + 16 * row, 4 * count);
  if (kind === COLUMN_KIND.sameAddress) {
    const [a, b, c, d] = new Uint32Array(buffer, start, 4);
    for (let w = 0; w < 4 * count; w += 4) {
      words[w] = a;
      words[w + 1] = b;
      words[w + 2] = c;
      words[w + 3] = d;
    }
    return;
  }
  if (kind === COLUMN_KIND.ipv4) {
    const short = new Uint32Array(buffer, start + 4 * from, count);
    for (let i = 0; i < count; i++) {
      words[4 * i] = 0;
      words[4 * i + 1] = 0;
      words[4 * i + 2] = IPV4_WORD_2;
      words[4 * i + 3] = short[i];
    }
    return;
  }
  const shortAt = start + padded((rows + 7) >>> 3);
  const short = new Uint32Array(buffer, shortAt, argument);
  const long = new Uint32Array(buffer, shortAt + padded(4 * argument), 4 * (rows - argument));
  let nextShort = 0;
  let nextLong = 0;
  for (let i = 0; i < to; i++) {
    const isShort = (bytes[at + (i >>> 3)] & (1 << (i & 7))) !== 0;
    if (i >= from) {
      const w = 4 * (i - from);
      words[w] = isShort ? 0 : long[nextLong];
      words[w + 1] = isShort ? 0 : long[nextLong + 1];
      words[w + 2] = isShort ? IPV4_WORD_2 : long[nextLong + 2];
      words[w + 3] = isShort ? short[nextShort] : long[nextLong + 3];
    }
    if (isShort) nextShort++;
    else nextLong += 4;
  }
}
