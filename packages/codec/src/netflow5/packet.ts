import { HEADER, HEADER_BYTES, NETFLOW5_VERSION, RECORD_BYTES, readU16, readU32 } from "./layout.ts";

/** The header of one datagram and where its records are; one struct is reused for all datagrams. */
export interface Netflow5Packet {
  sysUptimeMs: number;
  unixSecs: number;
  unixNsecs: number;
  /** Number of flows this engine exported before this datagram, modulo 2^32. */
  flowSequence: number;
  engineType: number;
  engineId: number;
  /** 0 none said, 1 one in every `samplingInterval` packets, 2 at random (as Cisco prints them; 3 is undefined). */
  samplingMode: number;
  samplingInterval: number;
  /** Records the header claims. */
  claimedRecords: number;
  /** Whole records that are there, never more than claimed. */
  records: number;
  /** Byte offset of the first record. */
  recordsAt: number;
  /** Records with impossible times so far: set to 0 by the header, added to as the records are turned into flows. */
  timesClamped: number;
}

/**
 * What is wrong with a datagram, if anything. `count_lies` (fewer bytes than the count needs) and `trailing_bytes`
 * (more) leave whole records that are good; after `too_short` and `wrong_version` there are none.
 */
export type Netflow5Verdict = "ok" | "too_short" | "wrong_version" | "count_lies" | "trailing_bytes";

export function createNetflow5Packet(): Netflow5Packet {
  return {
    sysUptimeMs: 0,
    unixSecs: 0,
    unixNsecs: 0,
    flowSequence: 0,
    engineType: 0,
    engineId: 0,
    samplingMode: 0,
    samplingInterval: 0,
    claimedRecords: 0,
    records: 0,
    recordsAt: 0,
    timesClamped: 0,
  };
}

/**
 * Reads the header of the datagram in bytes[start, end) into `packet` and checks all bounds, so that
 * `packet.records` records of RECORD_BYTES from `packet.recordsAt` may be read without a further check.
 */
export function readNetflow5Packet(
  bytes: Uint8Array,
  start: number,
  end: number,
  packet: Netflow5Packet,
): Netflow5Verdict {
  packet.records = 0;
  packet.claimedRecords = 0;
  packet.timesClamped = 0;
  packet.recordsAt = start + HEADER_BYTES;
  const length = Math.min(end, bytes.length) - start;
  if (start < 0 || !(length >= 2)) return "too_short";
  if (readU16(bytes, start + HEADER.version) !== NETFLOW5_VERSION) return "wrong_version";
  if (length < HEADER_BYTES) return "too_short";
  packet.sysUptimeMs = readU32(bytes, start + HEADER.sysUptimeMs);
  packet.unixSecs = readU32(bytes, start + HEADER.unixSecs);
  packet.unixNsecs = readU32(bytes, start + HEADER.unixNsecs);
  packet.flowSequence = readU32(bytes, start + HEADER.flowSequence);
  packet.engineType = bytes[start + HEADER.engineType];
  packet.engineId = bytes[start + HEADER.engineId];
  const sampling = readU16(bytes, start + HEADER.sampling);
  packet.samplingMode = sampling >>> 14;
  packet.samplingInterval = sampling & 0x3fff;
  const claimed = readU16(bytes, start + HEADER.count);
  const room = length - HEADER_BYTES;
  packet.claimedRecords = claimed;
  if (room < claimed * RECORD_BYTES) {
    packet.records = Math.floor(room / RECORD_BYTES);
    return "count_lies";
  }
  packet.records = claimed;
  return room > claimed * RECORD_BYTES ? "trailing_bytes" : "ok";
}

/** Time of export, ms since 1970. */
export function exportTimeMs(packet: Netflow5Packet): number {
  return packet.unixSecs * 1000 + Math.floor(packet.unixNsecs / 1_000_000);
}

/** Engine type and id in one number, as the observation domain of the record. */
export function engineOf(packet: Netflow5Packet): number {
  return (packet.engineType << 8) | packet.engineId;
}

/**
 * One packet in this many was looked at. The interval counts whatever the mode bits say: exporters that
 * set the interval and leave the mode at 0 are read so by nfdump and pmacct too.
 */
export function samplingRateOf(packet: Netflow5Packet): number {
  return packet.samplingInterval === 0 ? 1 : packet.samplingInterval;
}
