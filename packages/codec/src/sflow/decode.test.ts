import { concatBytes, ipv4, link, tcp, u16, udp } from "@flowlens/made-traffic";
import { describe, expect, it } from "vitest";
import { createExportDecoder } from "../export/index.ts";
import type { RecordJson } from "../record-json/index.ts";
import { PACKET, PACKET_V6, HEADER, GOOD, decodeSflow, snap } from "../testing/decoded-sflow.ts";
import {
  expandedFlowSample,
  flowSample,
  item,
  joined,
  rawHeader,
  sflowDatagram,
  words,
  xdrText,
} from "../testing/sflow-bytes.ts";

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
    const { flows, counters } = decodeSflow(sflowDatagram([flowSample([rawHeader(bytes, { protocol })])]));
    expect(counters).toMatchObject({ records: 1, malformed: 0 });
    expect(flows).toMatchObject(
      protocol === 12
        ? [{ src: "fd00::1", dst: "fd00::2", srcPort: 5353, dstPort: 53, bytes: PACKET_V6.length }]
        : [{ src: "10.0.0.1", dst: "10.0.0.2", dstPort: 443, tcpFlags: 0x12, ipTos: 8, bytes: 140 }],
    );
    expect(flows).toMatchObject([{ packets: 1, samplingRate: 100, inIf: 3, outIf: 4, observationDomain: 7 }]);
  });

  it.each([6, 8, 18, 99, 0xffffffff])("of protocol %d is counted and shown, and makes no row", (protocol) => {
    const { flows, counters, records } = decodeSflow(
      sflowDatagram([flowSample([rawHeader(PACKET, { protocol })]), GOOD]),
    );
    expect(counters).toMatchObject({ sflow_unknown_header_protocol: 1, records: 1, malformed: 0 });
    expect(flows).toHaveLength(1);
    expect(records).toMatchObject([{ bytes: 144, fields: { header_protocol: protocol } }, {}]);
    expect(records[0]).not.toHaveProperty("src_addr");
  });

  it("that is not IP is counted by what it is", () => {
    const arp = link.ethernet(new Uint8Array(46), { etherType: 0x0806 });
    const { flows, counters, records } = decodeSflow(sflowDatagram([flowSample([rawHeader(arp)])]));
    expect(flows).toEqual([]);
    expect(counters).toMatchObject({ sflow_header_non_ip: 1, records: 0, malformed: 0 });
    expect(records).toMatchObject([{ fields: { ether_type: 0x0806 } }]);
  });

  it("of a later fragment has no ports", () => {
    const later = ipv4(
      { source: "10.0.0.1", destination: "10.0.0.2", protocol: 17, id: 5, fragmentOffset: 1480 },
      new Uint8Array(64).fill(0xff),
    );
    const { flows, records } = decodeSflow(sflowDatagram([flowSample([rawHeader(link.ethernet(later))])]));
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
    expect(decodeSflow(sflowDatagram([flowSample([header])])).flows).toMatchObject([{ bytes: 9_000 }]);
  });

  it("inside an overlay is the flow, with the envelope beside it", () => {
    const vxlan = udp(
      { sourcePort: 1, destinationPort: 4789 },
      concatBytes([8, 0, 0, 0, 0, 0, 9, 0], link.ethernet(PACKET)),
    );
    const outer = ipv4({ source: "172.16.0.1", destination: "172.16.0.2", protocol: 17 }, vxlan);
    const { flows, records } = decodeSflow(
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
    const { flows } = decodeSflow(sflowDatagram([flowSample([rawHeader(link.ethernet(mirror))])]));
    expect(flows).toMatchObject([{ src: "172.16.0.1", dst: "172.16.0.2", ipProtocol: 47 }]);
  });
});

describe("a sample without the packet's own bytes", () => {
  it("makes a row of the agent's reading of IPv4 and IPv6", () => {
    const v4 = item(3, words(1_500, 6, 0x0a000001, 0x0a000002, 443, 50_000, 0x18, 8));
    const address = (last: number) => Uint8Array.from([0xfd, ...new Uint8Array(14), last]);
    const v6 = item(4, joined(words(80, 58), address(1), address(2), words(128, 0, 0, 32)));
    const ethernet = item(2, joined(words(64), new Uint8Array(16), words(0x0800)));
    const { flows, records } = decodeSflow(
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
      expect(decodeSflow(sflowDatagram([flowSample(records)])).flows).toMatchObject([
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
      expect(decodeSflow(sflowDatagram([flowSample(records)])).flows).toMatchObject([
        { src: "10.0.0.1", bytes: 1_500 },
      ]);
    }
  });

  it("that tells only of Ethernet makes no row", () => {
    const ethernet = item(
      2,
      joined(words(64), Uint8Array.of(2, 0, 0, 0, 0, 1, 0, 0), new Uint8Array(8), words(0x0806)),
    );
    const { flows, counters, records } = decodeSflow(sflowDatagram([flowSample([ethernet])]));
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
    const { flows, records } = decodeSflow(sflowDatagram([flowSample([HEADER], { output })]));
    expect(flows).toMatchObject([flow]);
    expect(records[0].fields).toMatchObject(fields);
    expect("out_if" in records[0]).toBe(flow.outIf > 0);
  });

  it("of expanded samples keep all 32 bits", () => {
    const sample = (output: readonly [number, number]) =>
      expandedFlowSample([HEADER], { input: [0, 0xfffffffe], output });
    const { flows } = decodeSflow(
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
    } = decodeSflow(sflowDatagram([counters, discarded, item(77, words(1)), GOOD]));
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
