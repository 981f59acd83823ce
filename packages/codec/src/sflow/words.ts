import { ADDRESS_BYTES } from "@flowlens/flow";
import { ADDRESS_TYPE } from "./format.ts";

/** A word in network order, unsigned; the caller has checked the bounds. */
export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

/** A length rounded up to whole words, as XDR fills up what is opaque (RFC 4506 §4.10). */
export function paddedBytes(length: number): number {
  return length + ((4 - (length % 4)) % 4);
}

/** Where the address (its type, then 0, 4 or 16 bytes) at `at` ends; -1 when it is of no known type or does not fit. */
export function addressEnd(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 4) return -1;
  let length: number;
  switch (readU32(bytes, at)) {
    case ADDRESS_TYPE.unknown:
      length = 4;
      break;
    case ADDRESS_TYPE.ipv4:
      length = 8;
      break;
    case ADDRESS_TYPE.ipv6:
      length = 4 + ADDRESS_BYTES;
      break;
    default:
      return -1;
  }
  return at + length <= end ? at + length : -1;
}

/** Copies a checked address as 16 bytes, IPv4 mapped; all zero where its type is "unknown" or it is 0.0.0.0. */
export function copyAddress(bytes: Uint8Array, at: number, into: Uint8Array, intoAt: number): void {
  const type = readU32(bytes, at);
  for (let i = 0; i < ADDRESS_BYTES; i++) {
    into[intoAt + i] = type === ADDRESS_TYPE.ipv6 ? bytes[at + 4 + i] : 0;
  }
  if (type !== ADDRESS_TYPE.ipv4 || readU32(bytes, at + 4) === 0) return;
  into[intoAt + 10] = 0xff;
  into[intoAt + 11] = 0xff;
  for (let i = 0; i < 4; i++) into[intoAt + 12 + i] = bytes[at + 4 + i];
}

/** Two words as one number: exact to 2^53, nearest above. */
export function readU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) * 2 ** 32 + readU32(bytes, at + 4);
}

export function macText(bytes: Uint8Array, at: number): string {
  return Array.from(bytes.subarray(at, at + 6), (byte) => byte.toString(16).padStart(2, "0")).join(":");
}

const LONGEST_TEXT_BYTES = 256;

/** At most 256 bytes of text, with what no terminal should see replaced by dots. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  const shown = bytes.subarray(at, at + Math.min(length, LONGEST_TEXT_BYTES));
  return Array.from(shown, (byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
}
