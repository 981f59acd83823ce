/**
 * Capture files, pcap and pcapng, read packet by packet as they arrive.
 * Not here: what is in a packet (packet) and what flows it makes (metering).
 */
export { createPcapReader, type PcapReader } from "./pcap-reader.ts";
export { type OnPacket, type PcapCounters } from "./pcap-reading.ts";
export { looksLikePcap } from "./looks-like-pcap.ts";
