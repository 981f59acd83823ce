import { readU16 } from "./big-endian.ts";
import { LINK_TYPE } from "./link-type.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { parseBehindEtherType, parsePacket } from "./parse-packet.ts";
import { hasIp } from "./parse-result.ts";
import { TUNNEL, type Tunnel } from "./tunnel-kind.ts";

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
/** Version 1 only (RFC 2637 §4.1). */
const ACKNOWLEDGMENT = 0x0080;
const VERSION = 0x0007;

/** Protocol types beside the EtherTypes. */
const TRANSPARENT_ETHERNET = 0x6558;
const ERSPAN = 0x88be;
const ERSPAN_III = 0x22eb;
const PPP = 0x880b;
const WCCP = 0x883e;

const ERSPAN_II_BYTES = 8;
const ERSPAN_III_BYTES = 12;
const ERSPAN_III_SUBHEADER_BYTES = 8;
const WCCP_REDIRECT_BYTES = 4;

/** GRE (RFC 2784, RFC 2890), PPTP's variant (RFC 2637) and ERSPAN (draft-foschiano-erspan), down to the packet inside. */
export function parseGre(bytes: Uint8Array, start: number, end: number, into: PacketHeaders): Tunnel {
  if (end - start < 4) return TUNNEL.none;
  const flags = readU16(bytes, start);
  const type = readU16(bytes, start + 2);
  if ((flags & VERSION) === 1) return parsePptp(bytes, start, end, into);
  // Source routing went out of use with RFC 1701: such a header is not walked.
  if ((flags & VERSION) !== 0 || (flags & ROUTING) !== 0) return TUNNEL.none;
  const hasSequence = (flags & SEQUENCE) !== 0;
  const at =
    start + 4 + ((flags & CHECKSUM) !== 0 ? 4 : 0) + ((flags & KEY) !== 0 ? 4 : 0) + (hasSequence ? 4 : 0);
  if (at > end) return TUNNEL.none;
  switch (type) {
    case TRANSPARENT_ETHERNET:
      return hasIp(parsePacket(bytes, at, end, LINK_TYPE.ethernet, into)) ? TUNNEL.gre : TUNNEL.none;
    case ERSPAN:
      // Type I has neither sequence number nor a header of its own.
      return parseMirrored(bytes, at + (hasSequence ? ERSPAN_II_BYTES : 0), end, into);
    case ERSPAN_III: {
      if (end - at < ERSPAN_III_BYTES) return TUNNEL.none;
      const hasSubheader = (bytes[at + ERSPAN_III_BYTES - 1] & 1) === 1;
      const frameAt = at + ERSPAN_III_BYTES + (hasSubheader ? ERSPAN_III_SUBHEADER_BYTES : 0);
      return parseMirrored(bytes, frameAt, end, into);
    }
    case PPP:
      return hasIp(parsePacket(bytes, at, end, LINK_TYPE.ppp, into)) ? TUNNEL.gre : TUNNEL.none;
    case WCCP: {
      // WCCP version 2 puts a redirect header before the packet, version 1 does not.
      const isBare = at < end && bytes[at] >> 4 === 4;
      const packetAt = isBare ? at : at + WCCP_REDIRECT_BYTES;
      return hasIp(parsePacket(bytes, packetAt, end, LINK_TYPE.raw, into)) ? TUNNEL.gre : TUNNEL.none;
    }
    default:
      return hasIp(parseBehindEtherType(bytes, at, end, type, into)) ? TUNNEL.gre : TUNNEL.none;
  }
}

function parsePptp(bytes: Uint8Array, start: number, end: number, into: PacketHeaders): Tunnel {
  const flags = readU16(bytes, start);
  if ((flags & KEY) === 0 || readU16(bytes, start + 2) !== PPP) return TUNNEL.none;
  const at = start + 8 + ((flags & SEQUENCE) !== 0 ? 4 : 0) + ((flags & ACKNOWLEDGMENT) !== 0 ? 4 : 0);
  if (at > end) return TUNNEL.none;
  return hasIp(parsePacket(bytes, at, end, LINK_TYPE.ppp, into)) ? TUNNEL.gre : TUNNEL.none;
}

function parseMirrored(bytes: Uint8Array, at: number, end: number, into: PacketHeaders): Tunnel {
  if (at > end) return TUNNEL.none;
  return hasIp(parsePacket(bytes, at, end, LINK_TYPE.ethernet, into)) ? TUNNEL.erspan : TUNNEL.none;
}
