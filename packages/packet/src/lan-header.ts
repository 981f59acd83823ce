import { readU16 } from "./big-endian.ts";
import { parseEtherType } from "./ether-type.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { PARSE_RESULT, type ParseResult } from "./parse-result.ts";
import { parseIpv4 } from "./ipv4.ts";
import { parseIpv6 } from "./ipv6.ts";

/** Makes `parseEtherType` begin with an LLC header. */
const LLC = 0;

/** Network layer protocol ids (ISO/IEC TR 9577) of frame relay that lead on to IP. */
const NLPID = { snap: 0x80, ipv6: 0x8e, ipv4: 0xcc } as const;

/** LLC at once: ATM's AAL5 as RFC 2684 §5 wraps it, and what 802-like headers end with. */
export function parseLlc(bytes: Uint8Array, at: number, end: number, into: PacketHeaders): ParseResult {
  return parseEtherType(bytes, at, end, LLC, into);
}

/** FDDI (ISO 9314-2) and token bus (IEEE 802.4): frame control, two addresses of 6 bytes, LLC in data frames. */
export function parseFddi(bytes: Uint8Array, start: number, end: number, into: PacketHeaders): ParseResult {
  if (end - start < 13) return PARSE_RESULT.linkCut;
  return parseLlc(bytes, start + 13, end, into);
}

/**
 * IEEE 802.5: access and frame control, addresses, LLC. The top bit of the source address announces routing
 * information, whose length stands in the low 5 bits of its first byte.
 */
export function parseTokenRing(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: PacketHeaders,
): ParseResult {
  if (end - start < 14) return PARSE_RESULT.linkCut;
  const isData = bytes[start + 1] >> 6 === 1;
  if (!isData) return PARSE_RESULT.nonIp;
  let at = start + 14;
  if ((bytes[start + 8] & 0x80) !== 0) {
    if (at >= end) return PARSE_RESULT.linkCut;
    at += bytes[at] & 0x1f;
  }
  if (at > end) return PARSE_RESULT.linkCut;
  return parseLlc(bytes, at, end, into);
}

/** Frame relay: a Q.922 address of 2 to 4 bytes, then as RFC 2427, or Cisco's EtherType. */
export function parseFrameRelay(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: PacketHeaders,
): ParseResult {
  let at = start;
  // The last byte of the address has its lowest bit set.
  while (at < end && at - start < 3 && (bytes[at] & 1) === 0) at++;
  at++;
  if (end - at < 2) return PARSE_RESULT.linkCut;
  if (bytes[at] !== 0x03) return parseEtherType(bytes, at + 2, end, readU16(bytes, at), into);
  at++;
  if (bytes[at] === 0) at++; // a pad byte
  if (at >= end) return PARSE_RESULT.linkCut;
  switch (bytes[at]) {
    case NLPID.ipv4:
      return parseIpv4(bytes, at + 1, end, into);
    case NLPID.ipv6:
      return parseIpv6(bytes, at + 1, end, into);
    case NLPID.snap:
      if (end - at < 6) return PARSE_RESULT.linkCut;
      if (bytes[at + 1] !== 0 || bytes[at + 2] !== 0 || bytes[at + 3] !== 0) return PARSE_RESULT.nonIp;
      return parseEtherType(bytes, at + 6, end, readU16(bytes, at + 4), into);
    default:
      return PARSE_RESULT.nonIp;
  }
}
