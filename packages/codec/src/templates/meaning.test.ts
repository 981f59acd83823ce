import { INITIATOR } from "@flowlens/flow";
import { describe, expect, it } from "vitest";
import {
  be16,
  be32,
  be64,
  createFed,
  datagram,
  EXPORT_MS,
  message,
  set,
  vendor,
} from "../testing/template-bytes.ts";

const CLIENT = 0x0a000001;
const SERVER = 0x0a000002;
const ADDRESSES = be16(8, 4, 12, 4);

/** A template set of IPFIX with one template of these field specifiers. */
const template = (id: number, count: number, fields: readonly number[]) =>
  set(2, [...be16(id, count), ...fields]);

describe("a biflow", () => {
  const BIFLOW = template(256, 11, [
    ...ADDRESSES,
    ...be16(7, 2, 11, 2, 4, 1, 10, 4, 14, 4),
    ...be16(85, 8, 86, 8),
    ...vendor(85, 8, 29_305),
    ...vendor(86, 8, 29_305),
  ]);
  const record = (bytes: number, packets: number, reverseBytes: number, reversePackets: number) => [
    ...be32(CLIENT, SERVER),
    ...be16(40_000, 443),
    6,
    ...be32(11, 12),
    ...be64(bytes, packets, reverseBytes, reversePackets),
  ];

  it("is two rows, the ends exchanged in the second, and one object with both counters", () => {
    const { feed, collected, records, decoder } = createFed();
    expect(feed(message([BIFLOW, set(256, record(500, 5, 9_000, 7))]))).toBe(1);
    expect(collected.flows()).toMatchObject([
      {
        src: "10.0.0.1",
        dst: "10.0.0.2",
        srcPort: 40_000,
        dstPort: 443,
        bytes: 500,
        packets: 5,
        inIf: 11,
        outIf: 12,
        initiator: INITIATOR.sourceClaimed,
      },
      {
        src: "10.0.0.2",
        dst: "10.0.0.1",
        srcPort: 443,
        dstPort: 40_000,
        bytes: 9_000,
        packets: 7,
        inIf: 12,
        outIf: 11,
        initiator: INITIATOR.destinationClaimed,
      },
    ]);
    expect(records).toMatchObject([{ bytes: 500, packets: 5, reverse_bytes: 9_000, reverse_packets: 7 }]);
    expect(decoder.counters).toMatchObject({ records: 1, biflow_reverse_rows: 1 });
  });

  it("without an answer is one row, and so is one that only has the answer", () => {
    const { feed, collected } = createFed();
    feed(message([BIFLOW, set(256, [...record(60, 1, 0, 0), ...record(0, 0, 80, 1)])]));
    expect(collected.flows()).toMatchObject([
      { src: "10.0.0.1", bytes: 60 },
      { src: "10.0.0.2", dst: "10.0.0.1", bytes: 80, initiator: INITIATOR.destinationClaimed },
    ]);
  });

  it("is opened by whom biflowDirection names", () => {
    const { feed, collected } = createFed();
    const fields = [...ADDRESSES, ...be16(1, 4, 239, 1)];
    const records = [0, 1, 2, 3].flatMap((direction) => [...be32(CLIENT, SERVER, 9), direction]);
    feed(message([template(256, 4, fields), set(256, records)]));
    expect(collected.flows().map((flow) => flow.initiator)).toEqual([
      INITIATOR.unknown,
      INITIATOR.sourceClaimed,
      INITIATOR.destinationClaimed,
      INITIATOR.unknown,
    ]);
  });

  it("of pings has the reply's type on the way back", () => {
    const { feed, collected } = createFed();
    const fields = [...ADDRESSES, ...be16(4, 1, 32, 2, 1, 4), ...vendor(1, 4, 29_305)];
    feed(
      message([
        template(256, 6, fields),
        set(256, [...be32(CLIENT, SERVER), 1, ...be16(0x0800), ...be32(84, 84)]),
      ]),
    );
    expect(collected.flows().map((flow) => flow.icmpTypeCode)).toEqual([0x0800, 0]);
  });

  it("has the flags of YAF's first and later packets, both ways", () => {
    const { feed, collected } = createFed();
    const flags = [14, 15, 14 + 16_384, 15 + 16_384].flatMap((id) => vendor(id, 1, 6_871));
    const fields = [...ADDRESSES, ...be16(1, 4), ...vendor(1, 4, 29_305), ...flags];
    feed(
      message([template(256, 8, fields), set(256, [...be32(CLIENT, SERVER, 9, 9), 0x02, 0x19, 0x12, 0x11])]),
    );
    expect(collected.flows().map((flow) => flow.tcpFlags)).toEqual([0x1b, 0x13]);
  });
});

describe("events of firewalls and NAT", () => {
  const EVENTS = template(256, 5, [...ADDRESSES, ...be16(233, 1, 231, 4, 232, 4)]);
  const event = (kind: number, bytes: number, back: number) => [
    ...be32(CLIENT, SERVER),
    kind,
    ...be32(bytes, back),
  ];

  it("are flows only where they tell traffic, and a denied one never is", () => {
    const { feed, collected, records, decoder } = createFed();
    const sent = [event(1, 0, 0), event(2, 100, 200), event(3, 60, 0), event(5, 10, 0), event(5, 0, 0)];
    feed(message([EVENTS, set(256, sent.flat())]));
    expect(collected.flows().map((flow) => flow.bytes)).toEqual([100, 200, 10]);
    expect(decoder.counters).toMatchObject({ records: 5, events_not_flows: 3, biflow_reverse_rows: 1 });
    // People see them all.
    expect(records.map((record) => record.fields?.firewall_event)).toEqual([1, 2, 3, 5, 5]);
  });

  it("of address translation are none without counters", () => {
    const { feed, collected, decoder, records } = createFed();
    feed(
      message([
        template(256, 4, [...ADDRESSES, ...be16(230, 1, 225, 4)]),
        set(256, [...be32(CLIENT, SERVER), 1, ...be32(0x01020304)]),
      ]),
    );
    expect(collected.flows()).toEqual([]);
    expect(decoder.counters).toMatchObject({ events_not_flows: 1 });
    expect(records[0].fields).toMatchObject({ nat_event: 1, post_nat_source_ipv4_address: "1.2.3.4" });
  });

  it("and records without two addresses or without a counter make no row, and are counted", () => {
    const { feed, collected, decoder } = createFed();
    feed(
      message([
        template(256, 2, be16(8, 4, 1, 4)),
        template(257, 2, ADDRESSES),
        set(256, be32(CLIENT, 5)),
        set(257, be32(CLIENT, SERVER)),
      ]),
    );
    expect(collected.flows()).toEqual([]);
    expect(decoder.counters).toMatchObject({ records: 2, records_not_flows: 2 });
  });
});

describe("the sampling rate of a flow", () => {
  const FLOW = template(256, 5, [...ADDRESSES, ...be16(1, 4, 10, 4, 302, 2)]);
  const flow = (inIf: number, selector: number) => [...be32(CLIENT, SERVER, 9, inIf), ...be16(selector)];
  const options = (id: number, count: number, fields: readonly number[]) =>
    set(3, [...be16(id, count, 1), ...fields]);

  it("is of its selector, else its interface, else its domain, else what another domain of the exporter told", () => {
    const { feed, collected } = createFed();
    feed(
      message([
        FLOW,
        options(300, 3, be16(302, 2, 305, 4, 306, 4)),
        options(301, 2, be16(10, 4, 34, 4)),
        options(302, 2, be16(149, 4, 34, 4)),
        set(300, [...be16(7), ...be32(1, 999)]),
        set(301, be32(5, 50)),
        set(302, be32(1, 20)),
        set(256, [...flow(1, 7), ...flow(5, 8), ...flow(6, 8)]),
      ]),
    );
    expect(collected.flows().map((each) => each.samplingRate)).toEqual([1000, 50, 20]);
    // Another domain, about which nothing was told.
    feed(message([FLOW, set(256, flow(1, 7))], 2));
    expect(collected.flows().at(-1)).toMatchObject({ samplingRate: 1000, observationDomain: 2 });
  });

  it("is what the record itself says before all else, in whichever form", () => {
    const { feed, collected } = createFed();
    const half = [0x3f, 0xe0, 0, 0, 0, 0, 0, 0];
    feed(
      message([
        template(256, 4, [...ADDRESSES, ...be16(1, 4, 34, 4)]),
        template(257, 5, [...ADDRESSES, ...be16(1, 4, 309, 4, 310, 4)]),
        template(258, 4, [...ADDRESSES, ...be16(1, 4, 311, 8)]),
        set(256, be32(CLIENT, SERVER, 9, 512)),
        set(257, be32(CLIENT, SERVER, 9, 3, 300)),
        set(258, [...be32(CLIENT, SERVER, 9), ...half]),
      ]),
    );
    expect(collected.flows().map((each) => each.samplingRate)).toEqual([512, 100, 2]);
  });

  it("comes with v9's sampler table as Cisco sends it", () => {
    const { feed, collected, status } = createFed();
    feed(
      datagram([
        set(0, be16(256, 4, 8, 4, 12, 4, 1, 4, 48, 1)),
        // scope System; FLOW_SAMPLER_ID, FLOW_SAMPLER_MODE, FLOW_SAMPLER_RANDOM_INTERVAL
        set(1, be16(257, 4, 12, 1, 4, 48, 1, 49, 1, 50, 4)),
        set(257, [...be32(0), 3, 2, ...be32(5000)]),
        set(256, [...be32(CLIENT, SERVER, 9), 3]),
      ]),
    );
    expect(collected.flows()).toMatchObject([{ samplingRate: 5000 }]);
    expect(status()).toMatchObject({ samplingRate: 5000, records: 1, templates: 2 });
  });
});

describe("the times of a flow", () => {
  const timed = (fields: readonly number[], record: readonly number[]) => {
    const { feed, collected, decoder } = createFed();
    feed(
      message([
        template(256, 3 + fields.length / 4, [...ADDRESSES, ...be16(1, 4), ...fields]),
        set(256, [...be32(CLIENT, SERVER, 9), ...record]),
      ]),
    );
    const [{ timeStart, timeEnd }] = collected.flows();
    return [timeStart - EXPORT_MS, timeEnd - EXPORT_MS, decoder.counters.times_clamped];
  };
  const NTP_S = EXPORT_MS / 1000 + 2_208_988_800;

  it("are read in every form there is", () => {
    expect(timed(be16(152, 8, 153, 8), be64(EXPORT_MS - 5_000, EXPORT_MS - 250))).toEqual([-5000, -250, 0]);
    expect(timed(be16(150, 4, 151, 4), be32(EXPORT_MS / 1000 - 9, EXPORT_MS / 1000 - 2))).toEqual([
      -9000, -2000, 0,
    ]);
    expect(timed(be16(154, 8, 155, 8), be32(NTP_S - 4, 0x80000000, NTP_S - 1, 0x40000000))).toEqual([
      -3500, -750, 0,
    ]);
    expect(timed(be16(156, 8, 157, 8), be32(NTP_S - 4, 0, NTP_S - 1, 0))).toEqual([-4000, -1000, 0]);
    expect(timed(be16(158, 4, 159, 4), be32(3_000_000, 1_000_000))).toEqual([-3000, -1000, 0]);
    expect(
      timed(be16(160, 8, 22, 4, 21, 4), [...be64(EXPORT_MS - 100_000), ...be32(40_000, 90_000)]),
    ).toEqual([-60_000, -10_000, 0]);
    expect(timed(be16(152, 8, 161, 4), [...be64(EXPORT_MS - 8_000), ...be32(3_000)])).toEqual([
      -8000, -5000, 0,
    ]);
    expect(timed(be16(153, 8, 162, 4), [...be64(EXPORT_MS - 1_000), ...be32(2_000_000)])).toEqual([
      -3000, -1000, 0,
    ]);
    expect(timed(be16(152, 8, 323, 8), be64(EXPORT_MS - 8_000, EXPORT_MS - 6_000))).toEqual([
      -8000, -6000, 0,
    ]);
  });

  it("are the datagram's where the record has none, and nothing is counted", () => {
    expect(timed([], [])).toEqual([0, 0, 0]);
    expect(timed(be16(152, 8, 153, 8), be64(0, 0))).toEqual([0, 0, 0]);
  });

  it("that cannot be become the end or the datagram's, and are counted", () => {
    expect(timed(be16(152, 8, 153, 8), be64(EXPORT_MS - 10, EXPORT_MS - 20))).toEqual([-20, -20, 1]);
    expect(timed(be16(152, 8, 153, 8), be64(5, 9))).toEqual([0, 0, 1]);
    expect(timed(be16(152, 8, 153, 8), be64(EXPORT_MS, EXPORT_MS + 2 ** 40))).toEqual([0, 0, 1]);
  });

  it("by an uptime whose beginning nobody told are set by the newest flow", () => {
    const { feed, collected } = createFed();
    const FLOW = template(256, 5, [...ADDRESSES, ...be16(1, 4, 22, 4, 21, 4)]);
    const flow = (first: number, last: number) => be32(CLIENT, SERVER, 9, first, last);
    feed(message([FLOW, set(256, [...flow(50_000, 90_000), ...flow(60_000, 80_000)])]));
    expect(collected.flows().map((each) => [each.timeStart - EXPORT_MS, each.timeEnd - EXPORT_MS])).toEqual([
      [-40_000, 0],
      [-30_000, -10_000],
    ]);
    // Told in options, it is known: systemInitTimeMilliseconds.
    feed(
      message([
        set(3, be16(300, 2, 1, 149, 4, 160, 8)),
        set(300, [...be32(1), ...be64(EXPORT_MS - 95_000)]),
        set(256, flow(50_000, 90_000)),
      ]),
    );
    expect(collected.flows().at(-1)).toMatchObject({
      timeStart: EXPORT_MS - 45_000,
      timeEnd: EXPORT_MS - 5_000,
    });
  });
});

describe("fields that a row has no column for", () => {
  it("are named by IANA, by their vendor, by what the exporter told, or by number; structured ones are passed over", () => {
    const { feed, records, collected } = createFed();
    feed(
      message([
        // RFC 5610: element 77 of enterprise 4242 is a string called theAnswer.
        set(3, be16(300, 4, 2, 346, 4, 303, 2, 339, 1, 341, 16)),
        set(300, [...be32(4242), ...be16(77), 13, ...Buffer.from("theAnswer".padEnd(16, "\0"))]),
        template(256, 9, [
          ...ADDRESSES,
          ...be16(1, 4, 56, 6, 291, 0xffff),
          ...vendor(77, 5, 4242),
          ...vendor(78, 3, 4242),
          ...vendor(12_235, 4, 9),
          ...be16(351, 3),
        ]),
        set(256, [
          ...be32(CLIENT, SERVER, 9),
          // The MAC address; a list of 4 bytes, its length in three; text; a number; bytes; a number.
          0,
          0x1b,
          0x21,
          1,
          2,
          3,
          255,
          ...be16(4),
          ...be32(0x01020304),
          ...Buffer.from("fort2"),
          0,
          ...be16(0x0100),
          ...be32(0x03000050),
          0,
          ...be16(0x0101),
        ]),
      ]),
    );
    expect(collected.flows()).toHaveLength(1);
    expect(records[0].fields).toMatchObject({
      source_mac_address: "00:1b:21:01:02:03",
      basic_list: "01020304",
      the_answer: "fort2",
      pen4242_78: 256,
      application_http_host: "03000050",
      layer2_segment_id: 257,
    });
  });
});
