import { parseAddress } from "@flowlens/flow";
import { describe, expect, it } from "vitest";
import { createExportDecoder, type ExportDecoder } from "../export/index.ts";
import type { RecordJson } from "../record-json/index.ts";
import { tsharkSamples } from "../testing/sflow-tshark.ts";
import { collectFlows, type CollectedFlow } from "../testing/collected-flows.ts";
import {
  datagramsOf,
  readVector,
  readVectorJson,
  vectorsAbsent,
  vectorSets,
  type VectorSet,
} from "../testing/third-party.ts";

const NOT_KNOWN = new Uint8Array(16);
const SETS = vectorSets("sFlow5");
const set = (id: string) => SETS.find((each) => each.id === id) as VectorSet;

interface Decoded {
  readonly records: RecordJson[];
  readonly decoder: ExportDecoder;
  readonly rows: CollectedFlow[];
}

/** Datagrams of one set through one decoder, as objects and as rows. */
function decodeSet(each: VectorSet): Decoded {
  const decoder = createExportDecoder({ optionsRecords: true });
  const asRows = createExportDecoder();
  const collected = collectFlows();
  const records: RecordJson[] = [];
  for (const { bytes, exporter } of datagramsOf(each)) {
    const address = exporter === undefined ? NOT_KNOWN : (parseAddress(exporter) ?? NOT_KNOWN);
    const source = { exporter: address, port: 0, receivedAtMs: 0 };
    decoder.datagramToJson(bytes, 0, bytes.length, source, (record) => records.push(record));
    asRows.datagram(bytes, 0, bytes.length, source, collected.sink);
  }
  expect(asRows.counters).toEqual(decoder.counters);
  expect(collected.flows()).toHaveLength(decoder.counters.records);
  return { records, decoder, rows: collected.flows() };
}

/** Sets that Wireshark read to their end; what is odd about the others is said at their own tests below. */
const READ_BY_TSHARK = SETS.filter(
  ({ id, tshark_oracle }) =>
    tshark_oracle !== null &&
    ![
      // Wireshark does not know the port name record and takes its content for the next record. sFlow v5: "Applications
      // receiving sFlow data must always use the opaque length information when decoding opaque<> structures".
      "telegraf/sflow_v5_example",
      // Discarded packets (sample format 5) are not known to Wireshark 4.0.
      "telegraf/sflow_issue_15375",
      "goflow2/sflow-drop-acl",
      "goflow2/sflow-drop-function",
      "Cistern/event_discarded_packet",
      // Malformed on purpose.
      "gopacket/unbounded-communities",
      "tcpdump/sflow_print-segv",
    ].includes(id),
);

describe("sFlow v5 of real agents", () => {
  it("is compared with what others decoded", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    expect(SETS.length).toBeGreaterThanOrEqual(28);
    expect(READ_BY_TSHARK.length).toBeGreaterThanOrEqual(17);
  });

  it.each(READ_BY_TSHARK)("agrees with Wireshark in every field of every sample of $id", (each) => {
    const expected = tsharkSamples(each);
    const { records } = decodeSet(each);
    expect(expected.length).toBeGreaterThan(0);
    expect(records).toHaveLength(expected.length);
    expect(records).toMatchObject(expected);
  });

  it.each(SETS)("makes of $id as many rows as it shows flows", (each) => {
    const { records, rows } = decodeSet(each);
    const flows = records.filter(
      ({ src_addr, fields }) => src_addr !== undefined && fields?.sample_type !== "discarded_packet",
    );
    expect(rows.map(({ src, dst, bytes, samplingRate }) => [src, dst, bytes, samplingRate])).toEqual(
      flows.map(({ src_addr, dst_addr, bytes, sampling_rate }) => [src_addr, dst_addr, bytes, sampling_rate]),
    );
  });

  it.each(SETS.filter(({ id }) => !MALFORMED.has(id)))("finds nothing wrong with $id", (each) => {
    expect(decodeSet(each).decoder.counters.malformed).toBe(0);
  });

  it.each(SETS.filter(({ id }) => MALFORMED.has(id)))("counts what is wrong with $id", (each) => {
    const { counters } = decodeSet(each).decoder;
    const reasons = Object.keys(counters).filter(
      (name) => name.startsWith("malformed_") && counters[name] > 0,
    );
    expect(reasons.map((name) => name.slice("malformed_".length)).toSorted()).toEqual(MALFORMED.get(each.id));
  });
});

/** What is wrong with the sets that are not whole. */
const MALFORMED: ReadonlyMap<string, readonly string[]> = new Map([
  // The frame ends before the sample does.
  ["gopacket/SFlowTestPacket11", ["sample_length_lies"]],
  // Samples say 52 bytes and have 56 and 68: the datagram ends there, so the record's own length is believed.
  ["gopacket/SFlowTestPacket5", ["record_length_lies", "trailing_bytes"]],
  ["gopacket/SFlowTestPacket8", ["record_length_lies", "trailing_bytes"]],
  ["gopacket/unbounded-communities", ["sample_too_short", "trailing_bytes"]],
  // 332 bytes of something else behind the fifth of five samples.
  ["goflow2/sflow-expanded", ["trailing_bytes"]],
  // A second datagram was appended to the first one's file.
  ["Cistern/flow_samples_2+3", ["trailing_bytes"]],
  ["tcpdump/sflow_print-segv", ["count_lies", "record_length_lies", "sample_length_lies"]],
]);

describe("sFlow v5 that Wireshark does not read", () => {
  it("agrees with telegraf in a counter sample whose port name comes first", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const example = set("telegraf/sflow_v5_example");
    expect(decodeSet(example).records).toMatchObject([
      {
        observation_domain: 100_000,
        // telegraf's seq_number is the sample's; the datagram's is 3.
        fields: { ...fromTelegraf(example), sample_sequence: 2, if_status: 3 },
      },
    ]);
  });

  it("agrees with telegraf in a discarded packet and its egress queue", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const { records, rows } = decodeSet(set("telegraf/sflow_issue_15375"));
    expect(records).toMatchObject([
      {
        in_if: 1,
        out_if: 2,
        fields: {
          agent: "192.168.119.184",
          egress_queue: 42,
          discard_reason: 1,
          drops: 256,
          sys_uptime: 12_414,
        },
      },
    ]);
    expect(rows).toEqual([]);
  });

  it("agrees with telegraf in an expanded counter sample", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const example = set("telegraf/sflow_issue_18876");
    expect(decodeSet(example).records).toMatchObject([{ fields: fromTelegraf(example) }]);
  });

  it("agrees with goflow2 and Cistern in the records of discarded packets", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const fieldsOf = (id: string) => decodeSet(set(id)).records.map(({ fields }) => fields);
    expect(fieldsOf("goflow2/sflow-drop-acl")).toMatchObject([
      { sample_type: "discarded_packet", acl_number: 42, acl_name: "foo!", acl_direction: 2 },
    ]);
    expect(fieldsOf("goflow2/sflow-drop-function")).toMatchObject([{ function: "foobar" }]);
    expect(fieldsOf("Cistern/event_discarded_packet")).toMatchObject([{ sample_type: "discarded_packet" }]);
  });

  it("agrees with gopacket in the counters that only it reads", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    for (const id of ["SFlowTestPacket12", "SFlowTestPacket9"]) {
      const each = set(`gopacket/${id}`);
      const { expected_datagram } = readVectorJson(each.expected) as { expected_datagram: GopacketDatagram };
      const [sample] = expected_datagram.CounterSamples;
      const generic = sample.Records.find(({ IfIndex }) => IfIndex !== undefined);
      const name = sample.Records.find(({ Str }) => Str !== undefined)?.Str;
      expect(decodeSet(each).records).toMatchObject([
        {
          fields: {
            agent: expected_datagram.AgentAddress,
            datagram_sequence: expected_datagram.SequenceNumber,
            sample_sequence: sample.SequenceNumber,
            source_id_index: sample.SourceIDIndex,
            port_name: name,
            if_index: generic?.IfIndex,
            if_speed: generic?.IfSpeed,
            if_in_octets: generic?.IfInOctets ?? 0,
            if_out_ucast_pkts: generic?.IfOutUcastPkts ?? 0,
          },
        },
      ]);
    }
  });

  it("reads source 2:1000 where gopacket says index 33555432", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    // sFlow v5: "The most significant byte of the source_id is used to indicate the type of sFlowDataSource".
    for (const id of ["SFlowTestPacket6", "SFlowTestPacket13"]) {
      const [{ fields }] = decodeSet(set(`gopacket/${id}`)).records;
      expect(fields).toMatchObject({ source_id_type: 2, source_id_index: 1_000 });
    }
    // Of the same kind: output interface 2147483649 is format 2, one interface.
    const [tunnel] = decodeSet(set("gopacket/SFlowTestPacket6")).records;
    expect(tunnel).not.toHaveProperty("out_if");
    expect(tunnel.fields).toMatchObject({
      output_interfaces: 1,
      ipv4_tunnel_ingress_src_addr: "192.168.0.84",
      ipv4_tunnel_ingress_dst_addr: "192.168.0.83",
      ipv4_tunnel_ingress_ip_protocol: 47,
    });
    const [egress] = decodeSet(set("gopacket/SFlowTestPacket7")).records;
    expect(egress.fields).toMatchObject({ ipv4_tunnel_egress_dst_addr: "192.168.0.84" });
  });

  it("agrees with vflow in the first sample", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const { sflow } = readVectorJson(set("vflow/sflow").expected) as {
      sflow: { "samples[0]": Record<string, number> };
    };
    const expected = sflow["samples[0]"];
    const [first] = decodeSet(set("vflow/sflow")).records;
    expect(first).toMatchObject({
      sampling_rate: expected.samplingRate,
      in_if: expected.input,
      out_if: expected.output,
      fields: { sample_sequence: expected.sequence, sample_pool: expected.samplePool, drops: expected.drops },
    });
    // vflow shows the type of the source id under the name of the id.
    expect(first.fields).toMatchObject({ source_id_type: expected.sourceId, source_id_index: 854 });
  });

  it("agrees with Cistern in all counters of a switch", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const file = readVectorJson(set("Cistern/counter_sample").expected) as Record<
      string,
      Record<string, object>
    >;
    const theirs = file["_test/counter_sample.dump"]["records[1] GenericInterfaceCounters"] as Record<
      string,
      number
    >;
    const [{ fields }] = decodeSet(set("Cistern/counter_sample")).records;
    expect(fields).toMatchObject({
      if_index: theirs.Index,
      if_speed: theirs.Speed,
      if_in_octets: theirs.InOctets,
      if_in_broadcast_pkts: theirs.InBroadcastPackets,
      if_out_ucast_pkts: theirs.OutUnicastPackets,
      if_out_multicast_pkts: theirs.OutMulticastPackets,
      if_promiscuous_mode: theirs.PromiscuousMode,
    });
  });

  it("agrees with tcpdump in the number of samples of an IPv6 agent, and tells no loss", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const each = set("tcpdump/sflow-print-v6");
    const text = new TextDecoder().decode(readVector(each.expected));
    const { decoder } = decodeSet(each);
    expect(decoder.counters).toMatchObject({
      packets: 25,
      sflow_counter_samples: text.match(/^\t(expanded )?counter sample/gm)?.length,
      sflow_flow_samples: text.match(/^\t(expanded )?flow sample/gm)?.length,
    });
    expect(decoder.exporters()).toMatchObject([
      { exporter: "30::1:1:1", packetsLost: 0, recordsLost: 0, sequenceResets: 0 },
    ]);
  });
});

interface GopacketDatagram {
  readonly AgentAddress: string;
  readonly SequenceNumber: number;
  readonly CounterSamples: {
    readonly SequenceNumber: number;
    readonly SourceIDIndex: number;
    readonly Records: Record<string, string | number | undefined>[];
  }[];
}

/** telegraf's line as fields of ours. */
function fromTelegraf(each: VectorSet): Record<string, string | number> {
  const line = new TextDecoder().decode(readVector(each.expected)).trim().split("\n")[0];
  const theirs = new Map(line.split(/[ ,]/).map((pair) => pair.split("=") as [string, string]));
  const names: Readonly<Record<string, string>> = {
    agent: "agent_ip",
    sub_agent: "agent_subid",
    sys_uptime: "sys_uptime",
    sample_sequence: "seq_number",
    if_index: "interface",
    if_type: "interface_type",
    if_speed: "speed",
    if_in_octets: "in_bytes",
    if_in_ucast_pkts: "in_unicast_packets_total",
    if_in_multicast_pkts: "in_mcast_packets_total",
    if_in_broadcast_pkts: "in_broadcast_packets_total",
    if_in_discards: "in_dropped_packets",
    if_in_errors: "in_errors",
    if_in_unknown_protos: "in_unknown_protocol",
    if_out_octets: "out_bytes",
    if_out_ucast_pkts: "out_unicast_packets_total",
    if_out_multicast_pkts: "out_mcast_packets_total",
    if_out_broadcast_pkts: "out_broadcast_packets_total",
    if_out_discards: "out_dropped_packets",
    if_out_errors: "out_errors",
    if_promiscuous_mode: "promiscuous",
    port_name: "port_name",
    dot3_fcs_errors: "errors_fcs",
    dot3_alignment_errors: "errors_alignment",
  };
  const found = Object.entries(names).filter(([, name]) => theirs.has(name));
  return Object.fromEntries(
    found.map(([ours, name]) => {
      const value = theirs.get(name) ?? "";
      return [ours, value.startsWith('"') ? value.slice(1, -1) : Number(value.replace(/[ui]$/, ""))];
    }),
  );
}
