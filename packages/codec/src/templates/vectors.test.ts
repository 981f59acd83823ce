import { describe, expect, it } from "vitest";
import type { RecordJson } from "../record-json/index.ts";
import { decodeVectors, templateVectorSets, wiresharkRecords } from "../testing/export-vectors.ts";
import { readVectorJson, readVector, vectorsAbsent, type VectorSet } from "../testing/third-party.ts";

const SETS = templateVectorSets();
const set = (id: string) => SETS.find((each) => each.id === id) as VectorSet;

/** Wireshark prints `Oct  9, 2015 09:47:47.569000000 UTC`. */
const absolute = (text: string) =>
  new Date(
    Date.parse(text.replace(/(\d\d:\d\d:\d\d)\.(\d{3})\d* UTC/, "$1.$2 UTC").replaceAll(/ +/g, " ")),
  ).toISOString();
const milliseconds = (seconds: string) => Math.round(Number(seconds) * 1000);
const asText = (text: string) => text;

/** Our key for Wireshark's field, and how its text becomes our value. A list: where an options record has it instead. */
const FIELDS: Readonly<Record<string, readonly [key: string, value: (text: string) => unknown]>> = {
  srcaddr: ["src_addr", asText],
  dstaddr: ["dst_addr", asText],
  srcaddrv6: ["src_addr", asText],
  dstaddrv6: ["dst_addr", asText],
  nexthop: ["next_hop", asText],
  nexthopv6: ["next_hop", asText],
  srcport: ["src_port", Number],
  dstport: ["dst_port", Number],
  protocol: ["ip_protocol", Number],
  octets: ["bytes", Number],
  packets: ["packets", Number],
  initiator_octets: ["bytes", Number],
  initiator_packets: ["packets", Number],
  responder_octets: ["reverse_bytes", Number],
  responder_packets: ["reverse_packets", Number],
  tcpflags: ["tcp_flags", Number],
  inputint: ["in_if", Number],
  outputint: ["out_if", Number],
  srcas: ["src_as", Number],
  dstas: ["dst_as", Number],
  vlanid: ["vlan_src", Number],
  post_vlanid: ["vlan_dst", Number],
  direction: ["direction", Number],
  abstimestart: ["time_start", absolute],
  abstimeend: ["time_end", absolute],
  timestart: ["flow_start_sys_up_time", milliseconds],
  timeend: ["flow_end_sys_up_time", milliseconds],
  srcmask: ["source_ipv4_prefix_length", Number],
  dstmask: ["destination_ipv4_prefix_length", Number],
  tos: ["ip_class_of_service", Number],
  sampler_id: ["sampler_id", Number],
  sampler_random_interval: ["sampler_random_interval", Number],
  sampling_interval: ["sampling_interval", Number],
  firewall_event: ["firewall_event", Number],
  post_octets: ["post_octet_delta_count", Number],
  post_packets: ["post_packet_delta_count", Number],
  flow_end_reason: ["flow_end_reason", Number],
  biflow_direction: ["biflow_direction", Number],
  post_natsource_ipv4_address: ["post_nat_source_ipv4_address", asText],
  post_naptsource_transport_port: ["post_napt_source_transport_port", Number],
  sta_ipv4_address: ["sta_ipv4_address", asText],
  sta_mac_address: ["sta_mac_address", asText],
  wtp_mac_address: ["wtp_mac_address", asText],
  sampler_name: ["sampler_name", asText],
  "pie.cisco.connection_client_ipv4_address": ["src_addr", asText],
  "pie.cisco.connection_server_ipv4_address": ["dst_addr", asText],
};

/**
 * Where Wireshark stops or goes wrong, by set: the fields that are not compared, or "records" where its records cannot
 * be laid beside ours one by one.
 */
const WIRESHARK_IS_WRONG: Readonly<Record<string, readonly string[]>> = {
  // Its file cannot be laid out: the count of the header says 16, it shows the first of 16 sets of one record.
  "logstash/netflow-9-h3c": ["records"],
  // RFC 7011 §6.1.8: milliseconds since 1970. 0 is what the exporter sends that does not know the time; the uptimes beside it are right.
  "logstash/netflow-9-multiple-netflow-exporters": ["abstimestart", "abstimeend"],
  "graylog/nprobe-netflow9-2.pcap": ["abstimestart", "abstimeend"],
  // The elements 40001 to 40005 of old ASA are shown under IANA's names of today.
  "logstash/netflow-9-cisco-asa": ["post_natsource_ipv4_address", "post_naptsource_transport_port"],
  // It shows no data set that came before its template (trap 1); we hold them, and their records come in another order.
  "graylog/netflow9.pcap": ["records"],
  // One template for both versions of IP: the IPv6 addresses are `::`, the IPv4 ones say who it was.
  "fluent/v9-mpls": ["srcaddrv6", "dstaddrv6"],
  // RFC 7011 §3.1: the header's length ends the message at byte 484; behind it are two whole messages more, which
  // Wireshark and logstash leave. RFC 5102 §5.9.1: uptimes are relative to systemInitTimeMilliseconds, not to 1970.
  "logstash/ipfix": ["records", "abstimestart"],
  // Broken behind two whole records, which it does not show, since the set is longer than the datagram.
  "graylog/netflow-v9-1": ["records"],
  // "templates only" upstream, and Wireshark stops too; the datagram has one whole record for each template.
  "logstash/netflow-9-invalid-01": ["records"],
  // Four messages in one buffer, of which it shows none.
  "calmh/four-messages": ["records"],
};

/** Records we decode where Wireshark's cannot be compared. */
const RECORDS: Readonly<Record<string, number>> = {
  "logstash/netflow-9-h3c": 16,
  "graylog/netflow9.pcap": 22,
  "logstash/ipfix": 13,
  "graylog/netflow-v9-1": 2,
  "logstash/netflow-9-invalid-01": 3,
  "calmh/four-messages": 8,
  "ipfixcol/01-odid0": 4251,
  "ipfixcol/02": 121 + 117,
  "ipfixcol/03": 151 + 111,
  "ipfixcol/enterprise-from-nfv9": 57,
  "ipfixcol2/example_flows": 3979,
};

function ours(record: RecordJson, key: string): unknown {
  const own = (record as unknown as Record<string, unknown>)[key];
  if (record.record !== "options") return own ?? record.fields?.[key];
  // An options record tells everything under `fields`, by the names of the registry.
  const names: Readonly<Record<string, string>> = {
    in_if: "ingress_interface",
    out_if: "egress_interface",
    time_start: "-",
    time_end: "-",
  };
  return record.fields?.[names[key] ?? key];
}

describe("NetFlow v9 and IPFIX of real exporters", () => {
  it("are compared with what others decoded", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    expect(SETS.length).toBeGreaterThan(70);
  });

  it.each(SETS)("agree with Wireshark in every record and field of $id", (each) => {
    const wrong = WIRESHARK_IS_WRONG[each.id] ?? [];
    const expected = wiresharkRecords(each);
    const { records, rows, decoder, asRows } = decodeVectors(each);
    expect(records).toHaveLength(RECORDS[each.id] ?? expected.length);
    let compared = 0;
    for (const [i, fields] of wrong.includes("records") ? [] : expected.entries()) {
      const theirs: Record<string, unknown> = {};
      const mine: Record<string, unknown> = {};
      for (const [name, [key, valueOf]] of Object.entries(FIELDS)) {
        if (fields[name] === undefined || wrong.includes(name)) continue;
        const value = ours(records[i], key);
        if (records[i].record === "options" && value === undefined) continue;
        theirs[name] = valueOf(fields[name]);
        mine[name] = value;
        compared++;
      }
      expect({ record: i, ...mine }).toEqual({ record: i, ...theirs });
    }
    const hasFlows = expected.some(({ srcaddr, srcaddrv6 }) => (srcaddr ?? srcaddrv6) !== undefined);
    if (hasFlows && !wrong.includes("records")) expect(compared).toBeGreaterThan(0);
    // Both ways through the decoder count the same, and every record is a row or counted as none.
    expect(asRows.counters).toEqual(decoder.counters);
    expect(asRows.exporters()).toEqual(decoder.exporters());
    const { events_not_flows, records_not_flows, biflow_reverse_rows = 0 } = decoder.counters;
    expect(rows.length).toBe(
      decoder.counters.records - events_not_flows - records_not_flows + biflow_reverse_rows,
    );
  });

  it("are the same as rows, which are read a column at a time, as they are for people", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    let compared = 0;
    for (const each of SETS) {
      const { records, rows } = decodeVectors(each);
      const flows = records.filter((record) => record.record !== "options");
      // Where every record is one row they can be laid side by side.
      if (flows.length !== rows.length || flows.some((flow) => (flow.reverse_bytes ?? 0) > 0)) continue;
      const isIcmp = (flow: RecordJson) => flow.ip_protocol === 1 || flow.ip_protocol === 58;
      const shown = flows.map((flow) => [
        flow.src_addr,
        flow.dst_addr,
        isIcmp(flow) ? 0 : (flow.src_port ?? 0),
        isIcmp(flow) ? 0 : (flow.dst_port ?? 0),
        isIcmp(flow) ? Number(flow.fields?.icmp_type) * 256 + Number(flow.fields?.icmp_code) : 0,
        flow.ip_protocol ?? 0,
        flow.tcp_flags ?? 0,
        flow.bytes ?? 0,
        flow.packets ?? 0,
        Date.parse(flow.time_start ?? ""),
        Date.parse(flow.time_end ?? ""),
        flow.sampling_rate ?? 1,
        flow.in_if ?? 0,
        flow.out_if ?? 0,
        flow.src_as ?? 0,
        flow.dst_as ?? 0,
        (flow.next_hop ?? "0.0.0.0").replace("0.0.0.0", "::"),
        flow.direction ?? 255,
        Number(flow.fields?.ip_class_of_service ?? 0),
      ]);
      const written = rows.map((row) => [
        row.src,
        row.dst,
        row.srcPort,
        row.dstPort,
        row.icmpTypeCode,
        row.ipProtocol,
        row.tcpFlags,
        row.bytes,
        row.packets,
        Math.floor(row.timeStart),
        Math.floor(row.timeEnd),
        row.samplingRate,
        row.inIf,
        row.outIf,
        row.srcAs,
        row.dstAs,
        row.nextHop,
        row.direction,
        row.ipTos,
      ]);
      expect({ id: each.id, rows: written }).toEqual({ id: each.id, rows: shown });
      compared += rows.length;
    }
    expect(compared).toBeGreaterThan(9_000);
  });

  it("sum up to the bulk files' own totals, record by record as Wireshark lists them", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    for (const [id, octets, packets] of [
      ["ipfixcol/01-odid0", 39_143_291, 50_819],
      ["ipfixcol2/example_flows", 49_001_404, 56_695],
    ] as const) {
      const { rows } = decodeVectors(set(id));
      expect(rows.reduce((sum, row) => sum + row.bytes, 0)).toBe(octets);
      expect(rows.reduce((sum, row) => sum + row.packets, 0)).toBe(packets);
      const lines = new TextDecoder()
        .decode(readVector(set(id).expected))
        .trim()
        .split("\n")
        .slice(1);
      const theirs = lines.map((line) => {
        const [, , src, dst, srcPort, dstPort, protocol, bytes, count] = line.split(",");
        return [src, dst, Number(srcPort), Number(dstPort), Number(protocol), Number(bytes), Number(count)];
      });
      const mine = rows.map((row) => [
        row.src,
        row.dst,
        row.srcPort,
        row.dstPort,
        row.ipProtocol,
        row.bytes,
        row.packets,
      ]);
      expect(mine).toEqual(theirs);
    }
  });

  it("have the sampling rate that the exporter told in options", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const rates = Object.fromEntries(
      [
        "fluent/v9-sampler",
        "fluent/v9-mpls",
        "graylog/netflow9.pcap",
        "netflow_parser/it_parses_v9_with_multiple_options_data",
      ].map((id) => [id, [...new Set(decodeVectors(set(id)).rows.map((row) => row.samplingRate))]]),
    );
    expect(rates).toEqual({
      "fluent/v9-sampler": [5000],
      "fluent/v9-mpls": [5000],
      "graylog/netflow9.pcap": [100],
      "netflow_parser/it_parses_v9_with_multiple_options_data": [1],
    });
  });

  it("tell the names of interfaces", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const { decoder } = decodeVectors(set("telegraf/netflow_v9_options"));
    const names = decoder.interfaces(new Uint8Array(16));
    expect(names).toHaveLength(8);
    expect(names[0]).toMatchObject({ index: 1, name: expect.stringMatching(/^\w/) });
  });

  it("agree with telegraf in flows, counters, times and both directions of biflows", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    for (const each of SETS.filter(({ id }) => id.startsWith("telegraf/"))) {
      const lines = new TextDecoder().decode(readVector(each.expected)).trim().split("\n");
      const theirs = lines.map(telegrafFlow).filter((flow) => flow.src_addr !== undefined);
      const mine = decodeVectors(each)
        .records.filter((record) => record.record !== "options")
        .map((record) => ({
          src_addr: record.src_addr,
          dst_addr: record.dst_addr,
          src_port: record.src_port,
          dst_port: record.dst_port,
          bytes: record.bytes,
          packets: record.packets,
          reverse_bytes: record.reverse_bytes,
          reverse_packets: record.reverse_packets,
        }));
      const sorted = (flows: readonly object[]) => flows.map((flow) => JSON.stringify(flow)).toSorted();
      expect({ id: each.id, flows: sorted(mine) }).toEqual({ id: each.id, flows: sorted(theirs) });
    }
  });

  it("agree with logstash in addresses, ports, counters and times of its full events", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    let compared = 0;
    for (const each of SETS.filter(({ id }) => id.startsWith("logstash/"))) {
      const { full_events = [] } = readVectorJson(each.expected) as {
        full_events?: { event: number; expected: { netflow: Record<string, string | number> } }[];
      };
      const { records } = decodeVectors(each);
      for (const { event, expected } of full_events) {
        for (const [name, key] of Object.entries(LOGSTASH)) {
          const value = expected.netflow[name];
          if (value === undefined || LOGSTASH_IS_WRONG[each.id]?.includes(name)) continue;
          const own = ours(records[event], key);
          if (records[event].record === "options" && own === undefined) continue;
          expect({ id: each.id, event, [name]: own }).toEqual({ id: each.id, event, [name]: value });
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(300);
  });
});

/** The fields of a flow in a line of influx's protocol, as far as they are compared. */
function telegrafFlow(line: string) {
  const field = (name: string) => new RegExp(`[ ,]${name}="?([^",]+?)"?u?(?=,| |$)`).exec(line)?.[1];
  const number = (name: string) => (field(name) === undefined ? undefined : Number(field(name)));
  return {
    src_addr: field("src"),
    dst_addr: field("dst"),
    src_port: number("src_port"),
    dst_port: number("dst_port"),
    bytes: number("in_bytes") ?? number("in_total_bytes"),
    packets: number("in_packets") ?? number("in_total_packets"),
    // It does not know the reverse elements of RFC 5103 by name.
    reverse_bytes: number("type_29305_85"),
    reverse_packets: number("type_29305_86"),
  };
}

/** Our key for a field of logstash: the names of v9 and of IPFIX. */
const LOGSTASH: Readonly<Record<string, string>> = {
  ipv4_src_addr: "src_addr",
  ipv4_dst_addr: "dst_addr",
  ipv6_src_addr: "src_addr",
  ipv6_dst_addr: "dst_addr",
  l4_src_port: "src_port",
  l4_dst_port: "dst_port",
  in_bytes: "bytes",
  in_pkts: "packets",
  protocol: "ip_protocol",
  tcp_flags: "tcp_flags",
  input_snmp: "in_if",
  output_snmp: "out_if",
  src_as: "src_as",
  dst_as: "dst_as",
  src_vlan: "vlan_src",
  dst_vlan: "vlan_dst",
  ipv4_next_hop: "next_hop",
  direction: "direction",
  sourceIPv4Address: "src_addr",
  destinationIPv4Address: "dst_addr",
  sourceIPv6Address: "src_addr",
  destinationIPv6Address: "dst_addr",
  sourceTransportPort: "src_port",
  destinationTransportPort: "dst_port",
  octetDeltaCount: "bytes",
  packetDeltaCount: "packets",
  reverseOctetDeltaCount: "reverse_bytes",
  reversePacketDeltaCount: "reverse_packets",
  protocolIdentifier: "ip_protocol",
  tcpControlBits: "tcp_flags",
  ingressInterface: "in_if",
  egressInterface: "out_if",
  vlanId: "vlan_src",
  bgpSourceAsNumber: "src_as",
  bgpDestinationAsNumber: "dst_as",
  flowStartSysUpTime: "flow_start_sys_up_time",
  flowEndSysUpTime: "flow_end_sys_up_time",
  flowEndReason: "flow_end_reason",
  firewallEvent: "firewall_event",
  samplingInterval: "sampling_interval",
  samplingPacketInterval: "sampling_packet_interval",
  octetTotalCount: "octet_total_count",
  fw_event: "firewall_event",
  username: "username",
  in_src_mac: "source_mac_address",
  out_dst_mac: "post_destination_mac_address",
  layer2SegmentId: "layer2_segment_id",
};

const LOGSTASH_IS_WRONG: Readonly<Record<string, readonly string[]>> = {};
