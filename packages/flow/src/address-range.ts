import { ADDRESS_BYTES, formatAddress, isIpv4, parseAddress } from "./address.ts";

/** A CIDR block over mapped 16-byte addresses; `prefixBits` counts in the 128-bit address. */
export interface AddressRange {
  readonly first: Uint8Array;
  readonly prefixBits: number;
}

/** Private (RFC 1918, 4193), shared (RFC 6598) and link-local (RFC 3927, 4291): internal unless a network says otherwise. */
export const DEFAULT_INTERNAL_RANGES: readonly string[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "fc00::/7",
  "fe80::/10",
];

/** The range of `10.0.0.0/8`, `fd00::/8` or a single address; undefined when it is neither. Host bits are cleared. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [addressText, prefixText, more] = text.trim().split("/");
  if (more !== undefined || addressText === undefined) return undefined;
  const first = parseAddress(addressText);
  if (first === undefined) return undefined;
  const width = isIpv4(first) ? 32 : 128;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? width : Number(prefixText);
  if (prefix > width) return undefined;
  const prefixBits = prefix + (128 - width);
  for (let bit = prefixBits; bit < 128; bit++) first[bit >> 3] &= ~(0x80 >> (bit & 7));
  return { first, prefixBits };
}

export function formatAddressRange(range: AddressRange): string {
  const bits = isIpv4(range.first) && range.prefixBits >= 96 ? range.prefixBits - 96 : range.prefixBits;
  return `${formatAddress(range.first)}/${bits}`;
}

/** The last address of the range, 16 bytes. */
export function lastAddress(range: AddressRange): Uint8Array {
  const last = range.first.slice();
  for (let bit = range.prefixBits; bit < 128; bit++) last[bit >> 3] |= 0x80 >> (bit & 7);
  return last;
}

export function rangeContains(range: AddressRange, bytes: Uint8Array, at = 0): boolean {
  const whole = range.prefixBits >> 3;
  for (let i = 0; i < whole; i++) if (bytes[at + i] !== range.first[i]) return false;
  const rest = range.prefixBits & 7;
  if (rest === 0) return true;
  const mask = 0xff00 >> rest;
  return ((bytes[at + whole] ^ range.first[whole]) & mask & 0xff) === 0;
}

/** True for an address that one host can own: not unspecified, loopback, multicast, broadcast or reserved class E. */
export function isUnicast(bytes: Uint8Array, at = 0): boolean {
  if (isIpv4(bytes, at)) {
    const top = bytes[at + 12];
    return top !== 0 && top !== 127 && top < 224;
  }
  if (bytes[at] === 0xff) return false;
  for (let i = 0; i < ADDRESS_BYTES - 1; i++) if (bytes[at + i] !== 0) return true;
  return bytes[at + 15] > 1;
}
