/**
 * The headers of one packet as numbers; one object is reused for every packet. Offsets count from the
 * beginning of the byte array that was parsed and hold only as long as its bytes do.
 */
export interface PacketHeaders {
  /** 4 or 6, 0 when no IP header was read; then everything below `mplsLabel` is 0. */
  ipVersion: number;
  /** The last EtherType read (0x0800, 0x86dd, 0x0806 …), 0 where the link has none. */
  etherType: number;
  /** Id of the outermost VLAN tag, 0 when untagged. */
  vlan: number;
  /** Id of the second VLAN tag (QinQ), else 0. */
  innerVlan: number;
  /** Topmost MPLS label, -1 when there is none. */
  mplsLabel: number;
  /** Where the IP header begins. */
  ipAt: number;
  /** Bytes of link header, tags and labels before the IP header. */
  linkLength: number;
  /** IP header plus payload in bytes as the header says, 0 where it does not say (segmentation offload, jumbograms). */
  ipLength: number;
  /** Offset of the source address, 4 or 16 bytes. */
  srcAddrAt: number;
  /** Offset of the destination address, 4 or 16 bytes. */
  dstAddrAt: number;
  /** IPv4 type of service or IPv6 traffic class. */
  ipTos: number;
  /** Protocol above IP and its extension headers (IANA number). */
  ipProtocol: number;
  /** 1 when the packet is one fragment of several, first or later. */
  isFragment: number;
  /** IP identification of a fragment (16 bit in IPv4, 32 bit in IPv6), else 0. */
  fragmentId: number;
  /** Place of the fragment's payload in the whole, in bytes. */
  fragmentOffset: number;
  /** 1 when more fragments follow. */
  moreFragments: number;
  /** TCP, UDP, SCTP or DCCP port, else 0. */
  srcPort: number;
  /** TCP, UDP, SCTP or DCCP port, else 0. */
  dstPort: number;
  /** The eight flags of the TCP header, else 0. */
  tcpFlags: number;
  /** type × 256 + code of ICMP and ICMPv6, else 0. */
  icmpTypeCode: number;
  /** Where the transport header begins. */
  transportAt: number;
  /** Where the payload above the transport header begins; never after `payloadEnd`. */
  payloadAt: number;
  /** Where the captured payload ends: link padding is left out, and so is what the capture cut off. */
  payloadEnd: number;
}

export function createPacketHeaders(): PacketHeaders {
  return {
    ipVersion: 0,
    etherType: 0,
    vlan: 0,
    innerVlan: 0,
    mplsLabel: -1,
    ipAt: 0,
    linkLength: 0,
    ipLength: 0,
    srcAddrAt: 0,
    dstAddrAt: 0,
    ipTos: 0,
    ipProtocol: 0,
    isFragment: 0,
    fragmentId: 0,
    fragmentOffset: 0,
    moreFragments: 0,
    srcPort: 0,
    dstPort: 0,
    tcpFlags: 0,
    icmpTypeCode: 0,
    transportAt: 0,
    payloadAt: 0,
    payloadEnd: 0,
  };
}

/** Back to the state of `createPacketHeaders`, so that nothing of the packet before shows through. */
export function clearPacketHeaders(into: PacketHeaders): void {
  into.ipVersion = 0;
  into.etherType = 0;
  into.vlan = 0;
  into.innerVlan = 0;
  into.mplsLabel = -1;
  into.ipAt = 0;
  into.linkLength = 0;
  into.ipLength = 0;
  into.srcAddrAt = 0;
  into.dstAddrAt = 0;
  into.ipTos = 0;
  into.ipProtocol = 0;
  into.isFragment = 0;
  into.fragmentId = 0;
  into.fragmentOffset = 0;
  into.moreFragments = 0;
  into.srcPort = 0;
  into.dstPort = 0;
  into.tcpFlags = 0;
  into.icmpTypeCode = 0;
  into.transportAt = 0;
  into.payloadAt = 0;
  into.payloadEnd = 0;
}
