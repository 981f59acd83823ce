import { concatBytes, ipv4, ipv6, link, tcp, u16, u32, udp } from "@flowlens/made-traffic";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createPacketHeaders,
  createTunnelPath,
  followTunnels,
  hasIp,
  LINK_TYPE,
  MAX_TUNNELS,
  OVERLAY_TUNNELS,
  parsePacket,
  TUNNEL,
  tunnelName,
  type Tunnel,
} from "./index.ts";

const SEGMENT = tcp({ sourcePort: 50_000, destinationPort: 443, flags: 0x12 }, new Uint8Array(20));
const INNER_V4 = ipv4({ source: "192.168.0.1", destination: "192.168.0.2", protocol: 6 }, SEGMENT);
const INNER_V6 = ipv6({ source: "fd00::1", destination: "fd00::2", protocol: 6 }, SEGMENT);
const ALL = Object.values(TUNNEL).reduce<number>((set, kind) => set | kind, 0);

/** The outer IPv4 or IPv6 packet around the content of a protocol. */
const outerV4 = (protocol: number, payload: Uint8Array) =>
  ipv4({ source: "10.0.0.1", destination: "10.0.0.2", protocol }, payload);
const outerV6 = (protocol: number, payload: Uint8Array) =>
  ipv6({ source: "2001:db8::1", destination: "2001:db8::2", protocol }, payload);
const inUdp = (destinationPort: number, payload: Uint8Array, sourcePort = 49_152) =>
  outerV4(17, udp({ sourcePort, destinationPort }, payload));

const isV6 = (packet: Uint8Array) => packet[0] >> 4 === 6;
const typeOf = (packet: Uint8Array) => u16(isV6(packet) ? 0x86dd : 0x0800);
const ppp = (packet: Uint8Array) => link.ppp(packet, { framed: true });

/** Every way to carry a packet in another. */
const ENVELOPES: readonly {
  readonly name: string;
  readonly kind: Tunnel;
  readonly wrap: (packet: Uint8Array) => Uint8Array;
  readonly only?: 4 | 6;
}[] = [
  { name: "IP in IPv4", kind: TUNNEL.ipInIp, wrap: (packet) => outerV4(4, packet), only: 4 },
  { name: "IPv4 in IPv6", kind: TUNNEL.ipInIp, wrap: (packet) => outerV6(4, packet), only: 4 },
  { name: "6in4", kind: TUNNEL.ipv6InIp, wrap: (packet) => outerV4(41, packet), only: 6 },
  { name: "IPv6 in IPv6", kind: TUNNEL.ipv6InIp, wrap: (packet) => outerV6(41, packet), only: 6 },
  {
    name: "GRE",
    kind: TUNNEL.gre,
    wrap: (packet) => outerV4(47, concatBytes([0, 0], typeOf(packet), packet)),
  },
  {
    name: "GRE over IPv6 with checksum, key and sequence number",
    kind: TUNNEL.gre,
    wrap: (packet) => outerV6(47, concatBytes([0xb0, 0], typeOf(packet), new Uint8Array(12), packet)),
  },
  {
    name: "GRE with a key and Ethernet (NVGRE)",
    kind: TUNNEL.gre,
    wrap: (packet) =>
      outerV4(47, concatBytes([0x20, 0], u16(0x6558), u32(7), link.ethernet(packet, { vlans: [3] }))),
  },
  {
    name: "GRE with MPLS",
    kind: TUNNEL.gre,
    wrap: (packet) => {
      const stack = link.ethernet(packet, { mplsLabels: [17, 18] }).subarray(14);
      return outerV4(47, concatBytes([0, 0], u16(0x8847), stack));
    },
  },
  {
    name: "PPTP",
    kind: TUNNEL.gre,
    wrap: (packet) => outerV4(47, concatBytes([0x30, 0x81], u16(0x880b), new Uint8Array(12), ppp(packet))),
  },
  {
    name: "PPP in GRE",
    kind: TUNNEL.gre,
    wrap: (packet) => outerV4(47, concatBytes([0, 0], u16(0x880b), ppp(packet))),
  },
  {
    name: "WCCP with a redirect header",
    kind: TUNNEL.gre,
    wrap: (packet) => outerV4(47, concatBytes([0, 0], u16(0x883e), u32(0), packet)),
  },
  {
    name: "ERSPAN I",
    kind: TUNNEL.erspan,
    wrap: (packet) => outerV4(47, concatBytes([0, 0], u16(0x88be), link.ethernet(packet))),
  },
  {
    name: "ERSPAN II",
    kind: TUNNEL.erspan,
    wrap: (packet) =>
      outerV4(47, concatBytes([0x10, 0], u16(0x88be), u32(1), new Uint8Array(8), link.ethernet(packet))),
  },
  {
    name: "ERSPAN III with a subheader",
    kind: TUNNEL.erspan,
    wrap: (packet) => {
      const header = new Uint8Array(20);
      header[11] = 1;
      return outerV4(47, concatBytes([0x10, 0], u16(0x22eb), u32(1), header, link.ethernet(packet)));
    },
  },
  {
    name: "VXLAN",
    kind: TUNNEL.vxlan,
    wrap: (packet) => inUdp(4789, concatBytes([8, 0, 0, 0, 0, 0, 7, 0], link.ethernet(packet))),
  },
  {
    name: "VXLAN at Linux's old port, with a group policy",
    kind: TUNNEL.vxlan,
    wrap: (packet) => inUdp(8472, concatBytes([0x88, 0, 0, 9, 0, 0, 7, 0], link.ethernet(packet))),
  },
  {
    name: "VXLAN-GPE",
    kind: TUNNEL.vxlan,
    wrap: (packet) => inUdp(4790, concatBytes([0x0c, 0, 0, isV6(packet) ? 2 : 1, 0, 0, 7, 0], packet)),
  },
  {
    name: "Geneve with options",
    kind: TUNNEL.geneve,
    wrap: (packet) =>
      inUdp(6081, concatBytes([2, 0], u16(0x6558), [0, 0, 7, 0], new Uint8Array(8), link.ethernet(packet))),
  },
  {
    name: "Geneve with IP at once",
    kind: TUNNEL.geneve,
    wrap: (packet) => inUdp(6081, concatBytes([0, 0], typeOf(packet), [0, 0, 7, 0], packet)),
  },
  {
    name: "GTP-U",
    kind: TUNNEL.gtpU,
    wrap: (packet) => inUdp(2152, concatBytes([0x30, 255], u16(packet.length), u32(99), packet)),
  },
  {
    name: "GTP-U with a sequence number and two extension headers",
    kind: TUNNEL.gtpU,
    wrap: (packet) => {
      const extensions = [0, 1, 0, 0x85, 1, 0, 0, 0x40, 2, 0, 0, 0, 0, 0, 0, 0];
      return inUdp(2152, concatBytes([0x36, 255], u16(packet.length + 16), u32(99), extensions, packet));
    },
  },
  { name: "Teredo", kind: TUNNEL.teredo, wrap: (packet) => inUdp(3544, packet), only: 6 },
  {
    name: "Teredo's answer with authentication and origin",
    kind: TUNNEL.teredo,
    wrap: (packet) => {
      const authentication = [0, 1, 2, 3, ...new Uint8Array(14)];
      return inUdp(49_152, concatBytes(authentication, new Uint8Array(8), packet), 3544);
    },
    only: 6,
  },
  {
    name: "EtherIP",
    kind: TUNNEL.etherInIp,
    wrap: (packet) => outerV4(97, concatBytes([0x30, 0], link.ethernet(packet))),
  },
  {
    name: "MPLS in UDP",
    kind: TUNNEL.mplsInIp,
    wrap: (packet) => inUdp(6635, link.ethernet(packet, { mplsLabels: [17] }).subarray(14)),
  },
  {
    name: "MPLS in IP",
    kind: TUNNEL.mplsInIp,
    wrap: (packet) => outerV4(137, link.ethernet(packet, { mplsLabels: [17] }).subarray(14)),
  },
];

const CASES = ENVELOPES.flatMap((envelope) =>
  [INNER_V4, INNER_V6]
    .filter((packet) => envelope.only === undefined || (envelope.only === 6) === isV6(packet))
    .map((packet) => ({ ...envelope, packet, version: isV6(packet) ? 6 : 4 })),
);

function follow(packet: Uint8Array, kinds = ALL, end = packet.length) {
  const outer = createPacketHeaders();
  const path = createTunnelPath();
  const result = parsePacket(packet, 0, end, LINK_TYPE.raw, outer);
  const flow = hasIp(result) ? followTunnels(packet, outer, kinds, path) : outer;
  return { flow, outer, kinds: path.kinds.slice(0, path.depth).map(tunnelName), depth: path.depth };
}

describe("followTunnels", () => {
  test.each(CASES)("reads IPv$version in $name", ({ wrap, packet, kind, version }) => {
    const whole = wrap(packet);
    const { flow, outer, kinds } = follow(whole);
    expect(kinds).toEqual([tunnelName(kind)]);
    expect(flow).toMatchObject({ ipVersion: version, srcPort: 50_000, dstPort: 443, tcpFlags: 0x12 });
    expect(flow.ipAt).toBe(whole.length - packet.length);
    expect(flow.ipLength).toBe(packet.length);
    expect(outer.ipAt).toBe(0);
  });

  test.each(CASES)("stays outside $name when told so (IPv$version)", ({ wrap, packet, kind }) => {
    const { flow, outer, depth } = follow(wrap(packet), ALL & ~kind);
    expect(flow).toBe(outer);
    expect(depth).toBe(0);
  });

  test.each(CASES)("reads IPv$version in $name at any cut, or stays outside", ({ wrap, packet }) => {
    const whole = wrap(packet);
    const innerIpEnds = whole.length - packet.length + (isV6(packet) ? 40 : 20);
    for (let end = 20; end < whole.length; end++) {
      const { depth } = follow(whole, ALL, end);
      expect(depth, `${end} bytes`).toBe(end >= innerIpEnds ? 1 : 0);
    }
  });

  test("counts a mirrored frame as traffic of the mirror, and every other tunnel's content as traffic", () => {
    expect(ENVELOPES.filter(({ kind }) => (kind & OVERLAY_TUNNELS) === 0).map(({ name }) => name)).toEqual([
      "ERSPAN I",
      "ERSPAN II",
      "ERSPAN III with a subheader",
    ]);
  });

  test("goes no deeper than its bound", () => {
    let packet = INNER_V4;
    for (let depth = 0; depth < MAX_TUNNELS + 2; depth++) packet = outerV4(4, packet);
    const { flow, depth } = follow(packet);
    expect(depth).toBe(MAX_TUNNELS);
    expect(flow).toMatchObject({ ipProtocol: 4, ipAt: MAX_TUNNELS * 20 });
  });

  test("goes through several kinds, outermost first", () => {
    const vxlan = inUdp(4789, concatBytes([8, 0, 0, 0, 0, 0, 7, 0], link.ethernet(INNER_V6)));
    const { kinds, flow } = follow(outerV6(47, concatBytes([0, 0], u16(0x0800), vxlan)));
    expect(kinds).toEqual(["gre", "vxlan"]);
    expect(flow).toMatchObject({ ipVersion: 6, dstPort: 443 });
  });

  test("takes a datagram that only uses a tunnel's port for what it is", () => {
    for (const port of [2152, 3544, 4789, 4790, 6081, 6635, 8472]) {
      const query = inUdp(port, new TextEncoder().encode("what is the address of this host?"));
      expect(follow(query).depth, `port ${port}`).toBe(0);
    }
  });

  test("does not believe a packet that is longer than its envelope", () => {
    const lying = ipv4(
      { source: "192.168.0.1", destination: "192.168.0.2", protocol: 6, totalLength: 1_000 },
      SEGMENT,
    );
    expect(follow(outerV4(4, lying)).depth).toBe(0);
    expect(follow(outerV4(4, INNER_V4)).depth).toBe(1);
  });

  test("stays outside a later fragment of a tunnelled packet", () => {
    const later = ipv4(
      { source: "10.0.0.1", destination: "10.0.0.2", protocol: 4, id: 7, fragmentOffset: 1_480 },
      INNER_V4,
    );
    expect(follow(later).depth).toBe(0);
  });

  test("never throws, ends, and stays inside the packet whatever the content of an envelope is", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CASES),
        fc.array(fc.tuple(fc.nat({ max: 140 }), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
        fc.nat({ max: 60 }),
        ({ wrap, packet }, changes, cut) => {
          const bytes = wrap(packet).slice();
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          const end = Math.max(0, bytes.length - cut);
          const { flow, depth } = follow(bytes, ALL, end);
          expect(depth).toBeLessThanOrEqual(MAX_TUNNELS);
          if (flow.ipVersion === 0) return;
          expect(flow.dstAddrAt + (flow.ipVersion === 4 ? 4 : 16)).toBeLessThanOrEqual(end);
          expect(flow.payloadAt).toBeLessThanOrEqual(flow.payloadEnd);
          expect(flow.payloadEnd).toBeLessThanOrEqual(end);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
