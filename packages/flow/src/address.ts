/** Addresses are 16 bytes in network order; IPv4 is mapped into ::ffff:0:0/96 (RFC 4291 §2.5.5.2). */
export const ADDRESS_BYTES = 16;

// Loops, not `fill`: a call into the runtime costs more than the bytes (measured: a third of decoding NetFlow v5).

/** Writes the IPv4 address in `value` (network order as a number) at byte offset `at`. */
export function writeIpv4(into: Uint8Array, at: number, value: number): void {
  for (let i = 0; i < 10; i++) into[at + i] = 0;
  into[at + 10] = 0xff;
  into[at + 11] = 0xff;
  into[at + 12] = value >>> 24;
  into[at + 13] = value >>> 16;
  into[at + 14] = value >>> 8;
  into[at + 15] = value;
}

/** Copies 4 bytes of an IPv4 address as a mapped address. The caller has checked both bounds. */
export function copyIpv4(from: Uint8Array, fromAt: number, into: Uint8Array, at: number): void {
  for (let i = 0; i < 10; i++) into[at + i] = 0;
  into[at + 10] = 0xff;
  into[at + 11] = 0xff;
  into[at + 12] = from[fromAt];
  into[at + 13] = from[fromAt + 1];
  into[at + 14] = from[fromAt + 2];
  into[at + 15] = from[fromAt + 3];
}

/** Copies 16 bytes of an IPv6 address. The caller has checked both bounds. */
export function copyIpv6(from: Uint8Array, fromAt: number, into: Uint8Array, at: number): void {
  for (let i = 0; i < ADDRESS_BYTES; i++) into[at + i] = from[fromAt + i];
}

export function isIpv4(bytes: Uint8Array, at = 0): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false;
  return bytes[at + 10] === 0xff && bytes[at + 11] === 0xff;
}

/** Text of the address at `at`: dotted for IPv4, RFC 5952 for IPv6. */
export function formatAddress(bytes: Uint8Array, at = 0): string {
  if (isIpv4(bytes, at)) {
    return `${bytes[at + 12]}.${bytes[at + 13]}.${bytes[at + 14]}.${bytes[at + 15]}`;
  }
  const groups: number[] = [];
  for (let i = 0; i < ADDRESS_BYTES; i += 2) groups.push((bytes[at + i] << 8) | bytes[at + i + 1]);
  const zeros = longestZeroRun(groups);
  if (zeros.length < 2) return groups.map(toHex).join(":");
  const head = groups.slice(0, zeros.start).map(toHex).join(":");
  const tail = groups
    .slice(zeros.start + zeros.length)
    .map(toHex)
    .join(":");
  return `${head}::${tail}`;
}

/** 16 bytes of a textual IPv4 or IPv6 address, or undefined when it is neither. No zone index, no prefix. */
export function parseAddress(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(ADDRESS_BYTES);
  return parseAddressInto(text, bytes, 0) ? bytes : undefined;
}

/** As `parseAddress`, into `into` at `at`; false (and `into` untouched in value meaning) when the text is no address. */
export function parseAddressInto(text: string, into: Uint8Array, at: number): boolean {
  if (!text.includes(":")) {
    const value = parseIpv4(text);
    if (value < 0) return false;
    writeIpv4(into, at, value);
    return true;
  }
  return parseIpv6Into(text, into, at);
}

/** The IPv4 address as an unsigned number, or -1. Leading zeros are refused: they read as octal elsewhere. */
function parseIpv4(text: string): number {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (octet < 0 || ++dots > 3) return -1;
      value = value * 256 + octet;
      octet = -1;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return -1;
      octet = octet < 0 ? code - 48 : octet * 10 + code - 48;
      if (octet > 255) return -1;
    } else return -1;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}

function parseIpv6Into(text: string, into: Uint8Array, at: number): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const head = parseGroups(halves[0], halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1], true) : [];
  if (head === undefined || tail === undefined) return false;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return false;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  for (let i = 0; i < 8; i++) {
    into[at + i * 2] = groups[i] >>> 8;
    into[at + i * 2 + 1] = groups[i];
  }
  return true;
}

/** Hexadecimal groups; a dotted IPv4 address may be the last of them where the address ends here. */
function parseGroups(text: string, endsAddress: boolean): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    if (endsAddress && i === parts.length - 1 && part.includes(".")) {
      const value = parseIpv4(part);
      if (value < 0) return undefined;
      groups.push(Math.floor(value / 65536), value % 65536);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - i > best.length) best = { start: i, length: end - i };
    if (end > i) i = end;
  }
  return best;
}

function toHex(group: number): string {
  return group.toString(16);
}
