/**
 * Made-up traffic for tests and benches: frames, conversations, a scripted network, and the same traffic
 * written as pcap, pcapng and Zeek log. Not here: anything the product ships.
 */
export { concatBytes, internetChecksum, u16, u32 } from "./byte-writer.ts";
export { dccp, icmp, sctp, tcp, udp, type TcpFields } from "./transport.ts";
export {
  ipv4,
  ipv4Fragments,
  ipv6,
  ipv6Authentication,
  ipv6Fragment,
  ipv6Fragments,
  ipv6Options,
  type Ipv4Fields,
  type Ipv6Extension,
  type Ipv6Fields,
} from "./ip.ts";
export * as link from "./link.ts";
export { createRandom, type Random } from "./random.ts";
export { ipLengthOf, packetBytes, type MadePacket, type MadePacketBytes } from "./made-packet.ts";
export { packetsOf, type Conversation, type Outcome } from "./conversation.ts";
export {
  conversationsOf,
  packetsOfAll,
  packetsOfScript,
  type Amount,
  type NetworkScript,
  type ScriptLine,
} from "./network-script.ts";
export { ethernetFrames, type CapturedFrame } from "./capture-file.ts";
export { pcapFile, type PcapFileOptions } from "./pcap-file.ts";
export {
  pcapngBlock,
  pcapngSection,
  type PcapngInterfaceOptions,
  type PcapngSectionOptions,
} from "./pcapng-file.ts";
export { zeekConnJson, zeekConnOf, zeekConnTsv, type ZeekConn } from "./zeek-conn.ts";
