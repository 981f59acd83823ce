import { readU16, readU32 } from "./big-endian.ts";
import { MAX_EXTENSION_HEADERS } from "./limits.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { PARSE_RESULT, type ParseResult } from "./parse-result.ts";
import { parseTransport } from "./transport.ts";

const FIXED_HEADER_BYTES = 40;

/** IANA "IPv6 Extension Header Types" that can be stepped over. */
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const NO_NEXT_HEADER = 59;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HIP = 139;
const SHIM6 = 140;

/** RFC 8200 §3. A payload length of 0 before a header means a jumbogram (RFC 2675) or segmentation offload. */
export function parseIpv6(bytes: Uint8Array, at: number, end: number, into: PacketHeaders): ParseResult {
  if (at >= end) return PARSE_RESULT.ipCut;
  if (bytes[at] >> 4 !== 6) return PARSE_RESULT.ipMalformed;
  if (end - at < FIXED_HEADER_BYTES) return PARSE_RESULT.ipCut;
  const payloadLength = readU16(bytes, at + 4);
  const nextHeader = bytes[at + 6];
  const lengthSaid = payloadLength !== 0 || nextHeader === NO_NEXT_HEADER;

  into.ipVersion = 6;
  into.ipAt = at;
  into.ipLength = lengthSaid ? FIXED_HEADER_BYTES + payloadLength : 0;
  into.ipTos = ((bytes[at] & 0x0f) << 4) | (bytes[at + 1] >> 4);
  into.srcAddrAt = at + 8;
  into.dstAddrAt = at + 24;

  const isCut = !lengthSaid || at + into.ipLength > end;
  const packetEnd = isCut ? end : at + into.ipLength;
  into.payloadEnd = packetEnd;
  return parseExtensions(bytes, at + FIXED_HEADER_BYTES, packetEnd, nextHeader, isCut, into);
}

/** Steps over extension headers (RFC 8200 §4) up to the transport header or a later fragment's payload. */
function parseExtensions(
  bytes: Uint8Array,
  start: number,
  end: number,
  firstHeader: number,
  isCut: boolean,
  into: PacketHeaders,
): ParseResult {
  let at = start;
  let header = firstHeader;
  for (let count = 0; count <= MAX_EXTENSION_HEADERS; count++) {
    into.ipProtocol = header;
    into.transportAt = at;
    into.payloadAt = at;
    let length: number;
    switch (header) {
      case HOP_BY_HOP:
      case ROUTING:
      case DESTINATION_OPTIONS:
      case MOBILITY:
      case HIP:
      case SHIM6:
        if (end - at < 2) return PARSE_RESULT.extensionsCut;
        length = (bytes[at + 1] + 1) * 8;
        break;
      case AUTHENTICATION:
        if (end - at < 2) return PARSE_RESULT.extensionsCut;
        length = (bytes[at + 1] + 2) * 4;
        break;
      case FRAGMENT: {
        if (end - at < 8) return PARSE_RESULT.extensionsCut;
        length = 8;
        const field = readU16(bytes, at + 2);
        if ((field & 0xfff9) === 0) break; // an atomic fragment (RFC 6946) is a whole packet
        into.isFragment = 1;
        into.fragmentId = readU32(bytes, at + 4);
        into.fragmentOffset = field & 0xfff8;
        into.moreFragments = field & 1;
        if (into.fragmentOffset === 0) break;
        into.ipProtocol = bytes[at];
        into.transportAt = at + length;
        into.payloadAt = at + length;
        return PARSE_RESULT.laterFragment;
      }
      default:
        return parseTransport(bytes, at, end, isCut, into);
    }
    if (end - at < length) return PARSE_RESULT.extensionsCut;
    header = bytes[at];
    at += length;
  }
  return PARSE_RESULT.extensionsTooMany;
}
