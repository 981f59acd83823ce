/**
 * One packet's link, VLAN, MPLS, IP and transport headers, read in place into a reused struct of numbers.
 * Pure, and no allocation per packet. Not here: capture files (codec), flow records (metering).
 */
export { createPacketHeaders, type PacketHeaders } from "./packet-headers.ts";
export { hasIp, PARSE_RESULT, PARSE_RESULT_NAMES, type ParseResult } from "./parse-result.ts";
export { LINK_TYPE } from "./link-type.ts";
export { parsePacket } from "./parse-packet.ts";
export { createTunnelPath, followTunnels, type TunnelPath } from "./tunnel.ts";
export { OVERLAY_TUNNELS, TUNNEL, tunnelName, type Tunnel } from "./tunnel-kind.ts";
export { MAX_EXTENSION_HEADERS, MAX_LINK_TAGS, MAX_TUNNELS } from "./limits.ts";
