/** NetFlow version 9 on the wire, big-endian (RFC 3954 §5). */
export const NETFLOW9_VERSION = 9;
export const HEADER_BYTES = 20;
export const SET_HEADER_BYTES = 4;
export const TEMPLATE_SET = 0;
export const OPTIONS_TEMPLATE_SET = 1;
/** Ids below are reserved for sets that are no data. */
export const FIRST_DATA_SET = 256;

export const HEADER = {
  version: 0,
  /** Records of all kinds in the datagram. */
  count: 2,
  sysUptimeMs: 4,
  unixSecs: 8,
  /** Datagrams this source id sent before. */
  sequence: 12,
  sourceId: 16,
} as const;

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
