/** Link types of capture files (LINKTYPE_ values, https://www.tcpdump.org/linktypes.html) that `parsePacket` reads. */
export const LINK_TYPE = {
  /** BSD loopback: 4 bytes of address family in the byte order of the machine that captured. */
  null: 0,
  ethernet: 1,
  /** IEEE 802.5. */
  tokenRing: 6,
  /** PPP, with or without the HDLC address and control bytes. */
  ppp: 9,
  fddi: 10,
  /** Raw IP as DLT_RAW is numbered on most systems; some files carry it unmapped. */
  rawDlt: 12,
  /** Raw IP as DLT_RAW is numbered on OpenBSD. */
  rawOpenBsd: 14,
  /** PPP in HDLC-like framing (RFC 1662), or Cisco HDLC. */
  pppHdlc: 50,
  /** PPPoE session header, without the Ethernet header before it. */
  pppoe: 51,
  /** ATM in LLC encapsulation (RFC 2684). */
  atmLlc: 100,
  raw: 101,
  cHdlc: 104,
  ieee80211: 105,
  frameRelay: 107,
  /** OpenBSD loopback: as `null`, in network byte order. */
  loop: 108,
  linuxCooked: 113,
  /** radiotap header, then IEEE 802.11. */
  radiotap: 127,
  /** An MPLS label stack at once. */
  mpls: 219,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;
