/**
 * How one column of one frame is written: 8 bytes {kind u8, 3 unused, argument u32}, then its data, all
 * little-endian and padded to 8 bytes so that typed arrays can look at it in place.
 */
export const COLUMN_KIND = {
  /** Every row has the value `argument`; no data. */
  same: 0,
  /** Every row has the double that follows. */
  sameDouble: 1,
  /** Every row has the 16 bytes that follow. */
  sameAddress: 2,
  /** Unsigned integers of 1, 2 and 4 bytes. */
  wide1: 3,
  wide2: 4,
  wide4: 5,
  double: 6,
  /** A double, to which the unsigned integers of 2 or 4 bytes that follow are added. */
  offset2: 7,
  offset4: 8,
  /** The last 4 bytes of mapped IPv4 addresses. */
  ipv4: 9,
  address: 10,
  /** `argument` IPv4 addresses among others: a bit a row (set: IPv4), padded to 8 bytes; then the IPv4 ones, 4 bytes each, padded to 8; then the others, 16 each. */
  mixedAddress: 11,
} as const;

export const COLUMN_HEAD_BYTES = 8;

/** Words 0, 1 and 2 of a mapped IPv4 address as little-endian integers are 0, 0 and this. */
export const IPV4_WORD_2 = 0xffff_0000;

export function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}
