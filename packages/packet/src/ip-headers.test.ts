import { TCP_FLAG } from "@flowlens/flow";
import {
  dccp,
  icmp,
  ipv4,
  ipv4Fragments,
  ipv6,
  ipv6Authentication,
  ipv6Fragments,
  ipv6Options,
  link,
  sctp,
  tcp,
  udp,
} from "@flowlens/made-traffic";
import { describe, expect, test } from "vitest";
import {
  createPacketHeaders,
  LINK_TYPE,
  MAX_EXTENSION_HEADERS,
  PARSE_RESULT,
  parsePacket,
  type PacketHeaders,
} from "./index.ts";

const V4 = { source: "192.0.2.1", destination: "198.51.100.2" };
const V6 = { source: "2001:db8::1", destination: "2001:db8::2" };
const SYN = tcp({ sourcePort: 50_000, destinationPort: 443, flags: TCP_FLAG.syn });

function parse(packet: Uint8Array, end = packet.length): PacketHeaders & { result: number } {
  const into = createPacketHeaders();
  const result = parsePacket(packet, 0, end, LINK_TYPE.raw, into);
  return { ...into, result };
}

describe("IPv4", () => {
  test("gives addresses, ToS, protocol and length", () => {
    const packet = ipv4({ ...V4, protocol: 6, tos: 0xb8 }, SYN);
    const read = parse(packet);
    expect(read).toMatchObject({ ipTos: 0xb8, ipProtocol: 6, ipLength: 40, isFragment: 0, fragmentId: 0 });
    expect([...packet.subarray(read.srcAddrAt, read.srcAddrAt + 4)]).toEqual([192, 0, 2, 1]);
    expect([...packet.subarray(read.dstAddrAt, read.dstAddrAt + 4)]).toEqual([198, 51, 100, 2]);
  });

  test.each([4, 20, 40])("finds the ports behind %d bytes of options", (bytes) => {
    const packet = ipv4({ ...V4, protocol: 6, options: new Uint8Array(bytes).fill(1) }, SYN);
    expect(parse(packet)).toMatchObject({ srcPort: 50_000, dstPort: 443, transportAt: 20 + bytes });
  });

  test("gives the ports with the first fragment only, and the same id with all", () => {
    const whole = udp({ sourcePort: 2049, destinationPort: 700 }, new Uint8Array(3000));
    const fragments = ipv4Fragments({ ...V4, protocol: 17, id: 0xbeef }, whole, 1480).map((packet) =>
      parse(packet),
    );
    expect(fragments.map((read) => read.result)).toEqual([
      PARSE_RESULT.transport,
      PARSE_RESULT.laterFragment,
      PARSE_RESULT.laterFragment,
    ]);
    expect(fragments.map((read) => read.srcPort)).toEqual([2049, 0, 0]);
    expect(fragments.map((read) => read.fragmentOffset)).toEqual([0, 1480, 2960]);
    expect(fragments.map((read) => read.moreFragments)).toEqual([1, 1, 0]);
    expect(fragments.every((read) => read.isFragment === 1 && read.fragmentId === 0xbeef)).toBe(true);
  });

  test("takes the length from the header where the capture was cut", () => {
    const packet = ipv4(
      { ...V4, protocol: 17 },
      udp({ sourcePort: 1, destinationPort: 2 }, new Uint8Array(1000)),
    );
    expect(parse(packet, 100)).toMatchObject({
      result: PARSE_RESULT.transport,
      ipLength: 1028,
      payloadEnd: 100,
    });
  });

  test("leaves the length open where segmentation offload left it 0", () => {
    const packet = ipv4({ ...V4, protocol: 6, totalLength: 0 }, SYN);
    expect(parse(packet)).toMatchObject({ result: PARSE_RESULT.transport, ipLength: 0, dstPort: 443 });
  });

  test("does not take Ethernet padding for payload", () => {
    const frame = link.ethernet(ipv4({ ...V4, protocol: 17 }, udp({ sourcePort: 1, destinationPort: 2 })), {
      minimumBytes: 60,
    });
    const into = createPacketHeaders();
    parsePacket(frame, 0, frame.length, LINK_TYPE.ethernet, into);
    expect(into).toMatchObject({ payloadAt: 42, payloadEnd: 42, ipLength: 28 });
  });

  test.each([
    ["a header length under 20 bytes", (packet: Uint8Array) => packet.fill(0x44, 0, 1)],
    ["a total length shorter than its header", (packet: Uint8Array) => packet.fill(0, 2, 3).fill(19, 3, 4)],
    ["another version", (packet: Uint8Array) => packet.fill(0x55, 0, 1)],
  ])("is malformed with %s", (_, spoil) => {
    const packet = ipv4({ ...V4, protocol: 6 }, SYN);
    spoil(packet);
    const frame = link.ethernet(packet, { etherType: 0x0800 });
    const into = createPacketHeaders();
    expect(parsePacket(frame, 0, frame.length, LINK_TYPE.ethernet, into)).toBe(PARSE_RESULT.ipMalformed);
    expect(into.ipVersion).toBe(0);
  });

  test("has no room for the transport header when its length says so", () => {
    const packet = ipv4({ ...V4, protocol: 6, totalLength: 30 }, SYN);
    expect(parse(packet)).toMatchObject({
      result: PARSE_RESULT.transportShort,
      srcPort: 50_000,
      tcpFlags: 0,
    });
  });
});

describe("IPv6", () => {
  test("gives addresses, traffic class, protocol and length", () => {
    const packet = ipv6({ ...V6, protocol: 6, trafficClass: 0xb8 }, SYN);
    const read = parse(packet);
    expect(read).toMatchObject({ ipTos: 0xb8, ipProtocol: 6, ipLength: 60, srcPort: 50_000, dstPort: 443 });
    expect(packet[read.srcAddrAt + 15]).toBe(1);
    expect(packet[read.dstAddrAt + 15]).toBe(2);
  });

  test("steps over hop-by-hop, routing, destination and authentication headers of any length", () => {
    const extensions = [ipv6Options(0), ipv6Options(43, 3), ipv6Options(60, 32), ipv6Authentication(4)];
    const read = parse(ipv6({ ...V6, protocol: 6, extensions }, SYN));
    expect(read).toMatchObject({
      result: PARSE_RESULT.transport,
      ipProtocol: 6,
      srcPort: 50_000,
      dstPort: 443,
    });
    expect(read.transportAt).toBe(40 + 8 + 24 + 256 + 28);
  });

  test("gives the ports with the first fragment only, and the same id with all", () => {
    const whole = udp({ sourcePort: 53, destinationPort: 700 }, new Uint8Array(2500));
    const cut = { id: 0xfedcba98, sizeBytes: 1232 };
    const fragments = ipv6Fragments({ ...V6, protocol: 17, extensions: [ipv6Options(0)] }, whole, cut);
    const read = fragments.map((packet) => parse(packet));
    expect(read.map((one) => one.srcPort)).toEqual([53, 0, 0]);
    expect(read.map((one) => one.ipProtocol)).toEqual([17, 17, 17]);
    expect(read.map((one) => one.fragmentOffset)).toEqual([0, 1232, 2464]);
    expect(read.map((one) => one.result)).toEqual([
      0,
      PARSE_RESULT.laterFragment,
      PARSE_RESULT.laterFragment,
    ]);
    expect(read.every((one) => one.isFragment === 1 && one.fragmentId === 0xfedcba98)).toBe(true);
  });

  test("takes an atomic fragment for the whole packet it is", () => {
    const cut = { id: 5, sizeBytes: 1232 };
    const [packet] = ipv6Fragments({ ...V6, protocol: 6 }, SYN, cut);
    expect(parse(packet)).toMatchObject({ result: PARSE_RESULT.transport, isFragment: 0, dstPort: 443 });
  });

  test("gives up after too many extension headers but keeps addresses and length", () => {
    const extensions = Array.from({ length: MAX_EXTENSION_HEADERS + 1 }, () => ipv6Options(60));
    const read = parse(ipv6({ ...V6, protocol: 6, extensions }, SYN));
    expect(read).toMatchObject({ result: PARSE_RESULT.extensionsTooMany, ipVersion: 6, srcPort: 0 });
    const allowed = parse(ipv6({ ...V6, protocol: 6, extensions: extensions.slice(1) }, SYN));
    expect(allowed).toMatchObject({ result: PARSE_RESULT.transport, dstPort: 443 });
  });

  test("says where the capture ends inside the extension headers", () => {
    const packet = ipv6({ ...V6, protocol: 6, extensions: [ipv6Options(0), ipv6Options(60, 4)] }, SYN);
    for (let end = 40; end < 80; end++) expect(parse(packet, end).result).toBe(PARSE_RESULT.extensionsCut);
    expect(parse(packet, 80).result).toBe(PARSE_RESULT.transportCut);
  });

  test("reads a packet that ends with its header", () => {
    const read = parse(ipv6({ ...V6, protocol: 59 }, new Uint8Array(0)));
    expect(read).toMatchObject({ result: PARSE_RESULT.transport, ipLength: 40, ipProtocol: 59 });
  });

  test("leaves the length open where the header says 0 before a payload", () => {
    const read = parse(ipv6({ ...V6, protocol: 6, payloadLength: 0 }, SYN));
    expect(read).toMatchObject({ result: PARSE_RESULT.transport, ipLength: 0, dstPort: 443 });
  });
});

describe("transport", () => {
  const { fin, psh, ack, urg } = TCP_FLAG;

  test("reads TCP ports and flags and where the payload begins behind options", () => {
    const segment = tcp(
      {
        sourcePort: 1,
        destinationPort: 65_535,
        flags: fin | psh | ack | urg | 0xc0,
        options: new Uint8Array(12),
      },
      new Uint8Array(7),
    );
    const read = parse(ipv4({ ...V4, protocol: 6 }, segment));
    expect(read).toMatchObject({ srcPort: 1, dstPort: 65_535, tcpFlags: fin | psh | ack | urg | 0xc0 });
    expect(read).toMatchObject({ payloadAt: 52, payloadEnd: 59 });
  });

  test("bounds a UDP payload by the UDP length", () => {
    const datagram = udp({ sourcePort: 1, destinationPort: 2, length: 12 }, new Uint8Array(100));
    expect(parse(ipv4({ ...V4, protocol: 17 }, datagram))).toMatchObject({ payloadAt: 28, payloadEnd: 32 });
  });

  test.each([
    ["SCTP", 132, sctp({ sourcePort: 36_412, destinationPort: 5000 })],
    ["DCCP", 33, dccp({ sourcePort: 36_412, destinationPort: 5000 })],
  ])("reads %s ports", (_, protocol, segment) => {
    const read = parse(ipv4({ ...V4, protocol }, segment));
    expect(read).toMatchObject({ result: PARSE_RESULT.transport, srcPort: 36_412, dstPort: 5000 });
  });

  test("reads type and code of ICMP and ICMPv6", () => {
    expect(parse(ipv4({ ...V4, protocol: 1 }, icmp({ type: 3, code: 13 })))).toMatchObject({
      icmpTypeCode: 3 * 256 + 13,
      srcPort: 0,
      dstPort: 0,
    });
    expect(parse(ipv6({ ...V6, protocol: 58 }, icmp({ type: 129 }))).icmpTypeCode).toBe(129 * 256);
  });

  test("leaves ports 0 for protocols without them", () => {
    for (const protocol of [2, 4, 41, 47, 50, 89, 112, 255]) {
      const read = parse(ipv4({ ...V4, protocol }, new Uint8Array(30).fill(0xff)));
      expect(read).toMatchObject({ result: PARSE_RESULT.transport, srcPort: 0, dstPort: 0, tcpFlags: 0 });
    }
  });

  test("keeps the ports, and the flags where they were captured, when the capture cuts the TCP header", () => {
    const packet = ipv4({ ...V4, protocol: 6 }, SYN);
    expect(parse(packet, 23)).toMatchObject({ result: PARSE_RESULT.transportCut, srcPort: 0, dstPort: 0 });
    expect(parse(packet, 24)).toMatchObject({
      result: PARSE_RESULT.transportCut,
      srcPort: 50_000,
      tcpFlags: 0,
    });
    expect(parse(packet, 34)).toMatchObject({
      result: PARSE_RESULT.transportCut,
      dstPort: 443,
      tcpFlags: TCP_FLAG.syn,
    });
  });
});
