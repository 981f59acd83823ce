import { readU16 } from "./big-endian.ts";
import { parseEtherType } from "./ether-type.ts";
import { parseIpv4 } from "./ipv4.ts";
import { parseIpv6 } from "./ipv6.ts";
import type { PacketHeaders } from "./packet-headers.ts";
import { PARSE_RESULT, type ParseResult } from "./parse-result.ts";
import { parsePpp } from "./ppp.ts";

/** ARPHRD_ numbers of devices whose cooked "protocol" is not an EtherType: IEEE 802.11 with its headers, netlink. */
const ARPHRD_WITHOUT_ETHER_TYPE: readonly number[] = [801, 802, 803, 824];

/** The cooked protocol value that stands for an LLC header (Linux ETH_P_802_2). */
const COOKED_LLC = 0x0004;

/** AF_INET everywhere, and the AF_INET6 of Linux, Windows, BSDs, FreeBSD and Darwin. */
const FAMILY_IPV4 = 2;
const FAMILIES_IPV6: readonly number[] = [10, 23, 24, 28, 30];

/** LINKTYPE_LINUX_SLL: type 2, ARPHRD 2, address length 2, address 8, protocol 2. */
export function parseLinuxCooked(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: PacketHeaders,
): ParseResult {
  if (end - start < 16) return PARSE_RESULT.linkCut;
  if (ARPHRD_WITHOUT_ETHER_TYPE.includes(readU16(bytes, start + 2))) return PARSE_RESULT.nonIp;
  return parseCookedProtocol(bytes, start + 16, end, readU16(bytes, start + 14), into);
}

/** LINKTYPE_LINUX_SLL2: protocol 2, reserved 2, interface 4, ARPHRD 2, type 1, address length 1, address 8. */
export function parseLinuxCooked2(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: PacketHeaders,
): ParseResult {
  if (end - start < 20) return PARSE_RESULT.linkCut;
  if (ARPHRD_WITHOUT_ETHER_TYPE.includes(readU16(bytes, start + 8))) return PARSE_RESULT.nonIp;
  return parseCookedProtocol(bytes, start + 20, end, readU16(bytes, start), into);
}

function parseCookedProtocol(
  bytes: Uint8Array,
  at: number,
  end: number,
  protocol: number,
  into: PacketHeaders,
): ParseResult {
  if (protocol < 0x0600 && protocol !== COOKED_LLC) return PARSE_RESULT.nonIp;
  return parseEtherType(bytes, at, end, protocol, into);
}

/** LINKTYPE_NULL and LINKTYPE_LOOP: the family is small, so the half that is not zero tells the byte order. */
export function parseBsdLoopback(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: PacketHeaders,
): ParseResult {
  if (end - start < 4) return PARSE_RESULT.linkCut;
  const high = readU16(bytes, start);
  const family = high === 0 ? readU16(bytes, start + 2) : bytes[start] | (bytes[start + 1] << 8);
  if (family === FAMILY_IPV4) return parseIpv4(bytes, start + 4, end, into);
  if (FAMILIES_IPV6.includes(family)) return parseIpv6(bytes, start + 4, end, into);
  return PARSE_RESULT.nonIp;
}

/** Cisco HDLC: address, control, EtherType. Serial lines that turn out to speak PPP begin with FF 03. */
export function parseHdlc(bytes: Uint8Array, start: number, end: number, into: PacketHeaders): ParseResult {
  if (end - start < 4) return PARSE_RESULT.linkCut;
  if (bytes[start] === 0xff && bytes[start + 1] === 0x03) return parsePpp(bytes, start, end, into);
  const type = readU16(bytes, start + 2);
  if (type < 0x0600) return PARSE_RESULT.nonIp;
  return parseEtherType(bytes, start + 4, end, type, into);
}
