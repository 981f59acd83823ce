import { parseEtherType } from "./ether-type.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { PARSE_RESULT, type ParseResult } from "./parse-result.ts";

/** Makes `parseEtherType` begin with an LLC header, as after the length field of an 802.3 frame. */
const LLC = 0;

/** radiotap (https://www.radiotap.org): its length is little-endian at offset 2, the 802.11 frame follows. */
export function parseRadiotap(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: PacketHeaders,
): ParseResult {
  if (end - start < 8) return PARSE_RESULT.linkCut;
  const length = bytes[start + 2] | (bytes[start + 3] << 8);
  if (length < 8) return PARSE_RESULT.nonIp;
  if (end - start < length) return PARSE_RESULT.linkCut;
  return parseIeee80211(bytes, start + length, end, into);
}

/**
 * IEEE 802.11-2020 §9.2: only whole data frames in the clear carry IP that can be read; management, control,
 * encrypted, fragmented and aggregated (A-MSDU) frames count as not IP.
 */
export function parseIeee80211(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: PacketHeaders,
): ParseResult {
  if (end - start < 2) return PARSE_RESULT.linkCut;
  const control = bytes[start];
  const flags = bytes[start + 1];
  const isData = ((control >> 2) & 3) === 2 && (control & 0x40) === 0;
  const isProtected = (flags & 0x40) !== 0;
  const moreFragments = (flags & 0x04) !== 0;
  if (!isData || isProtected || moreFragments) return PARSE_RESULT.nonIp;
  const isQos = (control & 0x80) !== 0;
  const fourAddresses = (flags & 0x03) === 3;
  const hasHtControl = isQos && (flags & 0x80) !== 0;
  const qosAt = start + 24 + (fourAddresses ? 6 : 0);
  const payloadAt = qosAt + (isQos ? 2 : 0) + (hasHtControl ? 4 : 0);
  if (end < payloadAt) return PARSE_RESULT.linkCut;
  const isLaterFragment = (bytes[start + 22] & 0x0f) !== 0;
  const isAggregate = isQos && (bytes[qosAt] & 0x80) !== 0;
  if (isLaterFragment || isAggregate) return PARSE_RESULT.nonIp;
  return parseEtherType(bytes, payloadAt, end, LLC, into);
}
