/** First four bytes of a capture file, read big-endian; each pcap magic in both byte orders. */
export const PCAP_MAGIC = {
  microseconds: 0xa1b2c3d4,
  nanoseconds: 0xa1b23c4d,
  /** libpcap with Alexey Kuznetzov's patches: microseconds, and 8 more bytes in every record header. */
  modified: 0xa1b2cd34,
  microsecondsSwapped: 0xd4c3b2a1,
  nanosecondsSwapped: 0x4d3cb2a1,
  modifiedSwapped: 0x34cdb2a1,
} as const;

/** Type of a pcapng section header block: a palindrome, the same in both byte orders. */
export const PCAPNG_SECTION_HEADER = 0x0a0d0d0a;

/** True when `head` (at least 4 bytes) begins as a pcap or pcapng file does. */
export function looksLikePcap(head: Uint8Array): boolean {
  if (head.length < 4) return false;
  const magic = ((head[0] << 24) | (head[1] << 16) | (head[2] << 8) | head[3]) >>> 0;
  return magic === PCAPNG_SECTION_HEADER || (Object.values(PCAP_MAGIC) as number[]).includes(magic);
}
