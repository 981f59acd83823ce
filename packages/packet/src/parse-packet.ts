import { parseEtherType, parseIpOfEitherVersion, parseMpls } from "./ether-type.ts";
import { parseIeee80211, parseRadiotap } from "./ieee80211.ts";
import { parseFddi, parseFrameRelay, parseLlc, parseTokenRing } from "./lan-header.ts";
import { parseBsdLoopback, parseHdlc, parseLinuxCooked, parseLinuxCooked2 } from "./link-header.ts";
import { LINK_TYPE } from "./link-type.ts";
import { clearPacketHeaders, type PacketHeaders } from "./packet-headers.ts";
import { PARSE_RESULT, type ParseResult } from "./parse-result.ts";
import { parsePpp, parsePppoe } from "./ppp.ts";
import { readU16 } from "./big-endian.ts";

/**
 * Reads the headers of the packet in `bytes[start, end)` into `into`, all of which is overwritten.
 *
 * `end` is where the captured bytes end; a capture may have cut the packet. Never throws and reads nothing
 * outside `[start, end)` whatever the bytes are: each way to go wrong is a result (see `PARSE_RESULT`).
 *
 * @param linkType LINKTYPE_ number of the capture file, or `LINK_TYPE.ethernet` for a sampled Ethernet header
 */
export function parsePacket(
  bytes: Uint8Array,
  start: number,
  end: number,
  linkType: number,
  into: PacketHeaders,
): ParseResult {
  clearPacketHeaders(into);
  const result = parseLink(bytes, start, end, linkType, into);
  if (into.ipVersion !== 0) into.linkLength = into.ipAt - start;
  return result;
}

/** As `parsePacket`, where an EtherType read elsewhere says what begins at `start` (the payload of GRE or Geneve). */
export function parseBehindEtherType(
  bytes: Uint8Array,
  start: number,
  end: number,
  etherType: number,
  into: PacketHeaders,
): ParseResult {
  clearPacketHeaders(into);
  const result = parseEtherType(bytes, start, end, etherType, into);
  if (into.ipVersion !== 0) into.linkLength = into.ipAt - start;
  return result;
}

function parseLink(
  bytes: Uint8Array,
  start: number,
  end: number,
  linkType: number,
  into: PacketHeaders,
): ParseResult {
  switch (linkType) {
    case LINK_TYPE.ethernet:
      if (end - start < 14) return PARSE_RESULT.linkCut;
      return parseEtherType(bytes, start + 14, end, readU16(bytes, start + 12), into);
    case LINK_TYPE.linuxCooked:
      return parseLinuxCooked(bytes, start, end, into);
    case LINK_TYPE.linuxCooked2:
      return parseLinuxCooked2(bytes, start, end, into);
    case LINK_TYPE.raw:
    case LINK_TYPE.rawDlt:
    case LINK_TYPE.rawOpenBsd:
    case LINK_TYPE.ipv4:
    case LINK_TYPE.ipv6:
      return parseIpOfEitherVersion(bytes, start, end, into);
    case LINK_TYPE.null:
    case LINK_TYPE.loop:
      return parseBsdLoopback(bytes, start, end, into);
    case LINK_TYPE.ppp:
      return parsePpp(bytes, start, end, into);
    case LINK_TYPE.pppoe:
      return parsePppoe(bytes, start, end, into);
    case LINK_TYPE.cHdlc:
    case LINK_TYPE.pppHdlc:
      return parseHdlc(bytes, start, end, into);
    case LINK_TYPE.ieee80211:
      return parseIeee80211(bytes, start, end, into);
    case LINK_TYPE.radiotap:
      return parseRadiotap(bytes, start, end, into);
    case LINK_TYPE.mpls:
      return parseMpls(bytes, start, end, into);
    case LINK_TYPE.atmLlc:
      return parseLlc(bytes, start, end, into);
    case LINK_TYPE.fddi:
      return parseFddi(bytes, start, end, into);
    case LINK_TYPE.tokenRing:
      return parseTokenRing(bytes, start, end, into);
    case LINK_TYPE.frameRelay:
      return parseFrameRelay(bytes, start, end, into);
    default:
      return PARSE_RESULT.linkUnsupported;
  }
}
