import { parseGre } from "./gre.ts";
import { MAX_TUNNELS } from "./limits.ts";
import { LINK_TYPE } from "./link-type.ts";
import { createPacketHeaders, type PacketHeaders } from "./packet-headers.ts";
import { parsePacket } from "./parse-packet.ts";
import { hasIp } from "./parse-result.ts";
import { TUNNEL, type Tunnel } from "./tunnel-kind.ts";
import { parseUdpTunnel } from "./udp-tunnel.ts";

/** IANA protocol numbers that carry another packet. */
const IP_IN_IP = 4;
const IPV6_IN_IP = 41;
const GRE = 47;
const ETHER_IN_IP = 97;
const MPLS_IN_IP = 137;
const UDP = 17;

/** The headers inside one packet's tunnels, from the outside in; one object is reused for every packet. */
export interface TunnelPath {
  /** Tunnels entered: `headers[depth - 1]` is the innermost packet. */
  depth: number;
  readonly kinds: Tunnel[];
  readonly headers: readonly PacketHeaders[];
}

export function createTunnelPath(): TunnelPath {
  return {
    depth: 0,
    kinds: Array.from({ length: MAX_TUNNELS }, () => TUNNEL.none),
    headers: Array.from({ length: MAX_TUNNELS }, createPacketHeaders),
  };
}

/**
 * Follows tunnels inward from a packet that `parsePacket` read from the same `bytes` and returns the headers of the
 * innermost packet reached: `outer` itself where there is no tunnel, one of `path.headers` otherwise.
 *
 * A tunnel is entered only when an IP packet stands whole enough inside and is no longer than its envelope says, so a
 * datagram that merely uses a tunnel's port stays what it is. `follow` is a set of `TUNNEL` bits: which kinds to enter.
 * At most `MAX_TUNNELS` are entered. Never throws and reads nothing past the outer packet's end.
 */
export function followTunnels(
  bytes: Uint8Array,
  outer: PacketHeaders,
  follow: number,
  path: TunnelPath,
): PacketHeaders {
  path.depth = 0;
  let packet = outer;
  while (path.depth < MAX_TUNNELS && mayCarryPacket(packet)) {
    const inner = path.headers[path.depth];
    const kind = parseInner(bytes, packet, inner);
    if ((kind & follow) === 0 || !fitsInto(packet, inner)) break;
    path.kinds[path.depth++] = kind;
    packet = inner;
  }
  return packet;
}

/** A quick no for the packets that are most of all: TCP, ICMP, and UDP between other ports. */
function mayCarryPacket(packet: PacketHeaders): boolean {
  return packet.fragmentOffset === 0 && packet.payloadAt < packet.payloadEnd && packet.ipProtocol !== 6;
}

/** Reads the packet that `packet` carries into `inner`; `TUNNEL.none` when it carries none. */
function parseInner(bytes: Uint8Array, packet: PacketHeaders, inner: PacketHeaders): Tunnel {
  const at = packet.payloadAt;
  const end = packet.payloadEnd;
  switch (packet.ipProtocol) {
    case UDP:
      return parseUdpTunnel(bytes, packet, inner);
    case IP_IN_IP:
      return hasIp(parsePacket(bytes, at, end, LINK_TYPE.ipv4, inner)) && inner.ipVersion === 4
        ? TUNNEL.ipInIp
        : TUNNEL.none;
    case IPV6_IN_IP:
      return hasIp(parsePacket(bytes, at, end, LINK_TYPE.ipv6, inner)) && inner.ipVersion === 6
        ? TUNNEL.ipv6InIp
        : TUNNEL.none;
    case GRE:
      return parseGre(bytes, at, end, inner);
    case ETHER_IN_IP:
      // RFC 3378: version 3 in the upper four bits, then twelve zero bits.
      if (end - at < 2 || bytes[at] !== 0x30 || bytes[at + 1] !== 0) return TUNNEL.none;
      return hasIp(parsePacket(bytes, at + 2, end, LINK_TYPE.ethernet, inner))
        ? TUNNEL.etherInIp
        : TUNNEL.none;
    case MPLS_IN_IP:
      return hasIp(parsePacket(bytes, at, end, LINK_TYPE.mpls, inner)) ? TUNNEL.mplsInIp : TUNNEL.none;
    default:
      return TUNNEL.none;
  }
}

/** An inner packet ends before its envelope does; a first fragment's envelope says nothing about that. */
function fitsInto(outer: PacketHeaders, inner: PacketHeaders): boolean {
  if (outer.ipLength === 0 || outer.isFragment === 1) return true;
  return inner.ipAt + inner.ipLength <= outer.ipAt + outer.ipLength;
}
