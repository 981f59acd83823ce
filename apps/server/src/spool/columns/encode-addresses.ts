import { type ColumnBuffer, writeHead, writePadding } from "./column-buffer.ts";
import { COLUMN_KIND, IPV4_WORD_2, padded } from "./column-kind.ts";

/** Addresses as four words each. */
export function wordsOf(addresses: Uint8Array, from: number, to: number): Uint32Array {
  const at = addresses.byteOffset + from * 16;
  if (at % 4 === 0) return new Uint32Array(addresses.buffer, at, (to - from) * 4);
  return new Uint32Array(addresses.slice(from * 16, to * 16).buffer);
}

function isIpv4(words: Uint32Array, w: number): boolean {
  return words[w] === 0 && words[w + 1] === 0 && words[w + 2] === IPV4_WORD_2;
}

export function encodeAddresses(out: ColumnBuffer, at: number, words: Uint32Array): number {
  const count = words.length >>> 2;
  if (areSame(words)) {
    const data = writeHead(out, at, { kind: COLUMN_KIND.sameAddress });
    out.words.set(words.subarray(0, 4), data >>> 2);
    return data + 16;
  }
  const data = writeHead(out, at, { kind: COLUMN_KIND.ipv4 });
  const to = data >>> 2;
  let i = 0;
  // Written while it is looked at; begun anew another way at the first that is not IPv4.
  while (i < count && isIpv4(words, 4 * i)) {
    out.words[to + i] = words[4 * i + 3];
    i++;
  }
  if (i === count) return writePadding(out, data + 4 * count);
  return encodeMixed(out, at, words);
}

function areSame(words: Uint32Array): boolean {
  const [a, b, c, d] = words;
  for (let w = 4; w < words.length; w += 4) {
    if (words[w + 3] !== d || words[w] !== a || words[w + 1] !== b || words[w + 2] !== c) return false;
  }
  return true;
}

function encodeMixed(out: ColumnBuffer, at: number, words: Uint32Array): number {
  const count = words.length >>> 2;
  let ipv4 = 0;
  for (let i = 0; i < count; i++) if (isIpv4(words, 4 * i)) ipv4++;
  if (ipv4 === 0) {
    const data = writeHead(out, at, { kind: COLUMN_KIND.address });
    out.words.set(words, data >>> 2);
    return data + 16 * count;
  }
  const bits = writeHead(out, at, { kind: COLUMN_KIND.mixedAddress, argument: ipv4 });
  const afterBits = bits + padded((count + 7) >>> 3);
  out.bytes.fill(0, bits, afterBits);
  const afterShort = writePadding(out, afterBits + 4 * ipv4);
  let short = afterBits >>> 2;
  let long = afterShort >>> 2;
  for (let i = 0; i < count; i++) {
    if (isIpv4(words, 4 * i)) {
      out.bytes[bits + (i >>> 3)] |= 1 << (i & 7);
      out.words[short++] = words[4 * i + 3];
    } else {
      for (let w = 0; w < 4; w++) out.words[long++] = words[4 * i + w];
    }
  }
  return afterShort + 16 * (count - ipv4);
}
