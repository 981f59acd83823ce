import { IP_PROTOCOL, TCP_FLAG } from "@flowlens/flow";
import { icmp, ipv4, ipv6, link, packetsOf, tcp, udp, type Conversation } from "@flowlens/made-traffic";
import { LINK_TYPE } from "@flowlens/packet";
import { describe, expect, test } from "vitest";
import { createMeter } from "./index.ts";
import { collectInto, meterFrames, meterPackets } from "./testing/meter-frames.ts";
import { CLIENT, fromClient, fromServer, SERVER } from "./testing/packets.ts";

const CONVERSATION: Conversation = {
  startMs: 1_700_000_000_000,
  client: CLIENT,
  server: SERVER,
  protocol: "tcp",
  clientPort: 50_000,
  serverPort: 5432,
  outcome: "finished",
  rounds: 3,
  requestBytes: 100,
  responseBytes: 4000,
  durationMs: 900,
  roundTripMs: 2,
};
const V4 = { source: CLIENT, destination: SERVER };

describe("a meter", () => {
  test("makes one record of each direction of a conversation", () => {
    const packets = packetsOf(CONVERSATION);
    const { records } = meterPackets(packets);
    expect(records).toHaveLength(2);
    const { syn, fin, psh, ack } = TCP_FLAG;
    for (const record of records) {
      const mine = packets.filter((packet) => packet.source === record.source);
      expect(record.packets).toBe(mine.length);
      expect(record.bytes).toBe(mine.reduce((sum, packet) => sum + 40 + packet.payloadBytes, 0));
      expect(record.timeStart).toBe(Math.floor(mine[0].timeMs));
      expect(record.timeEnd).toBe(Math.floor(mine[mine.length - 1].timeMs));
      expect(record).toMatchObject({
        protocol: 6,
        tcpFlags: syn | fin | psh | ack,
        exporter: "::",
        samplingRate: 1,
      });
    }
    expect(
      records.map((record) => [record.source, record.srcPort, record.destination, record.dstPort]),
    ).toEqual(
      expect.arrayContaining([
        [CLIENT, 50_000, SERVER, 5432],
        [SERVER, 5432, CLIENT, 50_000],
      ]),
    );
  });

  test("keeps IPv4 and IPv6, protocols, ports and addresses apart", () => {
    const segment = (source: number, destination: number) =>
      udp({ sourcePort: source, destinationPort: destination });
    const v6 = { source: "::a00:1", destination: "::a00:2" };
    const packets = [
      ipv4({ ...V4, protocol: 17 }, segment(1, 2)),
      ipv4({ ...V4, protocol: 17 }, segment(1, 3)),
      ipv4({ ...V4, protocol: 17 }, segment(2, 2)),
      ipv4({ source: SERVER, destination: CLIENT, protocol: 17 }, segment(1, 2)),
      ipv4({ ...V4, destination: "10.0.0.3", protocol: 17 }, segment(1, 2)),
      ipv4({ ...V4, protocol: 6 }, tcp({ sourcePort: 1, destinationPort: 2, flags: 0 })),
      ipv6({ ...v6, protocol: 17 }, segment(1, 2)),
      ipv6({ source: "1::a00:1", destination: "::a00:2", protocol: 17 }, segment(1, 2)),
    ];
    const frames = [...packets, ...packets].map((bytes, i) => ({ timeMs: 1000 + i, bytes }));
    const { records } = meterFrames(frames);
    expect(records).toHaveLength(packets.length);
    expect(records.every((record) => record.packets === 2)).toBe(true);
    expect(records.map((record) => record.source)).toContain("::a00:1");
    expect(records.map((record) => record.source)).toContain("1::a00:1");
  });

  test("keeps ICMP types apart, and gives them no ports", () => {
    const echo = ipv4({ ...V4, protocol: 1 }, icmp({ type: 8 }));
    const unreachable = ipv4({ ...V4, protocol: 1 }, icmp({ type: 3, code: 3 }));
    const v6 = ipv6({ source: "fd00::1", destination: "fd00::2", protocol: 58 }, icmp({ type: 128 }));
    const frames = [echo, unreachable, v6, echo].map((bytes, i) => ({ timeMs: i, bytes }));
    const { records } = meterFrames(frames);
    expect(records.map((record) => [record.icmpTypeCode, record.packets])).toEqual([
      [0x0303, 1],
      [0x8000, 1],
      [0x0800, 2],
    ]);
    expect(records.every((record) => record.srcPort === 0 && record.dstPort === 0)).toBe(true);
  });

  test("takes ToS and VLAN from the first packet of a record and keys by neither", () => {
    const frame = (timeMs: number, tos: number, vlan: number) => ({
      timeMs,
      bytes: link.ethernet(ipv4({ ...V4, protocol: 17, tos }, udp({ sourcePort: 1, destinationPort: 2 })), {
        vlans: [vlan],
      }),
    });
    const { records } = meterFrames([frame(0, 0xb8, 10), frame(1, 0, 20)], { linkType: LINK_TYPE.ethernet });
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ ipTos: 0xb8, vlan: 10, packets: 2 });
  });

  test("counts IP bytes as on the wire: not the padding, nor less where the capture was cut", () => {
    const small = link.ethernet(ipv4({ ...V4, protocol: 17 }, udp({ sourcePort: 1, destinationPort: 2 })), {
      minimumBytes: 60,
    });
    const large = link.ethernet(
      ipv4({ ...V4, protocol: 17 }, udp({ sourcePort: 1, destinationPort: 2 }, new Uint8Array(1000))),
    );
    const frames = [
      { timeMs: 0, bytes: small },
      { timeMs: 1, bytes: large.subarray(0, 60), originalLength: large.length },
    ];
    const { records, counters } = meterFrames(frames, { linkType: LINK_TYPE.ethernet });
    expect(records).toMatchObject([{ bytes: 28 + 1028, packets: 2 }]);
    expect(counters.ip_bytes).toBe(28 + 1028);
  });

  test("takes the frame's length where segmentation offload left the IP length 0", () => {
    const segment = tcp({ sourcePort: 1, destinationPort: 2, flags: 16 }, new Uint8Array(5000));
    const frame = link.ethernet(ipv4({ ...V4, protocol: 6, totalLength: 0 }, segment), { vlans: [5] });
    const cut = [{ timeMs: 0, bytes: frame.subarray(0, 128), originalLength: frame.length }];
    expect(meterFrames(cut, { linkType: LINK_TYPE.ethernet }).records[0].bytes).toBe(20 + 20 + 5000);
  });

  test("counts packets without an IP header and makes no record of them", () => {
    const arp = link.ethernet(new Uint8Array(46), { etherType: 0x0806 });
    const { records, counters } = meterFrames([{ timeMs: 0, bytes: arp }], { linkType: LINK_TYPE.ethernet });
    expect(records).toHaveLength(0);
    expect(counters).toMatchObject({ packets: 0, packets_without_ip: 1, records: 0 });
  });

  test("meters what has addresses but no whole transport header", () => {
    const packet = ipv4({ ...V4, protocol: 6 }, tcp({ sourcePort: 7, destinationPort: 8, flags: 2 }));
    const { records } = meterFrames([
      { timeMs: 0, bytes: packet.subarray(0, 24), originalLength: packet.length },
    ]);
    expect(records).toMatchObject([{ srcPort: 7, dstPort: 8, tcpFlags: 0, bytes: 40 }]);
  });

  test("gives the same records in the same order for the same packets", () => {
    const packets = [0, 1, 2, 3].flatMap((i) =>
      packetsOf({ ...CONVERSATION, clientPort: 50_000 + i, startMs: CONVERSATION.startMs + i * 3000 }),
    );
    packets.sort((a, b) => a.timeMs - b.timeMs);
    expect(meterPackets(packets)).toEqual(meterPackets(packets));
  });

  test.each([
    [{ activeTimeoutMs: 0 }, "activeTimeoutMs must be above 0, not 0"],
    [{ idleTimeoutMs: Number.NaN }, "idleTimeoutMs must be above 0, not NaN"],
    [{ maxFlows: 1.5 }, "maxFlows must be a whole number"],
    [{ maxFlows: 0 }, "maxFlows must be a whole number"],
  ])("refuses senseless options %j", (options, message) => {
    expect(() => createMeter(collectInto([], 1), options)).toThrow(message);
  });
});

describe("records end", () => {
  test("when idle, in the order in which they were due", () => {
    const { records, counters } = meterPackets([
      fromClient(0, { sourcePort: 1 }),
      fromClient(1000, { sourcePort: 2 }),
      fromClient(2000, { sourcePort: 1 }),
      fromClient(16_001, { sourcePort: 3 }),
      fromClient(17_001, { sourcePort: 3 }),
    ]);
    expect(records.map((record) => record.srcPort)).toEqual([2, 1, 3]);
    expect(counters).toMatchObject({ records: 3, records_idle: 2, records_finish: 1 });
  });

  test("when idle for longer than the timeout, not when for just as long", () => {
    expect(meterPackets([fromClient(0), fromClient(15_000)]).records).toHaveLength(1);
    expect(meterPackets([fromClient(0), fromClient(15_000.001)]).records).toHaveLength(2);
  });

  test("when open for longer than the active timeout; the next packet begins a new one", () => {
    const packets = Array.from({ length: 200 }, (_, i) => fromClient(i * 1000));
    const { records, counters } = meterPackets(packets);
    expect(records.map((record) => [record.timeStart, record.timeEnd, record.packets])).toEqual([
      [0, 60_000, 61],
      [61_000, 121_000, 61],
      [122_000, 182_000, 61],
      [183_000, 199_000, 17],
    ]);
    expect(counters).toMatchObject({ records_active: 3, records_finish: 1 });
  });

  test("two seconds after the last packet that followed a FIN or RST, with the late ACK inside", () => {
    const { fin, ack, rst } = TCP_FLAG;
    for (const flags of [fin | ack, rst]) {
      const { records, counters } = meterPackets([
        fromClient(0),
        fromClient(100, { tcpFlags: flags }),
        fromClient(600),
        fromServer(2601),
      ]);
      expect(records.map((record) => [record.source, record.packets])).toEqual([
        [CLIENT, 3],
        [SERVER, 1],
      ]);
      expect(counters).toMatchObject({ records_tcp_end: 1, records_finish: 1 });
    }
  });

  test("not while a half-closed connection still transfers", () => {
    const packets = [fromClient(0, { tcpFlags: TCP_FLAG.fin | TCP_FLAG.ack })];
    for (let i = 1; i <= 20; i++) packets.push(fromClient(i * 1500));
    expect(meterPackets(packets).records).toMatchObject([{ packets: 21 }]);
  });

  test("at once when a new connection takes the same ports after FIN or RST", () => {
    const { syn, fin, ack } = TCP_FLAG;
    const { records } = meterPackets([
      fromClient(0, { tcpFlags: syn }),
      fromClient(10, { tcpFlags: fin | ack }),
      fromClient(20, { tcpFlags: syn }),
      fromClient(30),
    ]);
    expect(records.map((record) => [record.timeStart, record.packets, record.tcpFlags])).toEqual([
      [0, 2, syn | fin | ack],
      [20, 2, syn | ack],
    ]);
  });

  test("early under pressure, the one longest without a packet first, and counted", () => {
    const packets = [1, 2, 3, 1, 4, 5].map((port, i) => fromClient(i, { sourcePort: port }));
    const { records, counters } = meterPackets(packets, { maxFlows: 3 });
    expect(records.map((record) => record.srcPort)).toEqual([2, 3, 1, 4, 5]);
    expect(counters).toMatchObject({ records_pressure: 2, records_finish: 3 });
  });

  test("under pressure whichever of the two waits has lasted longest", () => {
    const fin = { tcpFlags: TCP_FLAG.fin };
    const { records } = meterPackets(
      [
        fromClient(0, { sourcePort: 1 }),
        fromClient(1, { sourcePort: 2, ...fin }),
        fromClient(2, { sourcePort: 3 }),
        fromClient(3, { sourcePort: 4 }),
      ],
      { maxFlows: 2 },
    );
    expect(records.map((record) => record.srcPort)).toEqual([1, 2, 3, 4]);
  });

  test("UDP with a FIN's bit in its bytes is not ended by it", () => {
    const datagram = (timeMs: number) =>
      fromClient(timeMs, { protocol: IP_PROTOCOL.udp, tcpFlags: TCP_FLAG.fin, payloadBytes: 30 });
    expect(meterPackets([datagram(0), datagram(9000)]).records).toHaveLength(1);
  });
});
