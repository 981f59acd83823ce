import { readU16 } from "./big-endian.ts";
import { parseGtpU } from "./gtp-u.ts";
import { LINK_TYPE } from "./link-type.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { parseBehindEtherType, parsePacket } from "./parse-packet.ts";
import { hasIp } from "./parse-result.ts";
import { TUNNEL, type Tunnel } from "./tunnel-kind.ts";

/** UDP ports (IANA); Linux used 8472 for VXLAN before 4789 was assigned, and flannel still does. */
const GTP_U_PORT = 2152;
const TEREDO_PORT = 3544;
const VXLAN_PORT = 4789;
const VXLAN_GPE_PORT = 4790;
const GENEVE_PORT = 6081;
const MPLS_PORT = 6635;
const VXLAN_OLD_PORT = 8472;

const VXLAN_BYTES = 8;
const GENEVE_BYTES = 8;
const TRANSPARENT_ETHERNET = 0x6558;

/** The packet inside a UDP datagram whose port belongs to a tunnel. */
export function parseUdpTunnel(bytes: Uint8Array, outer: PacketHeaders, into: PacketHeaders): Tunnel {
  const at = outer.payloadAt;
  const end = outer.payloadEnd;
  switch (outer.dstPort) {
    case VXLAN_PORT:
    case VXLAN_OLD_PORT:
      return parseVxlan(bytes, at, end, into);
    case VXLAN_GPE_PORT:
      return parseVxlanGpe(bytes, at, end, into);
    case GENEVE_PORT:
      return parseGeneve(bytes, at, end, into);
    case GTP_U_PORT:
      return parseGtpU(bytes, at, end, into);
    case TEREDO_PORT:
      return parseTeredo(bytes, at, end, into);
    case MPLS_PORT:
      return hasIp(parsePacket(bytes, at, end, LINK_TYPE.mpls, into)) ? TUNNEL.mplsInIp : TUNNEL.none;
    default:
      // A Teredo relay answers from the port that it is asked at.
      return outer.srcPort === TEREDO_PORT ? parseTeredo(bytes, at, end, into) : TUNNEL.none;
  }
}

/** RFC 7348 §5; reserved bits may carry the group policy extension, so only the I flag is asked for. */
function parseVxlan(bytes: Uint8Array, at: number, end: number, into: PacketHeaders): Tunnel {
  if (end - at < VXLAN_BYTES || (bytes[at] & 0x08) === 0 || bytes[at + 7] !== 0) return TUNNEL.none;
  return hasIp(parsePacket(bytes, at + VXLAN_BYTES, end, LINK_TYPE.ethernet, into))
    ? TUNNEL.vxlan
    : TUNNEL.none;
}

/** draft-ietf-nvo3-vxlan-gpe: the next protocol stands in the fourth byte. */
function parseVxlanGpe(bytes: Uint8Array, at: number, end: number, into: PacketHeaders): Tunnel {
  if (end - at < VXLAN_BYTES || (bytes[at] & 0x0c) !== 0x0c) return TUNNEL.none;
  let linkType: number;
  switch (bytes[at + 3]) {
    case 1:
      linkType = LINK_TYPE.ipv4;
      break;
    case 2:
      linkType = LINK_TYPE.ipv6;
      break;
    case 3:
      linkType = LINK_TYPE.ethernet;
      break;
    default:
      return TUNNEL.none;
  }
  return hasIp(parsePacket(bytes, at + VXLAN_BYTES, end, linkType, into)) ? TUNNEL.vxlan : TUNNEL.none;
}

/** RFC 8926 §3.4: version 0, options in words of 4 bytes, the protocol as an EtherType. */
function parseGeneve(bytes: Uint8Array, at: number, end: number, into: PacketHeaders): Tunnel {
  if (end - at < GENEVE_BYTES || bytes[at] >> 6 !== 0) return TUNNEL.none;
  const payloadAt = at + GENEVE_BYTES + (bytes[at] & 0x3f) * 4;
  if (payloadAt > end) return TUNNEL.none;
  const type = readU16(bytes, at + 2);
  const result =
    type === TRANSPARENT_ETHERNET
      ? parsePacket(bytes, payloadAt, end, LINK_TYPE.ethernet, into)
      : parseBehindEtherType(bytes, payloadAt, end, type, into);
  return hasIp(result) ? TUNNEL.geneve : TUNNEL.none;
}

/** RFC 4380 §5.1.1: an authentication header and an origin indication may stand before the IPv6 packet. */
function parseTeredo(bytes: Uint8Array, start: number, end: number, into: PacketHeaders): Tunnel {
  let at = start;
  if (end - at >= 4 && bytes[at] === 0 && bytes[at + 1] === 1) at += 13 + bytes[at + 2] + bytes[at + 3];
  if (end - at >= 8 && bytes[at] === 0 && bytes[at + 1] === 0) at += 8;
  if (at >= end || bytes[at] >> 4 !== 6) return TUNNEL.none;
  return hasIp(parsePacket(bytes, at, end, LINK_TYPE.ipv6, into)) ? TUNNEL.teredo : TUNNEL.none;
}
