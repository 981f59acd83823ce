import { link } from "@flowlens/made-traffic";
import { describe, expect, it } from "vitest";
import { PACKET, HEADER, GOOD, decodeSflow } from "../testing/decoded-sflow.ts";
import {
  flowSample,
  item,
  joined,
  rawHeader,
  sflowDatagram,
  words,
  xdrText,
} from "../testing/sflow-bytes.ts";

describe("records beside the header", () => {
  const first = (...records: readonly Uint8Array[]) => {
    const {
      flows,
      records: objects,
      counters,
    } = decodeSflow(sflowDatagram([flowSample([HEADER, ...records]), GOOD]));
    expect(flows).toHaveLength(2);
    return { flow: flows[0], record: objects[0], counters };
  };

  it("give VLANs, and none where the switch does not know", () => {
    const tagged = rawHeader(link.ethernet(PACKET, { vlans: [55] }));
    const known = item(1001, words(10, 0, 20, 0));
    const unknown = item(1001, words(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff));
    expect(first(known).record).toMatchObject({ vlan_src: 10, vlan_dst: 20 });
    const { records } = decodeSflow(
      sflowDatagram([flowSample([tagged, unknown]), flowSample([unknown, tagged])]),
    );
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
    const { flows, counters } = decodeSflow(
      sflowDatagram([
        flowSample([vendor, HEADER, item(2_000, words(1)), item(1001, words(4, 0, 5, 0))]),
        GOOD,
      ]),
    );
    expect(flows).toHaveLength(2);
    expect(counters).toMatchObject({ sflow_unknown_records: 2, malformed: 0, records: 2 });
  });
});
