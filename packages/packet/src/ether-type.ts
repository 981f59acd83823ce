import { readU16 } from "./big-endian.ts";
import { parseIpv4 } from "./ipv4.ts";
import { parseIpv6 } from "./ipv6.ts";
import { MAX_LINK_TAGS } from "./limits.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { hasIp, PARSE_RESULT, type ParseResult } from "./parse-result.ts";

/** EtherTypes (IEEE 802 numbers) that lead on to IP. */
const ETHER_TYPE = {
  ipv4: 0x0800,
  ipv6: 0x86dd,
  vlan: 0x8100,
  serviceVlan: 0x88a8,
  oldServiceVlan: 0x9100,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoeSession: 0x8864,
} as const;

/** Below this an EtherType field is the length of an IEEE 802.3 frame, and an LLC header follows. */
const FIRST_ETHER_TYPE = 0x0600;

const ETHERNET_BYTES = 14;
const PPPOE_HEADER_BYTES = 6;
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS = 0x0281;
const PPP_MPLS_MULTICAST = 0x0283;

/** What follows an EtherType field, through VLAN tags, PPPoE and MPLS labels to the IP header. */
export function parseEtherType(
  bytes: Uint8Array,
  payloadAt: number,
  end: number,
  etherType: number,
  into: PacketHeaders,
): ParseResult {
  let at = payloadAt;
  let type = etherType;
  for (let tags = 0; tags <= MAX_LINK_TAGS; tags++) {
    into.etherType = type < FIRST_ETHER_TYPE ? 0 : type;
    switch (type) {
      case ETHER_TYPE.ipv4:
        return parseIpv4(bytes, at, end, into);
      case ETHER_TYPE.ipv6:
        return parseIpv6(bytes, at, end, into);
      case ETHER_TYPE.vlan:
      case ETHER_TYPE.serviceVlan:
      case ETHER_TYPE.oldServiceVlan: {
        if (end - at < 4) return PARSE_RESULT.linkCut;
        const vlan = readU16(bytes, at) & 0x0fff;
        if (tags === 0) into.vlan = vlan;
        else if (tags === 1) into.innerVlan = vlan;
        type = readU16(bytes, at + 2);
        at += 4;
        break;
      }
      case ETHER_TYPE.mpls:
      case ETHER_TYPE.mplsMulticast:
        return parseMpls(bytes, at, end, into);
      case ETHER_TYPE.pppoeSession:
        if (end - at < PPPOE_HEADER_BYTES) return PARSE_RESULT.linkCut;
        return parsePppProtocol(bytes, at + PPPOE_HEADER_BYTES, end, into);
      default:
        if (type >= FIRST_ETHER_TYPE) return PARSE_RESULT.nonIp;
        // LLC with SNAP and no vendor (RFC 1042) carries an EtherType of its own; any other LLC is not IP.
        if (end - at < 3) return PARSE_RESULT.linkCut;
        if (bytes[at] !== 0xaa || bytes[at + 1] !== 0xaa || bytes[at + 2] !== 0x03) return PARSE_RESULT.nonIp;
        if (end - at < 8) return PARSE_RESULT.linkCut;
        if (bytes[at + 3] !== 0 || bytes[at + 4] !== 0 || bytes[at + 5] !== 0) return PARSE_RESULT.nonIp;
        type = readU16(bytes, at + 6);
        at += 8;
        if (type < FIRST_ETHER_TYPE) return PARSE_RESULT.nonIp;
    }
  }
  return PARSE_RESULT.tagsTooMany;
}

/** A link without a type field: the version nibble tells. */
export function parseIpOfEitherVersion(
  bytes: Uint8Array,
  at: number,
  end: number,
  into: PacketHeaders,
): ParseResult {
  if (at >= end) return PARSE_RESULT.ipCut;
  const version = bytes[at] >> 4;
  if (version === 4) return parseIpv4(bytes, at, end, into);
  if (version === 6) return parseIpv6(bytes, at, end, into);
  return PARSE_RESULT.ipMalformed;
}

/** PPP's protocol field, one or two bytes (RFC 1661 §6.5), and what follows. */
export function parsePppProtocol(
  bytes: Uint8Array,
  at: number,
  end: number,
  into: PacketHeaders,
): ParseResult {
  if (end - at < 1) return PARSE_RESULT.linkCut;
  const compressed = (bytes[at] & 1) === 1;
  if (!compressed && end - at < 2) return PARSE_RESULT.linkCut;
  const protocol = compressed ? bytes[at] : readU16(bytes, at);
  const payloadAt = at + (compressed ? 1 : 2);
  switch (protocol) {
    case PPP_IPV4:
      return parseIpv4(bytes, payloadAt, end, into);
    case PPP_IPV6:
      return parseIpv6(bytes, payloadAt, end, into);
    case PPP_MPLS:
    case PPP_MPLS_MULTICAST:
      return parseMpls(bytes, payloadAt, end, into);
    default:
      return PARSE_RESULT.nonIp;
  }
}

/**
 * A label stack (RFC 3032) does not say what it carries: the nibble after its bottom does, as routers guess it for
 * load balancing (RFC 4928). 4 and 6 are IP unless the rest contradicts, 0 begins a pseudowire's control word
 * (RFC 4385), and what is none of them may be an Ethernet frame without one (RFC 4448). Ethernet is believed where
 * an IP packet stands in it.
 */
export function parseMpls(bytes: Uint8Array, stackAt: number, end: number, into: PacketHeaders): ParseResult {
  let at = stackAt;
  for (let labels = 0; labels < MAX_LINK_TAGS; labels++) {
    if (end - at < 4) return PARSE_RESULT.linkCut;
    if (labels === 0) into.mplsLabel = (bytes[at] << 12) | (bytes[at + 1] << 4) | (bytes[at + 2] >> 4);
    const bottom = (bytes[at + 2] & 1) === 1;
    at += 4;
    if (!bottom) continue;
    if (at >= end) return PARSE_RESULT.linkCut;
    const version = bytes[at] >> 4;
    if (version === 4 || version === 6) {
      const result = version === 4 ? parseIpv4(bytes, at, end, into) : parseIpv6(bytes, at, end, into);
      if (result !== PARSE_RESULT.ipMalformed) return result;
    }
    // Many MAC addresses begin with a nibble of 0 too: where no IP stands behind a control word, there is none.
    const behindControlWord = version === 0 ? parsePseudowire(bytes, at + 4, end, into) : PARSE_RESULT.nonIp;
    return hasIp(behindControlWord) ? behindControlWord : parsePseudowire(bytes, at, end, into);
  }
  return PARSE_RESULT.tagsTooMany;
}

/** An Ethernet frame inside MPLS, through its own VLAN tags; a second label stack inside it is not walked. */
function parsePseudowire(bytes: Uint8Array, at: number, end: number, into: PacketHeaders): ParseResult {
  if (end - at < ETHERNET_BYTES) return PARSE_RESULT.nonIp;
  let typeAt = at + ETHERNET_BYTES - 2;
  for (let tags = 0; tags < MAX_LINK_TAGS && end - typeAt >= 2; tags++) {
    switch (readU16(bytes, typeAt)) {
      case ETHER_TYPE.ipv4:
        return believedIp(parseIpv4(bytes, typeAt + 2, end, into));
      case ETHER_TYPE.ipv6:
        return believedIp(parseIpv6(bytes, typeAt + 2, end, into));
      case ETHER_TYPE.vlan:
      case ETHER_TYPE.serviceVlan:
      case ETHER_TYPE.oldServiceVlan:
        typeAt += 4;
        break;
      default:
        return PARSE_RESULT.nonIp;
    }
  }
  return PARSE_RESULT.nonIp;
}

/** What was only guessed to be IP and is not whole is something else rather than a broken packet. */
function believedIp(result: ParseResult): ParseResult {
  return hasIp(result) ? result : PARSE_RESULT.nonIp;
}
