import { IP_PROTOCOL } from "@flowlens/flow";
import { ipv4, ipv6 } from "./ip.ts";
import { icmp, tcp, udp } from "./transport.ts";

/** One packet of a made conversation, before it becomes bytes. */
export interface MadePacket {
  /** ms since 1970, whole microseconds. */
  readonly timeMs: number;
  readonly source: string;
  readonly destination: string;
  /** IP protocol number: ICMP, TCP, UDP or ICMPv6. */
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tcpFlags: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly icmpType: number;
  /** Bytes above the transport header. */
  readonly payloadBytes: number;
}

export interface MadePacketBytes {
  /** The IP packet; shorter than `originalLength` when cut. */
  readonly bytes: Uint8Array;
  /** Bytes of the whole IP packet. */
  readonly originalLength: number;
}

/** The IP packet's bytes, payload zeros, with true lengths and checksums; at most `snapLength` bytes of them. */
export function packetBytes(packet: MadePacket, snapLength = Number.POSITIVE_INFINITY): MadePacketBytes {
  const payload = new Uint8Array(packet.payloadBytes);
  const transport = transportBytes(packet, payload);
  const build = packet.source.includes(":") ? ipv6 : ipv4;
  const bytes = build(packet, transport);
  return { bytes: bytes.subarray(0, Math.min(bytes.length, snapLength)), originalLength: bytes.length };
}

/** Length of the IP packet. */
export function ipLengthOf(packet: MadePacket): number {
  const transportHeader = packet.protocol === IP_PROTOCOL.tcp ? 20 : 8;
  return (packet.source.includes(":") ? 40 : 20) + transportHeader + packet.payloadBytes;
}

function transportBytes(packet: MadePacket, payload: Uint8Array): Uint8Array {
  if (packet.protocol === IP_PROTOCOL.tcp) return tcp({ ...packet, flags: packet.tcpFlags }, payload);
  if (packet.protocol === IP_PROTOCOL.udp) return udp(packet, payload);
  return icmp({ type: packet.icmpType }, payload);
}
