/**
 * One line of JSON, scanned as bytes: the members of its object, and of an object in it under "id", are shown one by
 * one; any other nested value is stepped over. Nothing is allocated: a conn.log in JSON has twenty members a line.
 */
export interface JsonMembers {
  /**
   * One member: its key is bytes [keyStart, keyEnd), its value bytes [start, end) without quotes. `isInId` inside
   * the object "id". Members that are null are not shown.
   */
  member(keyStart: number, keyEnd: number, start: number, end: number, isInId: boolean): void;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

const MAX_DEPTH = 32;

/** 1 for the bytes of numbers, true, false and null. */
const IS_SCALAR = new Uint8Array(256);
for (const char of "0123456789+-.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  IS_SCALAR[char.charCodeAt(0)] = 1;

/** Scans the object in bytes [start, end); false when that is not exactly one well-formed object. */
export function scanJsonObject(bytes: Uint8Array, start: number, end: number, members: JsonMembers): boolean {
  const first = skipSpace(bytes, start, end);
  if (bytes[first] !== OPEN || first >= end) return false;
  const after = scanMembers(bytes, first, end, members, false);
  return after >= 0 && skipSpace(bytes, after, end) === end;
}

/** Scans from the "{" at `start`; returns where it is closed plus one, or -1. */
function scanMembers(
  bytes: Uint8Array,
  start: number,
  end: number,
  members: JsonMembers,
  isInId: boolean,
): number {
  let i = skipSpace(bytes, start + 1, end);
  if (i < end && bytes[i] === CLOSE) return i + 1;
  while (i < end) {
    if (bytes[i] !== QUOTE) return -1;
    const keyStart = i + 1;
    const keyEnd = endOfString(bytes, keyStart, end);
    if (keyEnd < 0) return -1;
    i = skipSpace(bytes, keyEnd + 1, end);
    if (i >= end || bytes[i] !== COLON) return -1;
    i = skipSpace(bytes, i + 1, end);
    if (i >= end) return -1;
    const byte = bytes[i];
    if (byte === QUOTE) {
      const valueEnd = endOfString(bytes, i + 1, end);
      if (valueEnd < 0) return -1;
      members.member(keyStart, keyEnd, i + 1, valueEnd, isInId);
      i = valueEnd + 1;
    } else if (
      byte === OPEN &&
      !isInId &&
      keyEnd - keyStart === 2 &&
      bytes[keyStart] === 0x69 &&
      bytes[keyStart + 1] === 0x64
    ) {
      i = scanMembers(bytes, i, end, members, true);
    } else if (byte === OPEN || byte === OPEN_LIST) {
      i = skipNested(bytes, i, end);
    } else {
      const valueEnd = endOfScalar(bytes, i, end);
      if (valueEnd === i) return -1;
      const isNull = valueEnd - i === 4 && byte === 0x6e;
      if (!isNull) members.member(keyStart, keyEnd, i, valueEnd, isInId);
      i = valueEnd;
    }
    if (i < 0) return -1;
    i = skipSpace(bytes, i, end);
    if (i >= end) return -1;
    if (bytes[i] === CLOSE) return i + 1;
    if (bytes[i] !== COMMA) return -1;
    i = skipSpace(bytes, i + 1, end);
  }
  return -1;
}

/** Index of the closing quote of a string whose first byte is at `start`, or -1. */
function endOfString(bytes: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    if (bytes[i] === QUOTE) return i;
    if (bytes[i] === BACKSLASH) i++;
  }
  return -1;
}

/** Numbers, true, false, null: up to what may follow a value. */
function endOfScalar(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && IS_SCALAR[bytes[i]] === 1) i++;
  return i;
}

/** Steps over the list or object that opens at `start`, or -1. A loop with a depth, so that no line can overflow the stack. */
function skipNested(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      i = endOfString(bytes, i + 1, end);
      if (i < 0) return -1;
    } else if (byte === OPEN || byte === OPEN_LIST) {
      if (++depth > MAX_DEPTH) return -1;
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (--depth === 0) return i + 1;
    }
  }
  return -1;
}

function skipSpace(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09)) i++;
  return i;
}
