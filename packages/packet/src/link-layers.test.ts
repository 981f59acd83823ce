import { concatBytes, ipv4, ipv6, link, u16, udp } from "@flowlens/made-traffic";
import { describe, expect, test } from "vitest";
import {
  createPacketHeaders,
  LINK_TYPE,
  MAX_LINK_TAGS,
  PARSE_RESULT,
  parsePacket,
  type PacketHeaders,
} from "./index.ts";

const PACKET = ipv4(
  { source: "10.0.0.1", destination: "10.0.0.2", protocol: 17 },
  udp({ sourcePort: 5353, destinationPort: 53 }, new Uint8Array(10)),
);
const PACKET_V6 = ipv6(
  { source: "fd00::1", destination: "fd00::2", protocol: 17 },
  udp({ sourcePort: 5353, destinationPort: 53 }, new Uint8Array(10)),
);

function parse(frame: Uint8Array, linkType: number): PacketHeaders & { result: number } {
  const into = createPacketHeaders();
  // Not at offset 0, so that an offset taken from the array's beginning shows.
  const bytes = concatBytes([9, 9, 9, 9, 9], frame, [9, 9, 9]);
  const result = parsePacket(bytes, 5, 5 + frame.length, linkType, into);
  return { ...into, result };
}

/** Every way to wrap a packet, with the bytes it puts before it. */
const WRAPPED: readonly {
  readonly name: string;
  readonly linkType: number;
  readonly wrap: (packet: Uint8Array) => Uint8Array;
  readonly before: number;
}[] = [
  { name: "Ethernet", linkType: LINK_TYPE.ethernet, wrap: (packet) => link.ethernet(packet), before: 14 },
  { name: "Ethernet with SNAP", linkType: LINK_TYPE.ethernet, wrap: link.ethernetSnap, before: 22 },
  {
    name: "a VLAN tag",
    linkType: LINK_TYPE.ethernet,
    wrap: (packet) => link.ethernet(packet, { vlans: [7] }),
    before: 18,
  },
  {
    name: "QinQ",
    linkType: LINK_TYPE.ethernet,
    wrap: (packet) => link.ethernet(packet, { vlans: [7, 8] }),
    before: 22,
  },
  {
    name: "old QinQ (9100)",
    linkType: LINK_TYPE.ethernet,
    wrap: (packet) => link.ethernet(packet, { vlans: [7, 8], outerTagType: 0x9100 }),
    before: 22,
  },
  {
    name: "MPLS with three labels",
    linkType: LINK_TYPE.ethernet,
    wrap: (packet) => link.ethernet(packet, { mplsLabels: [100, 200, 300] }),
    before: 26,
  },
  {
    name: "PPPoE in Ethernet",
    linkType: LINK_TYPE.ethernet,
    wrap: (packet) => link.ethernet(link.pppoeSession(packet), { etherType: 0x8864 }),
    before: 22,
  },
  { name: "PPPoE alone", linkType: LINK_TYPE.pppoe, wrap: link.pppoeSession, before: 8 },
  {
    name: "Linux cooked",
    linkType: LINK_TYPE.linuxCooked,
    wrap: (packet) => link.linuxCooked(packet),
    before: 16,
  },
  {
    name: "Linux cooked v2",
    linkType: LINK_TYPE.linuxCooked2,
    wrap: (packet) => link.linuxCooked2(packet),
    before: 20,
  },
  { name: "raw IP", linkType: LINK_TYPE.raw, wrap: (packet) => packet, before: 0 },
  { name: "raw IP as DLT 12", linkType: LINK_TYPE.rawDlt, wrap: (packet) => packet, before: 0 },
  { name: "raw IP as DLT 14", linkType: LINK_TYPE.rawOpenBsd, wrap: (packet) => packet, before: 0 },
  {
    name: "PPP in HDLC framing",
    linkType: LINK_TYPE.ppp,
    wrap: (packet) => link.ppp(packet, { framed: true }),
    before: 4,
  },
  {
    name: "PPP bare",
    linkType: LINK_TYPE.ppp,
    wrap: (packet) => link.ppp(packet, { framed: false }),
    before: 2,
  },
  {
    name: "PPP with a compressed protocol field",
    linkType: LINK_TYPE.ppp,
    wrap: (packet) => link.ppp(packet, { framed: true, compressed: true }),
    before: 3,
  },
  {
    name: "PPP on a serial line",
    linkType: LINK_TYPE.pppHdlc,
    wrap: (packet) => link.ppp(packet, { framed: true }),
    before: 4,
  },
  { name: "Cisco HDLC", linkType: LINK_TYPE.cHdlc, wrap: link.cHdlc, before: 4 },
  {
    name: "IEEE 802.11",
    linkType: LINK_TYPE.ieee80211,
    wrap: (packet) => link.ieee80211(packet),
    before: 34,
  },
  {
    name: "radiotap",
    linkType: LINK_TYPE.radiotap,
    wrap: (packet) => link.radiotap(link.ieee80211(packet)),
    before: 46,
  },
  {
    name: "an MPLS stack at once",
    linkType: LINK_TYPE.mpls,
    wrap: (packet) => link.ethernet(packet, { mplsLabels: [100, 200] }).subarray(14),
    before: 8,
  },
  { name: "ATM's LLC", linkType: LINK_TYPE.atmLlc, wrap: llc, before: 8 },
  {
    name: "FDDI",
    linkType: LINK_TYPE.fddi,
    wrap: (packet) => concatBytes([0x50], MACS, llc(packet)),
    before: 21,
  },
  {
    name: "token ring",
    linkType: LINK_TYPE.tokenRing,
    wrap: (packet) => concatBytes([0x10, 0x40], MACS, llc(packet)),
    before: 22,
  },
  {
    name: "token ring with routing information",
    linkType: LINK_TYPE.tokenRing,
    wrap: (packet) => concatBytes([0x10, 0x40], ROUTED_MACS, [0x06, 0x30, 0, 1, 0, 2], llc(packet)),
    before: 28,
  },
  {
    name: "frame relay",
    linkType: LINK_TYPE.frameRelay,
    wrap: (packet) => concatBytes([0x18, 0x41, 0x03, packet[0] >> 4 === 6 ? 0x8e : 0xcc], packet),
    before: 4,
  },
  {
    name: "frame relay with SNAP",
    linkType: LINK_TYPE.frameRelay,
    wrap: (packet) => concatBytes([0x18, 0x40, 0x40, 0x41, 0x03, 0, 0x80, 0, 0, 0], typeOf(packet), packet),
    before: 12,
  },
  {
    name: "frame relay as Cisco wraps it",
    linkType: LINK_TYPE.frameRelay,
    wrap: (packet) => concatBytes([0x18, 0x41], typeOf(packet), packet),
    before: 4,
  },
];

const MACS = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
/** The top bit of the source announces routing information. */
const ROUTED_MACS = [2, 0, 0, 0, 0, 2, 0x82, 0, 0, 0, 0, 1];

function typeOf(packet: Uint8Array): readonly number[] {
  return u16(packet[0] >> 4 === 6 ? 0x86dd : 0x0800);
}

function llc(packet: Uint8Array): Uint8Array {
  return concatBytes([0xaa, 0xaa, 0x03, 0, 0, 0], typeOf(packet), packet);
}

describe("parsePacket", () => {
  test.each(WRAPPED)("reads IPv4 under $name", ({ linkType, wrap, before }) => {
    const read = parse(wrap(PACKET), linkType);
    expect(read).toMatchObject({ result: PARSE_RESULT.transport, ipVersion: 4, srcPort: 5353, dstPort: 53 });
    expect(read).toMatchObject({ linkLength: before, ipAt: 5 + before, ipLength: 38 });
  });

  test.each(WRAPPED)("reads IPv6 under $name", ({ linkType, wrap, before }) => {
    const read = parse(wrap(PACKET_V6), linkType);
    expect(read).toMatchObject({ result: PARSE_RESULT.transport, ipVersion: 6, srcPort: 5353, dstPort: 53 });
    expect(read).toMatchObject({ linkLength: before, srcAddrAt: 5 + before + 8, dstAddrAt: 5 + before + 24 });
  });

  test.each(WRAPPED)(
    "under $name says at every length of the frame that it was cut, or reads what is there",
    ({ linkType, wrap }) => {
      const frame = wrap(PACKET);
      const whole = parse(frame, linkType);
      const transportEnds = whole.payloadAt - 5;
      const ipEnds = whole.ipAt - 5 + 20;
      for (let length = 0; length < frame.length; length++) {
        const { result } = parse(frame.subarray(0, length), linkType);
        if (length >= transportEnds) expect(result, `${length} bytes`).toBe(PARSE_RESULT.transport);
        else if (length >= ipEnds) expect(result, `${length} bytes`).toBe(PARSE_RESULT.transportCut);
        else expect([PARSE_RESULT.linkCut, PARSE_RESULT.ipCut], `${length} bytes`).toContain(result);
      }
    },
  );

  test("names the outer and the inner VLAN, and leaves the priority bits out of the id", () => {
    const frame = link.ethernet(PACKET, { vlans: [0xe000 | 100, 200] });
    expect(parse(frame, LINK_TYPE.ethernet)).toMatchObject({ vlan: 100, innerVlan: 200, etherType: 0x0800 });
  });

  test("names the topmost MPLS label, and -1 where there is none", () => {
    expect(parse(link.ethernet(PACKET, { mplsLabels: [1_048_575, 5] }), 1).mplsLabel).toBe(1_048_575);
    expect(parse(link.ethernet(PACKET), 1).mplsLabel).toBe(-1);
  });

  test("reads the frame in a pseudowire under MPLS, with and without a control word", () => {
    for (const controlWord of [[], [0, 0, 0, 7]]) {
      for (const vlans of [[], [5], [5, 6]]) {
        const inner = concatBytes(controlWord, link.ethernet(PACKET, { vlans }));
        const frame = link.ethernet(inner, { mplsLabels: [16], vlans: [9] });
        expect(parse(frame, LINK_TYPE.ethernet)).toMatchObject({
          result: PARSE_RESULT.transport,
          dstPort: 53,
          mplsLabel: 16,
          vlan: 9,
        });
      }
    }
  });

  test("reads a pseudowire whose frame begins as IPv4 does but contradicts it, as a MAC address may", () => {
    const inner = link.ethernet(PACKET);
    inner.set([0x45, 0, 0, 5]);
    const frame = link.ethernet(inner, { mplsLabels: [16] });
    expect(parse(frame, LINK_TYPE.ethernet)).toMatchObject({ result: PARSE_RESULT.transport, dstPort: 53 });
  });

  test("leaves a pseudowire alone that carries something else", () => {
    const arp = concatBytes([0, 0, 0, 0], link.ethernet(new Uint8Array(46), { etherType: 0x0806 }));
    const frame = link.ethernet(arp, { mplsLabels: [16] });
    expect(parse(frame, LINK_TYPE.ethernet).result).toBe(PARSE_RESULT.nonIp);
  });

  test("gives up on endless tags and labels", () => {
    const tags = Array.from({ length: MAX_LINK_TAGS + 1 }, (_, i) => i + 1);
    expect(parse(link.ethernet(PACKET, { vlans: tags }), 1).result).toBe(PARSE_RESULT.tagsTooMany);
    expect(parse(link.ethernet(PACKET, { mplsLabels: tags }), 1).result).toBe(PARSE_RESULT.tagsTooMany);
    expect(parse(link.ethernet(PACKET, { vlans: tags.slice(1) }), 1).result).toBe(PARSE_RESULT.transport);
    expect(parse(link.ethernet(PACKET, { mplsLabels: tags.slice(1) }), 1).result).toBe(
      PARSE_RESULT.transport,
    );
  });

  test.each([
    ["ARP", 0x0806],
    ["LLDP", 0x88cc],
    ["PPPoE discovery", 0x8863],
    ["EAPOL", 0x888e],
  ])("says that %s is not IP, and which EtherType it is", (_, etherType) => {
    const frame = link.ethernet(new Uint8Array(46), { etherType });
    expect(parse(frame, 1)).toMatchObject({ result: PARSE_RESULT.nonIp, etherType, ipVersion: 0 });
  });

  test("says that spanning tree (802.3 with LLC) is not IP", () => {
    const frame = link.ethernet(Uint8Array.of(0x42, 0x42, 0x03, 0, 0, 0, 0, 0), { etherType: 38 });
    expect(parse(frame, 1)).toMatchObject({ result: PARSE_RESULT.nonIp, etherType: 0 });
  });

  test("says that SNAP with a vendor's own protocol (CDP) is not IP", () => {
    const frame = link.ethernet(Uint8Array.of(0xaa, 0xaa, 0x03, 0, 0, 0x0c, 0x20, 0, 1), { etherType: 40 });
    expect(parse(frame, 1).result).toBe(PARSE_RESULT.nonIp);
  });

  test.each([
    ["IPv4 as on any machine", 2, PACKET, 4],
    ["IPv6 as on Linux", 10, PACKET_V6, 6],
    ["IPv6 as on Windows", 23, PACKET_V6, 6],
    ["IPv6 as on OpenBSD", 24, PACKET_V6, 6],
    ["IPv6 as on FreeBSD", 28, PACKET_V6, 6],
    ["IPv6 as on macOS", 30, PACKET_V6, 6],
  ])("reads BSD loopback with %s in both byte orders", (_, family, packet, ipVersion) => {
    for (const littleEndian of [true, false]) {
      for (const linkType of [LINK_TYPE.null, LINK_TYPE.loop]) {
        const read = parse(link.bsdLoopback(packet, family, littleEndian), linkType);
        expect(read).toMatchObject({ result: PARSE_RESULT.transport, ipVersion, linkLength: 4 });
      }
    }
  });

  test("says that another family under BSD loopback is not IP", () => {
    expect(parse(link.bsdLoopback(PACKET, 16, true), LINK_TYPE.null).result).toBe(PARSE_RESULT.nonIp);
  });

  test("leaves encrypted and management frames of 802.11 alone", () => {
    const encrypted = link.ieee80211(PACKET, { protectedFrame: true });
    expect(parse(encrypted, LINK_TYPE.ieee80211).result).toBe(PARSE_RESULT.nonIp);
    const beacon = concatBytes([0x80, 0], new Uint8Array(40));
    expect(parse(beacon, LINK_TYPE.ieee80211).result).toBe(PARSE_RESULT.nonIp);
  });

  test("leaves cooked frames without an EtherType alone: netlink, raw 802.3", () => {
    const netlink = link.linuxCooked(PACKET);
    netlink.set(u16(824), 2);
    expect(parse(netlink, LINK_TYPE.linuxCooked).result).toBe(PARSE_RESULT.nonIp);
    expect(parse(link.linuxCooked(PACKET, 1), LINK_TYPE.linuxCooked).result).toBe(PARSE_RESULT.nonIp);
    expect(parse(link.linuxCooked2(PACKET, 1), LINK_TYPE.linuxCooked2).result).toBe(PARSE_RESULT.nonIp);
  });

  test("says which link types it does not read", () => {
    expect(parse(link.ethernet(PACKET), 147).result).toBe(PARSE_RESULT.linkUnsupported);
  });

  test("leaves nothing of the packet before in the reused headers", () => {
    const into = createPacketHeaders();
    const full = link.ethernet(PACKET_V6, { vlans: [1, 2], mplsLabels: [3] });
    parsePacket(full, 0, full.length, LINK_TYPE.ethernet, into);
    const arp = link.ethernet(new Uint8Array(46), { etherType: 0x0806 });
    parsePacket(arp, 0, arp.length, LINK_TYPE.ethernet, into);
    expect(into).toEqual({ ...createPacketHeaders(), etherType: 0x0806 });
  });
});
