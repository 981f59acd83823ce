import { writeIpv4 } from "@flowlens/flow";

/**
 * Writes the textual address in bytes [start, end) as 16 bytes at `at`; false when it is none. No allocation: logs hold
 * two addresses a line. The same texts are accepted as by `parseAddress` of the flow room (a test holds them together).
 */
export function parseAddressBytes(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
  at: number,
): boolean {
  const ipv4 = parseIpv4(bytes, start, end);
  if (ipv4 >= 0) {
    writeIpv4(into, at, ipv4);
    return true;
  }
  return parseIpv6(bytes, start, end, into, at);
}

/** The number of a dotted address or -1. Leading zeros are refused: they read as octal elsewhere. */
function parseIpv4(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 15) return -1;
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === 0x2e) {
      if (octet < 0 || ++dots > 3) return -1;
      value = value * 256 + octet;
      octet = -1;
    } else if (byte >= 0x30 && byte <= 0x39) {
      if (octet === 0) return -1;
      octet = octet < 0 ? byte - 0x30 : octet * 10 + byte - 0x30;
      if (octet > 255) return -1;
    } else return -1;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}

const groups = new Uint16Array(8);

function parseIpv6(bytes: Uint8Array, start: number, end: number, into: Uint8Array, at: number): boolean {
  const length = end - start;
  if (length < 2 || length > 45) return false;
  let count = 0;
  let gap = -1;
  let i = start;
  if (bytes[i] === 0x3a) {
    if (bytes[i + 1] !== 0x3a) return false;
    gap = 0;
    i += 2;
  }
  while (i < end) {
    if (count === 8) return false;
    let value = 0;
    let digits = 0;
    const groupAt = i;
    for (; i < end; i++) {
      const digit = hexDigit(bytes[i]);
      if (digit < 0) break;
      value = (value << 4) | digit;
      if (++digits > 4) return false;
    }
    if (i < end && bytes[i] === 0x2e) {
      const ipv4 = parseIpv4(bytes, groupAt, end);
      if (ipv4 < 0 || count > 6) return false;
      groups[count++] = ipv4 / 65536;
      groups[count++] = ipv4 % 65536;
      break;
    }
    if (digits === 0) return false;
    groups[count++] = value;
    if (i === end) break;
    if (bytes[i] !== 0x3a) return false;
    i++;
    if (i < end && bytes[i] === 0x3a) {
      if (gap >= 0) return false;
      gap = count;
      i++;
    } else if (i === end) return false;
  }
  if (gap < 0 ? count !== 8 : count > 7) return false;
  const zeros = 8 - count;
  for (let group = 0; group < 8; group++) {
    let value = 0;
    if (gap < 0 || group < gap) value = groups[group];
    else if (group >= gap + zeros) value = groups[group - zeros];
    into[at + group * 2] = value >>> 8;
    into[at + group * 2 + 1] = value;
  }
  return true;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
