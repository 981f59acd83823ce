import { IP_PROTOCOL } from "@flowlens/flow";
import type { PacketHeaders } from "@flowlens/packet";
import { IPV6_KEY_FLAG, KEY, type PacketFacts } from "./packet-facts.ts";

/** Takes from a packet with an IP header what its flow record needs. Ports of later fragments are 0 here. */
export function readPacketFacts(
  headers: PacketHeaders,
  bytes: Uint8Array,
  originalLength: number,
  into: PacketFacts,
): void {
  const { key } = into;
  const protocol = headers.ipProtocol;
  if (headers.ipVersion === 4) {
    for (let i = 0; i < 3; i++) {
      key[KEY.source + i] = 0;
      key[KEY.destination + i] = 0;
    }
    key[KEY.source + 3] = readU32(bytes, headers.srcAddrAt);
    key[KEY.destination + 3] = readU32(bytes, headers.dstAddrAt);
    key[KEY.protocol] = protocol;
  } else {
    for (let i = 0; i < 4; i++) {
      key[KEY.source + i] = readU32(bytes, headers.srcAddrAt + i * 4);
      key[KEY.destination + i] = readU32(bytes, headers.dstAddrAt + i * 4);
    }
    key[KEY.protocol] = protocol | IPV6_KEY_FLAG;
  }
  // As a v5 exporter keys ICMP by the type and code it puts into the destination port.
  const isIcmp = protocol === IP_PROTOCOL.icmp || protocol === IP_PROTOCOL.icmpv6;
  key[KEY.ports] = isIcmp ? headers.icmpTypeCode : (headers.srcPort << 16) | headers.dstPort;
  into.tcpFlags = headers.tcpFlags;
  into.ipTos = headers.ipTos;
  into.vlan = headers.vlan;
  into.ipBytes = headers.ipLength;
  if (headers.ipLength === 0) {
    // Segmentation offload: the frame was captured before it was cut into packets and its length filled in.
    into.ipBytes = Math.max(originalLength - headers.linkLength, headers.payloadEnd - headers.ipAt);
  }
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}
