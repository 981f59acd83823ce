import { TCP_FLAG } from "@flowlens/flow";
import { asciiText, parseCount } from "../text/index.ts";

const LETTERS: Readonly<Record<string, number>> = {
  F: TCP_FLAG.fin,
  S: TCP_FLAG.syn,
  R: TCP_FLAG.rst,
  P: TCP_FLAG.psh,
  A: TCP_FLAG.ack,
  U: TCP_FLAG.urg,
  E: 0x40,
  C: 0x80,
};

const MAX_FLAG_CHARS = 16;

/** TCP flags as a number (24, 0x18) or as letters (".AP..F", "SA"); -1 when they are neither. */
export function parseTcpFlags(bytes: Uint8Array, start: number, end: number): number {
  const number = parseCount(bytes, start, end);
  if (number >= 0) return number & 0xff;
  if (end - start > MAX_FLAG_CHARS) return -1;
  const text = asciiText(bytes, start, end).toUpperCase();
  if (/^0X[0-9A-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16) & 0xff;
  let flags = 0;
  for (const letter of text) {
    if (letter === "." || letter === "-" || letter === " ") continue;
    const flag = LETTERS[letter];
    if (flag === undefined) return -1;
    flags |= flag;
  }
  return flags;
}
