/** Bytes [start, end) as text for messages and lookups: ASCII as it is, anything else as "?". At most `maxChars`. Cold path. */
export function asciiText(bytes: Uint8Array, start: number, end: number, maxChars = 200): string {
  let text = "";
  const stop = Math.min(end, start + maxChars);
  for (let i = start; i < stop; i++) {
    const byte = bytes[i];
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x09 ? "\t" : "?";
  }
  return text;
}

/** True when bytes [start, end) are exactly the ASCII bytes of `expected`. */
export function equalsBytes(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  const length = expected.length;
  if (end - start !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== expected[i]) return false;
  return true;
}

/** True when bytes [start, end) begin with the ASCII text `prefix`. */
export function startsWithText(bytes: Uint8Array, start: number, end: number, prefix: string): boolean {
  if (end - start < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix.charCodeAt(i)) return false;
  return true;
}

/** The bytes of an ASCII text; a character above 127 becomes "?". */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => (char.charCodeAt(0) < 128 ? char.charCodeAt(0) : 0x3f));
}

/** Where the text begins: behind a UTF-8 byte order mark, if there is one. */
export function afterByteOrderMark(bytes: Uint8Array, start: number, end: number): number {
  const marked =
    end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
  return marked ? start + 3 : start;
}
