/**
 * What became of one packet. Up to `extensionsTooMany` an IP header was read (see `hasIp`) and the packet
 * can be metered; the rest of the codes say why not. Nothing is thrown: each code is a counter.
 */
export const PARSE_RESULT = {
  /** IP, and the transport header as far as its protocol has one. */
  transport: 0,
  /** IP, a fragment that is not the first: no transport header to read, `fragmentId` tells where it belongs. */
  laterFragment: 1,
  /** IP, but the capture was cut before the end of the transport header; what lies before the cut is filled in. */
  transportCut: 2,
  /** IP, but the IP length leaves no room for the transport header that the protocol must have. */
  transportShort: 3,
  /** IPv6, but the capture or the IP length ends inside the extension headers. */
  extensionsCut: 4,
  /** IPv6 with more than `MAX_EXTENSION_HEADERS` extension headers. */
  extensionsTooMany: 5,
  /** A whole frame that carries something else (ARP, STP, LLDP …): `etherType` says what, 0 where it has none. */
  nonIp: 6,
  /** Cut before the link header, its tags or labels were over. */
  linkCut: 7,
  /** More than `MAX_LINK_TAGS` VLAN tags or MPLS labels. */
  tagsTooMany: 8,
  /** Cut before the end of the fixed IP header. */
  ipCut: 9,
  /** Announced as IP, but version, header length or total length contradict that. */
  ipMalformed: 10,
  /** A link type that is not read here; its number is the caller's `linkType`. */
  linkUnsupported: 11,
} as const;

export type ParseResult = (typeof PARSE_RESULT)[keyof typeof PARSE_RESULT];

/** Counter names by code, in snake case: `PARSE_RESULT_NAMES[PARSE_RESULT.nonIp] === "non_ip"`. */
export const PARSE_RESULT_NAMES: readonly string[] = Object.keys(PARSE_RESULT).map((name) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
);

/** True when addresses, protocol and length of an IP packet are filled in: the packet counts as traffic. */
export function hasIp(result: ParseResult): boolean {
  return result <= PARSE_RESULT.extensionsTooMany;
}
