import {
  formatAddress,
  isIpv4,
  lastAddress,
  parseAddress,
  rangeContains,
  type AddressRange,
} from "@flowlens/flow";

/** IPv4 is ::ffff:0:0/96; a wider range has all of it or nothing. */
const IPV4_PREFIX_BITS = 96;
const FIRST_IPV4 = parseAddress("0.0.0.0")!;

/** SQL that is true for addresses in the column that lie in one of the ranges. Works with the primary key. */
export function inRanges(column: string, ranges: readonly AddressRange[]): string {
  if (ranges.length === 0) return "0";
  const tests = ranges.map(
    (range) =>
      `(${column} >= ${addressLiteral(range.first)} AND ${column} <= ${addressLiteral(lastAddress(range))})`,
  );
  return `(${tests.join(" OR ")})`;
}

/** As `inRanges` for IPv4 addresses that `ipv4Number` has made numbers; ranges of IPv6 contain none of them. */
export function inIpv4Ranges(number: string, ranges: readonly AddressRange[]): string {
  const tests = ranges.flatMap((range) => {
    if (range.prefixBits < IPV4_PREFIX_BITS) return rangeContains(range, FIRST_IPV4) ? ["1"] : [];
    if (!isIpv4(range.first)) return [];
    return [`(${number} >= ${ipv4Value(range.first)} AND ${number} <= ${ipv4Value(lastAddress(range))})`];
  });
  return tests.length === 0 ? "0" : `(${tests.join(" OR ")})`;
}

/** The low 32 bits of an address: a quarter of the bytes to hash where all addresses are IPv4. */
export function ipv4Number(column: string): string {
  return `toUInt32(bitAnd(toUInt128(${column}), 0xffffffff))`;
}

export function isIpv4Sql(column: string): string {
  return `(bitShiftRight(toUInt128(${column}), 32) = 0xffff)`;
}

/** True for group addresses and the limited broadcast address (RFC 5771, RFC 919, RFC 4291 §2.7). */
export function isGroupSql(column: string): string {
  return `((${column} >= toIPv6('224.0.0.0') AND ${column} <= toIPv6('239.255.255.255')) OR ${column} = toIPv6('255.255.255.255') OR ${column} >= toIPv6('ff00::'))`;
}

function addressLiteral(address: Uint8Array): string {
  return `toIPv6('${formatAddress(address)}')`;
}

/** The text of an address as ClickHouse writes it, in the form of `formatAddress`. */
export function addressFromStore(text: string): string {
  if (text.startsWith("::ffff:") && text.includes(".")) return text.slice(7);
  const bytes = parseAddress(text);
  return bytes === undefined ? text : formatAddress(bytes);
}

function ipv4Value(address: Uint8Array): number {
  return new DataView(address.buffer, address.byteOffset, 16).getUint32(12);
}
