/** IPFIX on the wire, big-endian (RFC 7011 §3). */
export const IPFIX_VERSION = 10;
export const HEADER_BYTES = 16;
export const SET_HEADER_BYTES = 4;
export const TEMPLATE_SET = 2;
export const OPTIONS_TEMPLATE_SET = 3;
/** Ids below are reserved for sets that are no data. */
export const FIRST_DATA_SET = 256;

export const HEADER = {
  version: 0,
  /** Bytes of the message, header included. */
  length: 2,
  exportSecs: 4,
  /** Data records this domain sent before. */
  sequence: 8,
  domain: 12,
} as const;

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
