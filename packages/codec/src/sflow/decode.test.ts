import { concatBytes, ipv4, ipv6, link, tcp, u16, udp } from "@flowlens/made-traffic";
import { describe, expect, it } from "vitest";
import { createExportDecoder } from "../export/index.ts";
import type { RecordJson } from "../record-json/index.ts";
import { collectFlows } from "../testing/collected-flows.ts";
import {
  expandedFlowSample,
  flowSample,
  item,
  joined,
  rawHeader,
  sflowDatagram,
  words,
  xdrText,
  type DatagramFields,
} from "../testing/sflow-bytes.ts";

const PACKET = ipv4(
  { source: "10.0.0.1", destination: "10.0.0.2", protocol: 6, tos: 8 },
  tcp({ sourcePort: 50_000, destinationPort: 443, flags: 0x12 }, new Uint8Array(100)),
);
const PACKET_V6 = ipv6(
  { source: "fd00::1", destination: "fd00::2", protocol: 17 },
  udp({ sourcePort: 5353, destinationPort: 53 }, new Uint8Array(30)),
);
const HEADER = rawHeader(link.ethernet(PACKET));
const GOOD = flowSample([HEADER], { sequence: 99 });

/** Decodes datagrams in order, as rows and as objects. */
function decode(...datagrams: readonly Uint8Array[]) {
  const options = { exporter: new Uint8Array(16), port: 6343, receivedAtMs: 0 };
  const decoder = createExportDecoder({ optionsRecords: true });
  const asRows = createExportDecoder();
  const collected = collectFlows();
  const records: RecordJson[] = [];
  for (const bytes of datagrams) {
    decoder.datagramToJson(bytes, 0, bytes.length, options, (record) => records.push(record));
    asRows.datagram(bytes, 0, bytes.length, options, collected.sink);
  }
  expect(asRows.counters).toEqual(decoder.counters);
  return { records, flows: collected.flows(), counters: decoder.counters, status: decoder.exporters()[0] };
}

describe("a sampled header", () => {
  const cases: readonly [string, number, Uint8Array][] = [
    ["Ethernet", 1, link.ethernet(PACKET, { vlans: [100, 200] })],
    ["token bus", 2, concatBytes([0], new Uint8Array(12), snap(PACKET))],
    ["token ring", 3, concatBytes([0x10, 0x40], new Uint8Array(12), snap(PACKET))],
    ["FDDI", 4, concatBytes([0x50], new Uint8Array(12), snap(PACKET))],
    ["frame relay", 5, concatBytes([0x18, 0x41, 0x03, 0xcc], PACKET)],
    ["PPP", 7, link.ppp(PACKET, { framed: true })],
    ["AAL5", 9, snap(PACKET)],
    ["AAL5 with IP at once", 10, PACKET],
    ["IPv4", 11, PACKET],
    ["IPv6", 12, PACKET_V6],
    ["MPLS", 13, link.ethernet(PACKET, { mplsLabels: [16, 17] }).subarray(14)],
    ["packet over SONET", 14, link.cHdlc(PACKET)],
    ["802.11", 15, link.ieee80211(PACKET)],
    ["802.11 A-MPDU", 16, concatBytes([0, 0, 0, 0x4e], link.ieee80211(PACKET))],
    ["an 802.11 A-MSDU subframe", 17, link.ethernetSnap(PACKET)],
  ];

  it.each(cases)("of %s gives addresses, ports and IP length", (_, protocol, bytes) => {
    const { flows, counters } = decode(sflowDatagram([flowSample([rawHeader(bytes, { protocol })])]));
    expect(counters).toMatchObject({ records: 1, malformed: 0 });
    expect(flows).toMatchObject(
      protocol === 12
        ? [{ src: "fd00::1", dst: "fd00::2", srcPort: 5353, dstPort: 53, bytes: PACKET_V6.length }]
        : [{ src: "10.0.0.1", dst: "10.0.0.2", dstPort: 443, tcpFlags: 0x12, ipTos: 8, bytes: 140 }],
    );
    expect(flows).toMatchObject([{ packets: 1, samplingRate: 100, inIf: 3, outIf: 4, observationDomain: 7 }]);
  });

  it.each([6, 8, 18, 99, 0xffffffff])("of protocol %d is counted and shown, and makes no row", (protocol) => {
    const { flows, counters, records } = decode(
      sflowDatagram([flowSample([rawHeader(PACKET, { protocol })]), GOOD]),
    );
    expect(counters).toMatchObject({ sflow_unknown_header_protocol: 1, records: 1, malformed: 0 });
    expect(flows).toHaveLength(1);
    expect(records).toMatchObject([{ bytes: 144, fields: { header_protocol: protocol } }, {}]);
    expect(records[0]).not.toHaveProperty("src_addr");
  });

  it("that is not IP is counted by what it is", () => {
    const arp = link.ethernet(new Uint8Array(46), { etherType: 0x0806 });
    const { flows, counters, records } = decode(sflowDatagram([flowSample([rawHeader(arp)])]));
    expect(flows).toEqual([]);
    expect(counters).toMatchObject({ sflow_header_non_ip: 1, records: 0, malformed: 0 });
    expect(records).toMatchObject([{ fields: { ether_type: 0x0806 } }]);
  });

  it("of a later fragment has no ports", () => {
    const later = ipv4(
      { source: "10.0.0.1", destination: "10.0.0.2", protocol: 17, id: 5, fragmentOffset: 1480 },
      new Uint8Array(64).fill(0xff),
    );
    const { flows, records } = decode(sflowDatagram([flowSample([rawHeader(link.ethernet(later))])]));
    expect(flows).toMatchObject([{ ipProtocol: 17, srcPort: 0, dstPort: 0, bytes: 84 }]);
    expect(records[0]).not.toHaveProperty("src_port");
    expect(records[0].fields).toMatchObject({ fragment_id: 5, fragment_offset: 1480 });
  });

  it("whose IP length is 0 counts what the frame had behind its link header", () => {
    const offloaded = ipv4(
      { source: "10.0.0.1", destination: "10.0.0.2", protocol: 6, totalLength: 0 },
      tcp({ sourcePort: 1, destinationPort: 2, flags: 0x10 }),
    );
    const header = rawHeader(link.ethernet(offloaded), { frameLength: 9_018 });
    expect(decode(sflowDatagram([flowSample([header])])).flows).toMatchObject([{ bytes: 9_000 }]);
  });

  it("inside an overlay is the flow, with the envelope beside it", () => {
    const vxlan = udp(
      { sourcePort: 1, destinationPort: 4789 },
      concatBytes([8, 0, 0, 0, 0, 0, 9, 0], link.ethernet(PACKET)),
    );
    const outer = ipv4({ source: "172.16.0.1", destination: "172.16.0.2", protocol: 17 }, vxlan);
    const { flows, records } = decode(
      sflowDatagram([flowSample([rawHeader(link.ethernet(outer, { vlans: [30] }))])]),
    );
    expect(flows).toMatchObject([{ src: "10.0.0.1", dst: "10.0.0.2", dstPort: 443, bytes: 140 }]);
    expect(records).toMatchObject([
      {
        src_addr: "10.0.0.1",
        vlan_src: 30,
        fields: {
          tunnels: "vxlan",
          outer_src_addr: "172.16.0.1",
          outer_dst_addr: "172.16.0.2",
          outer_dst_port: 4789,
          outer_bytes: outer.length,
        },
      },
    ]);
  });

  it("of a mirrored frame stays the mirror's", () => {
    const gre = concatBytes([0, 0], u16(0x88be), link.ethernet(PACKET));
    const mirror = ipv4({ source: "172.16.0.1", destination: "172.16.0.2", protocol: 47 }, gre);
    const { flows } = decode(sflowDatagram([flowSample([rawHeader(link.ethernet(mirror))])]));
    expect(flows).toMatchObject([{ src: "172.16.0.1", dst: "172.16.0.2", ipProtocol: 47 }]);
  });
});

describe("records beside the header", () => {
  const first = (...records: readonly Uint8Array[]) => {
    const {
      flows,
      records: objects,
      counters,
    } = decode(sflowDatagram([flowSample([HEADER, ...records]), GOOD]));
    expect(flows).toHaveLength(2);
    return { flow: flows[0], record: objects[0], counters };
  };

  it("give VLANs, and none where the switch does not know", () => {
    const tagged = rawHeader(link.ethernet(PACKET, { vlans: [55] }));
    const known = item(1001, words(10, 0, 20, 0));
    const unknown = item(1001, words(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff));
    expect(first(known).record).toMatchObject({ vlan_src: 10, vlan_dst: 20 });
    const { records } = decode(sflowDatagram([flowSample([tagged, unknown]), flowSample([unknown, tagged])]));
    expect(records).toMatchObject([
      { vlan_src: 55, vlan_dst: 0 },
      { vlan_src: 55, vlan_dst: 0 },
    ]);
  });

  it("give the next router and its masks", () => {
    const router = item(1002, joined(words(1), Uint8Array.of(10, 9, 9, 9), words(24, 16)));
    const { flow, record } = first(router);
    expect(flow.nextHop).toBe("10.9.9.9");
    expect(record).toMatchObject({ next_hop: "10.9.9.9", fields: { src_mask: 24, dst_mask: 16 } });
  });

  it("give the AS of the source and the last AS of the path, whatever its segments are", () => {
    const gateway = (...rest: readonly number[]) => item(1003, words(1, 0x0a090909, 65_000, ...rest));
    const path = gateway(64_500, 64_501, 2, 2, 3, 1, 2, 3, 1, 2, 4_200_000_000, 5, 2, 0xfde8_0001, 7, 100);
    const { flow, record } = first(path);
    expect(flow).toMatchObject({ srcAs: 64_500, dstAs: 5, nextHop: "10.9.9.9" });
    expect(record.fields).toMatchObject({
      router_as: 65_000,
      src_peer_as: 64_501,
      dst_as_path: "1 2 3 {4200000000,5}",
      communities: "65000:1 0:7",
      local_preference: 100,
    });
    expect(first(gateway(64_500, 0, 0, 0, 0)).flow).toMatchObject({ srcAs: 64_500, dstAs: 65_000 });
    expect(first(gateway(0, 0, 1, 2, 0, 0, 0)).flow).toMatchObject({ srcAs: 65_000, dstAs: 65_000 });
  });

  it("that lie about a path's or communities' length cost no more than themselves", () => {
    for (const lie of [
      [0, 0, 0xffffffff, 2, 1, 5],
      [0, 0, 1, 2, 0xffffffff],
      [0, 0, 1, 2, 0x4000_0001, 5],
    ]) {
      const { flow, counters } = first(item(1003, words(1, 0x0a090909, 65_000, ...lie)));
      expect(flow).toMatchObject({ src: "10.0.0.1", srcAs: 0, dstAs: 0 });
      expect(counters).toMatchObject({ malformed: 1, malformed_record_too_short: 1, records: 2 });
    }
    const communities = first(item(1003, words(1, 0x0a090909, 65_000, 1, 1, 0, 0xffffffff, 1)));
    expect(communities.flow).toMatchObject({ srcAs: 1, dstAs: 65_000 });
  });

  it("are shown under their own names where a row has no column for them", () => {
    const { record, counters } = first(
      item(1004, joined(words(3), xdrText("alice"), words(3), xdrText("bob"))),
      item(1006, joined(words(1, 0x0a090909, 1, 0x00010100, 2, 0x00020000, 0x00030100))),
      item(1007, words(1, 0xc0000201, 1, 0xc0000202)),
      item(1020, words(1_024, 80)),
      item(
        1022,
        joined(words(64), new Uint8Array(8).fill(1, 0, 6), new Uint8Array(8).fill(2, 0, 6), words(0x0800)),
      ),
      item(1023, words(100, 47, 0xac100001, 0xac100002, 0, 0, 0, 0)),
      item(
        1026,
        joined(
          words(100, 41),
          new Uint8Array(15),
          Uint8Array.of(1),
          new Uint8Array(15),
          Uint8Array.of(2),
          words(0, 0, 0, 0),
        ),
      ),
      item(1027, words(50)),
      item(1029, words(77)),
      item(1038, xdrText("tcp\u001b[31m_rcv")),
    );
    expect(counters.malformed).toBe(0);
    expect(record.fields).toMatchObject({
      src_user: "alice",
      dst_user: "bob",
      mpls_next_hop: "10.9.9.9",
      mpls_in_labels: "16",
      mpls_out_labels: "32 48",
      nat_src_addr: "192.0.2.1",
      nat_dst_addr: "192.0.2.2",
      nat_src_port: 1_024,
      nat_dst_port: 80,
      l2_tunnel_ingress_src_mac: "01:01:01:01:01:01",
      ipv4_tunnel_egress_src_addr: "172.16.0.1",
      ipv4_tunnel_egress_ip_protocol: 47,
      ipv6_tunnel_ingress_dst_addr: "::2",
      decapsulate_egress_offset: 50,
      vni_egress: 77,
      function: "tcp.[31m_rcv",
    });
  });

  it("of vendors and of no known structure are passed over by their length, before and after the header", () => {
    const vendor = item((8_800 << 12) | 5, new Uint8Array(13).fill(0xee));
    const { flows, counters } = decode(
      sflowDatagram([
        flowSample([vendor, HEADER, item(2_000, words(1)), item(1001, words(4, 0, 5, 0))]),
        GOOD,
      ]),
    );
    expect(flows).toHaveLength(2);
    expect(counters).toMatchObject({ sflow_unknown_records: 2, malformed: 0, records: 2 });
  });
});

describe("a sample without the packet's own bytes", () => {
  it("makes a row of the agent's reading of IPv4 and IPv6", () => {
    const v4 = item(3, words(1_500, 6, 0x0a000001, 0x0a000002, 443, 50_000, 0x18, 8));
    const address = (last: number) => Uint8Array.from([0xfd, ...new Uint8Array(14), last]);
    const v6 = item(4, joined(words(80, 58), address(1), address(2), words(128, 0, 0, 32)));
    const ethernet = item(2, joined(words(64), new Uint8Array(16), words(0x0800)));
    const { flows, records } = decode(
      sflowDatagram([flowSample([ethernet, v4]), flowSample([v6, ethernet])]),
    );
    expect(flows).toMatchObject([
      {
        src: "10.0.0.1",
        dst: "10.0.0.2",
        srcPort: 443,
        dstPort: 50_000,
        tcpFlags: 0x18,
        bytes: 1_500,
        ipTos: 8,
      },
      { src: "fd00::1", dst: "fd00::2", srcPort: 0, dstPort: 0, ipProtocol: 58, bytes: 80, ipTos: 32 },
    ]);
    expect(records).toMatchObject([
      { src_addr: "10.0.0.1", dst_port: 50_000, tcp_flags: 0x18 },
      { ip_protocol: 58 },
    ]);
  });

  it("prefers the packet's own bytes wherever they stand", () => {
    const v4 = item(3, words(9, 17, 1, 2, 3, 4, 5, 6));
    for (const records of [
      [v4, HEADER],
      [HEADER, v4],
    ]) {
      expect(decode(sflowDatagram([flowSample(records)])).flows).toMatchObject([
        { src: "10.0.0.1", bytes: 140 },
      ]);
    }
  });

  it("is used where the packet's own bytes end before its IP header", () => {
    const v4 = item(3, words(1_500, 6, 0x0a000001, 0x0a000002, 443, 50_000, 0x18, 8));
    const cut = rawHeader(link.ethernet(PACKET).subarray(0, 20));
    for (const records of [
      [v4, cut],
      [cut, v4],
    ]) {
      expect(decode(sflowDatagram([flowSample(records)])).flows).toMatchObject([
        { src: "10.0.0.1", bytes: 1_500 },
      ]);
    }
  });

  it("that tells only of Ethernet makes no row", () => {
    const ethernet = item(
      2,
      joined(words(64), Uint8Array.of(2, 0, 0, 0, 0, 1, 0, 0), new Uint8Array(8), words(0x0806)),
    );
    const { flows, counters, records } = decode(sflowDatagram([flowSample([ethernet])]));
    expect(flows).toEqual([]);
    expect(counters).toMatchObject({ sflow_samples_without_ip: 1, malformed: 0 });
    expect(records).toMatchObject([
      { bytes: 64, fields: { src_mac: "02:00:00:00:00:01", ether_type: 0x0806 } },
    ]);
  });
});

describe("interfaces", () => {
  // sFlow v5, "flow_sample": two bits of format, thirty of value.
  it.each([
    ["an index", 5, { outIf: 5 }, {}],
    ["the device itself", 0x3fffffff, { outIf: 0 }, { output_internal: 1 }],
    ["a reason to discard", 0x40000102, { outIf: 0 }, { output_discard_reason: 258 }],
    ["several interfaces", 0x80000007, { outIf: 0 }, { output_interfaces: 7 }],
    ["a format to come", 0xc0000001, { outIf: 0 }, { output_format: 3 }],
  ])("show %s", (_, output, flow, fields) => {
    const { flows, records } = decode(sflowDatagram([flowSample([HEADER], { output })]));
    expect(flows).toMatchObject([flow]);
    expect(records[0].fields).toMatchObject(fields);
    expect("out_if" in records[0]).toBe(flow.outIf > 0);
  });

  it("of expanded samples keep all 32 bits", () => {
    const sample = (output: readonly [number, number]) =>
      expandedFlowSample([HEADER], { input: [0, 0xfffffffe], output });
    const { flows } = decode(
      sflowDatagram([sample([0, 0x40000000]), sample([2, 9]), sample([0, 0xffffffff])]),
    );
    expect(flows.map(({ inIf, outIf }) => [inIf, outIf])).toEqual([
      [0xfffffffe, 0x40000000],
      [0xfffffffe, 0],
      [0xfffffffe, 0],
    ]);
  });
});

describe("samples that are no flows", () => {
  const counters = item(2, joined(words(5, 3, 1), item(1005, xdrText("eth0"))));
  const discarded = item(5, joined(words(6, 0, 3, 11, 3, 4, 257, 1), HEADER));

  it("make no rows, are counted, and are shown only when asked for", () => {
    const {
      flows,
      records,
      counters: counted,
    } = decode(sflowDatagram([counters, discarded, item(77, words(1)), GOOD]));
    expect(flows).toHaveLength(1);
    expect(counted).toMatchObject({
      sflow_counter_samples: 1,
      sflow_discarded_packets: 1,
      sflow_unknown_samples: 1,
      records: 1,
      malformed: 0,
    });
    expect(records).toMatchObject([
      { fields: { sample_type: "counter_sample", port_name: "eth0" } },
      { src_addr: "10.0.0.1", fields: { sample_type: "discarded_packet", discard_reason: 257, drops: 11 } },
      { src_addr: "10.0.0.1", fields: { sample_type: "flow_sample" } },
    ]);
    const unasked: RecordJson[] = [];
    const bytes = sflowDatagram([counters, discarded]);
    const source = { exporter: new Uint8Array(16), port: 0, receivedAtMs: 0 };
    createExportDecoder().datagramToJson(bytes, 0, bytes.length, source, (record) => unasked.push(record));
    expect(unasked).toEqual([]);
  });
});

describe("lengths that lie", () => {
  it("inside a record cost neither what came before it nor the next record", () => {
    const { flows, counters } = decode(
      sflowDatagram([flowSample([item(1002, words(9)), HEADER, item(1001, words(4, 0, 5, 0))])]),
    );
    expect(flows).toMatchObject([{ src: "10.0.0.1" }]);
    expect(counters).toMatchObject({ malformed: 1, malformed_record_too_short: 1 });
  });

  it("inside a sample cost neither what came before nor the next sample", () => {
    const spoiled: readonly [Uint8Array, string][] = [
      [flowSample([HEADER, joined(words(1001, 0xffffffff), words(1))]), "record_length_lies"],
      [flowSample([HEADER], { count: 5 }), "record_count_lies"],
      [flowSample([HEADER], { count: 0xffffffff }), "record_count_lies"],
      [flowSample([HEADER, item(1001, words(1))]), "record_too_short"],
      [flowSample([rawHeader(link.ethernet(PACKET), { headerLength: 0xffffffff })]), "header_length_lies"],
    ];
    for (const [sample, reason] of spoiled) {
      const { flows, counters } = decode(sflowDatagram([sample, GOOD]));
      expect(flows, reason).toHaveLength(2);
      expect(counters, reason).toMatchObject({ malformed: 1, [`malformed_${reason}`]: 1, records: 2 });
    }
  });

  it("of a sample too short for its head cost that sample only", () => {
    const { flows, counters } = decode(sflowDatagram([item(1, words(1, 2, 3)), item(4, words(1)), GOOD]));
    expect(flows).toHaveLength(1);
    expect(counters).toMatchObject({ malformed: 1, malformed_sample_too_short: 2 });
  });

  it("of the last sample cost nothing that is whole in the datagram", () => {
    const { flows, counters } = decode(sflowDatagram([GOOD, flowSample([HEADER], { length: 40 })]));
    expect(flows).toHaveLength(2);
    expect(counters.malformed).toBe(1);
  });

  it("of a datagram cut short cost only what was cut off", () => {
    const whole = sflowDatagram([GOOD, GOOD, GOOD]);
    const { flows, counters } = decode(whole.subarray(0, 28 + 2 * GOOD.length + 20));
    expect(flows).toHaveLength(2);
    expect(counters).toMatchObject({ malformed: 1, malformed_sample_length_lies: 1 });
  });

  it("in the number of samples are counted, too few and too many", () => {
    expect(decode(sflowDatagram([GOOD], { count: 9 })).counters).toMatchObject({
      malformed_count_lies: 1,
      records: 1,
    });
    expect(decode(sflowDatagram([GOOD, GOOD], { count: 1 })).counters).toMatchObject({
      malformed_trailing_bytes: 1,
      records: 1,
    });
  });

  it("in the head make no record", () => {
    for (let length = 4; length < 28; length++) {
      const { counters } = decode(sflowDatagram([]).subarray(0, length));
      expect(counters, `${length} bytes`).toMatchObject({ malformed: 1, malformed_too_short: 1, records: 0 });
    }
    const strange = sflowDatagram([GOOD]);
    strange[7] = 9;
    expect(decode(strange).counters).toMatchObject({ malformed_bad_agent_address: 1 });
  });

  it("are none in a sample whose text was not filled up to a whole word at the very end", () => {
    const text = joined(words(6), new TextEncoder().encode("foobar"));
    const record = joined(words(1038, text.length), text);
    const head = words(1, 3, 100, 1, 0, 3, 4, 1);
    const sample = joined(words(1, head.length + record.length), head, record);
    const { records, counters } = decode(sflowDatagram([sample]));
    expect(counters.malformed).toBe(0);
    expect(records[0].fields).toMatchObject({ function: "foobar" });
  });
});

describe("sequence numbers", () => {
  const datagram = (sequence: number, sample: number, more: DatagramFields & { drops?: number } = {}) =>
    sflowDatagram([flowSample([HEADER], { sequence: sample, drops: more.drops ?? 0 })], {
      sequence,
      ...more,
    });

  it("tell lost datagrams and lost samples apart, by agent, sub agent and data source", () => {
    const { status } = decode(
      datagram(1, 1),
      datagram(1, 1, { subAgent: 8 }),
      datagram(1, 500, { agent: [192, 0, 2, 10] }),
      datagram(4, 11),
      datagram(2, 2, { subAgent: 8 }),
      datagram(2, 501, { agent: [192, 0, 2, 10] }),
    );
    expect(status).toMatchObject({ packets: 6, records: 6, packetsLost: 2, recordsLost: 9, sequenceGaps: 2 });
  });

  it("follow each data source, and flow and counter samples apart", () => {
    const counter = (sequence: number) => item(2, words(sequence, 3, 0));
    const { status } = decode(
      sflowDatagram([
        flowSample([HEADER], { sequence: 10, source: 1 }),
        flowSample([HEADER], { sequence: 90, source: 2 }),
        counter(5),
      ]),
      sflowDatagram(
        [
          flowSample([HEADER], { sequence: 11, source: 1 }),
          flowSample([HEADER], { sequence: 91, source: 2 }),
          counter(6),
        ],
        { sequence: 2 },
      ),
    );
    expect(status).toMatchObject({ recordsLost: 0, packetsLost: 0, sequenceGaps: 0, sequenceReorders: 0 });
  });

  it("begin anew after a restart, which is no loss", () => {
    const { status } = decode(datagram(5_000, 9_000), datagram(1, 1, { uptimeMs: 100 }));
    expect(status).toMatchObject({ packetsLost: 0, recordsLost: 0, sequenceResets: 2 });
  });

  it("come with the samples that the agent dropped itself", () => {
    const { status } = decode(
      datagram(1, 1, { drops: 0xfffffffe }),
      datagram(2, 2, { drops: 0xfffffffe }),
      datagram(3, 3, { drops: 5 }),
      datagram(4, 4, { drops: 5, subAgent: 9 }),
    );
    expect(status.samplesDropped).toBe(7);
  });

  it("are followed for so many agents and data sources only, and what is not followed is counted and decoded", () => {
    const agents = Array.from({ length: 300 }, (_, i) =>
      datagram(1, 1, { agent: [10, 0, i >> 8, i & 0xff] }),
    );
    const many = decode(...agents);
    expect(many.counters).toMatchObject({ records: 300, packets_of_unwatched_engines: 300 - 256 });
    const sources = Array.from({ length: 100 }, (_, i) =>
      sflowDatagram(
        Array.from({ length: 60 }, (_unused, k) => flowSample([HEADER], { source: i * 60 + k, drops: i })),
        {
          sequence: i,
        },
      ),
    );
    const { counters, status } = decode(...sources);
    expect(counters.records).toBe(6_000);
    expect(counters.packets_of_unwatched_engines).toBeGreaterThan(4_900);
    expect(status).toMatchObject({ packetsLost: 0, recordsLost: 0, samplesDropped: 0 });
  });
});

function snap(packet: Uint8Array): Uint8Array {
  return concatBytes([0xaa, 0xaa, 0x03, 0, 0, 0], u16(0x0800), packet);
}
