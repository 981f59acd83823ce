/**
 * One packet's link, VLAN, MPLS, IP and transport headers, read in place into a reused struct of numbers.
 * Pure, and no allocation per packet. Not here: capture files (codec), flow records (metering), tunnels.
 */
export { createPacketHeaders, type PacketHeaders } from "./packet-headers.ts";
export { hasIp, PARSE_RESULT, PARSE_RESULT_NAMES, type ParseResult } from "./parse-result.ts";
export { LINK_TYPE } from "./link-type.ts";
export { parsePacket } from "./parse-packet.ts";
export { MAX_EXTENSION_HEADERS, MAX_LINK_TAGS } from "./limits.ts";
