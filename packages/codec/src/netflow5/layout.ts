/**
 * NetFlow version 5 on the wire, big-endian (Cisco, "NetFlow Export Datagram Format", tables B-3 and B-4).
 * A datagram is one header and `count` records; a record is always IPv4 and one direction.
 */
export const NETFLOW5_VERSION = 5;
export const HEADER_BYTES = 24;
export const RECORD_BYTES = 48;
/** What an exporter puts into one datagram at most: 30 records stay under 1500 bytes. */
export const MAX_RECORDS_SENT = 30;

export const HEADER = {
  version: 0,
  count: 2,
  sysUptimeMs: 4,
  unixSecs: 8,
  unixNsecs: 12,
  flowSequence: 16,
  engineType: 20,
  engineId: 21,
  /** Upper two bits the sampling mode, lower fourteen the interval. */
  sampling: 22,
} as const;

export const RECORD = {
  srcAddr: 0,
  dstAddr: 4,
  nextHop: 8,
  input: 12,
  output: 14,
  packets: 16,
  octets: 20,
  first: 24,
  last: 28,
  srcPort: 32,
  dstPort: 34,
  tcpFlags: 37,
  protocol: 38,
  tos: 39,
  srcAs: 40,
  dstAs: 42,
  srcMask: 44,
  dstMask: 45,
} as const;

export const SAMPLING_INTERVAL_MAX = 0x3fff;

export function readU16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}

export function readU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
