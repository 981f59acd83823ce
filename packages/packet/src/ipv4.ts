import { readU16 } from "./big-endian.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { PARSE_RESULT, type ParseResult } from "./parse-result.ts";
import { parseTransport } from "./transport.ts";

const FIXED_HEADER_BYTES = 20;

/** RFC 791 §3.1. A total length of 0 is what segmentation offload leaves: then the captured bytes bound the packet. */
export function parseIpv4(bytes: Uint8Array, at: number, end: number, into: PacketHeaders): ParseResult {
  if (at >= end) return PARSE_RESULT.ipCut;
  if (bytes[at] >> 4 !== 4) return PARSE_RESULT.ipMalformed;
  if (end - at < FIXED_HEADER_BYTES) return PARSE_RESULT.ipCut;
  const headerLength = (bytes[at] & 0x0f) * 4;
  const totalLength = readU16(bytes, at + 2);
  if (headerLength < FIXED_HEADER_BYTES) return PARSE_RESULT.ipMalformed;
  if (totalLength !== 0 && totalLength < headerLength) return PARSE_RESULT.ipMalformed;

  into.ipVersion = 4;
  into.ipAt = at;
  into.ipLength = totalLength;
  into.ipTos = bytes[at + 1];
  into.ipProtocol = bytes[at + 9];
  into.srcAddrAt = at + 12;
  into.dstAddrAt = at + 16;

  const isCut = totalLength === 0 || at + totalLength > end;
  const packetEnd = isCut ? end : at + totalLength;
  const transportAt = Math.min(at + headerLength, packetEnd);
  into.transportAt = transportAt;
  into.payloadAt = transportAt;
  into.payloadEnd = packetEnd;

  const fragment = readU16(bytes, at + 6);
  const moreFragments = (fragment >> 13) & 1;
  const fragmentOffset = (fragment & 0x1fff) * 8;
  if (moreFragments !== 0 || fragmentOffset !== 0) {
    into.isFragment = 1;
    into.fragmentId = readU16(bytes, at + 4);
    into.fragmentOffset = fragmentOffset;
    into.moreFragments = moreFragments;
    if (fragmentOffset !== 0) return PARSE_RESULT.laterFragment;
  }
  return parseTransport(bytes, transportAt, packetEnd, isCut, into);
}
