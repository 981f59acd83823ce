import { parseAddress } from "@flowlens/flow";
import { describe, expect, it } from "vitest";
import { createExportDecoder, type ExportDecoder } from "../export/index.ts";
import type { RecordJson } from "../record-json/index.ts";
import { collectFlows } from "../testing/collected-flows.ts";
import {
  datagramsOf,
  readVectorJson,
  vectorsAbsent,
  vectorSets,
  type VectorSet,
} from "../testing/third-party.ts";

const NOT_KNOWN = new Uint8Array(16);

/** Datagrams of one set through one decoder, as objects and as rows. */
function decodeSet(set: VectorSet): { records: RecordJson[]; decoder: ExportDecoder; rows: number } {
  const decoder = createExportDecoder();
  const asRows = createExportDecoder();
  const collected = collectFlows();
  const records: RecordJson[] = [];
  for (const { bytes, exporter } of datagramsOf(set)) {
    const address = exporter === undefined ? NOT_KNOWN : (parseAddress(exporter) ?? NOT_KNOWN);
    const source = { exporter: address, port: 0, receivedAtMs: 0 };
    decoder.datagramToJson(bytes, 0, bytes.length, source, (record) => records.push(record));
    asRows.datagram(bytes, 0, bytes.length, source, collected.sink);
  }
  expect(asRows.counters).toEqual(decoder.counters);
  return { records, decoder, rows: collected.flows().length };
}

/** Wireshark's fields of one record, with names and units of ours. */
function fromTshark(header: Record<string, string>, pdu: Record<string, unknown>) {
  const text = (name: string) => String(pdu[`cflow.${name}`]);
  const times = pdu["cflow.timedelta_tree"] as Record<string, string>;
  return {
    src_addr: text("srcaddr"),
    dst_addr: text("dstaddr"),
    next_hop: text("nexthop"),
    src_port: Number(text("srcport")),
    dst_port: Number(text("dstport")),
    ip_protocol: Number(text("protocol")),
    tcp_flags: Number(text("tcpflags")),
    bytes: Number(text("octets")),
    packets: Number(text("packets")),
    in_if: Number(text("inputint")),
    out_if: Number(text("outputint")),
    src_as: Number(text("srcas")),
    dst_as: Number(text("dstas")),
    fields: {
      tos: Number(text("tos")),
      src_mask: Number(text("srcmask")),
      dst_mask: Number(text("dstmask")),
      first_switched: Math.round(Number(times["cflow.timestart"]) * 1000),
      last_switched: Math.round(Number(times["cflow.timeend"]) * 1000),
      sys_uptime: Math.round(Number(header["cflow.sysuptime"]) * 1000),
      flow_sequence: Number(header["cflow.sequence"]),
      engine_type: Number(header["cflow.engine_type"]),
      engine_id: Number(header["cflow.engine_id"]),
      sampling_mode: Number(header["cflow.samplingmode"]),
      sampling_interval: Number(header["cflow.samplerate"]),
    },
  };
}

function tsharkRecords(set: VectorSet) {
  const oracle = readVectorJson(set.tshark_oracle ?? "") as {
    packets: { cflow: Record<string, string> & Record<string, Record<string, unknown>> }[];
  };
  return oracle.packets.flatMap(({ cflow }) =>
    Object.entries(cflow)
      .filter(([name]) => name.startsWith("pdu "))
      .map(([, pdu]) => fromTshark(cflow, pdu)),
  );
}

const SETS = vectorSets("v5");
const set = (id: string) => SETS.find((each) => each.id === id) as VectorSet;

describe("NetFlow v5 of real exporters", () => {
  it("is compared with what others decoded", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    expect(SETS.map((each) => each.id)).toEqual(
      expect.arrayContaining(["logstash/netflow-5-valid-01", "goflow2/nfv5"]),
    );
  });

  it.each(SETS)("agrees with Wireshark in every field of every record of $id", (each) => {
    const expected = tsharkRecords(each);
    const { records, rows } = decodeSet(each);
    expect(expected.length).toBeGreaterThan(0);
    expect(records).toHaveLength(expected.length);
    expect(records).toMatchObject(expected);
    expect(rows).toBe(expected.length);
  });

  it("keeps the 2 records softflowd claims and counts the rest of the file as trailing bytes", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const { records, decoder } = decodeSet(set("logstash/netflow-5-valid-01"));
    expect(records).toHaveLength(2);
    expect(decoder.counters).toMatchObject({ malformed: 1, malformed_trailing_bytes: 1, times_clamped: 2 });
    // First is 0xffffffff: the start is the end. logstash prints 2015-06-21 for the start, seven weeks after the end.
    // The end is 3.381 s - 2.577 s before 18:38:08.280; logstash forgets to borrow a second and prints 18:38:08.476.
    expect(records[0]).toMatchObject({
      time_start: "2015-05-02T18:38:07.476Z",
      time_end: "2015-05-02T18:38:07.476Z",
    });
  });

  it("keeps the 30 whole records under a count of 55582 and counts the lie", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const { records, decoder } = decodeSet(set("logstash/netflow-5-invalid-01"));
    expect(records).toHaveLength(30);
    expect(decoder.counters).toMatchObject({
      packets: 1,
      records: 30,
      malformed: 1,
      malformed_count_lies: 1,
    });
    expect(decoder.exporters()[0].malformedByReason).toEqual({ count_lies: 1 });
  });

  it("agrees with fluentd in the absolute times", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const { cases } = readVectorJson(set("fluent/v5").expected) as {
      cases: { name: string; records: { first_switched: string; last_switched: string }[] }[];
    };
    const [expected] = cases.find(({ name }) => name.startsWith("v5 "))?.records ?? [];
    const [record] = decodeSet(set("fluent/v5")).records;
    expect(record.time_start).toBe(expected.first_switched);
    expect(record.time_end).toBe(expected.last_switched);
    expect(record.observation_domain).toBe((1 << 8) | 1);
  });

  it("agrees with logstash in the times of MikroTik, to the millisecond that logstash rounds", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const mikrotik = set("logstash/netflow5-mikrotik");
    const { full_events } = readVectorJson(mikrotik.expected) as {
      full_events: { event: number; expected: { netflow: Record<string, string> } }[];
    };
    const { records } = decodeSet(mikrotik);
    expect(full_events.length).toBeGreaterThan(0);
    for (const { event, expected } of full_events) {
      const { first_switched, last_switched } = expected.netflow;
      expect(
        Math.abs(Date.parse(records[event].time_start ?? "") - Date.parse(first_switched)),
      ).toBeLessThanOrEqual(1);
      expect(
        Math.abs(Date.parse(records[event].time_end ?? "") - Date.parse(last_switched)),
      ).toBeLessThanOrEqual(1);
    }
  });

  it("reads the sampling rate 100 and the sender of softflowd's capture, and sees no gap", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const { records, decoder } = decodeSet(set("graylog/netflow5.pcap"));
    expect(records[0]).toMatchObject({ exporter: "192.168.1.1", sampling_rate: 100, dst_port: 2048 });
    expect(records[0].fields).toMatchObject({ icmp_type: 8, icmp_code: 0 });
    expect(decoder.exporters()).toMatchObject([
      { exporter: "192.168.1.1", packets: 3, records: 4, sequenceGaps: 0 },
    ]);
  });

  it("reads the v5 datagrams of a capture that mixes them with v9", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const [mixed] = vectorSets("v5+v9");
    const v5 = tsharkRecords(mixed).filter(
      (record) => record.packets > 0 && "first_switched" in record.fields,
    );
    const { decoder, records } = decodeSet(mixed);
    expect(decoder.counters).toMatchObject({ packets: 9, malformed: 0 });
    expect(decoder.exporters()[0].protocols).toEqual(["netflow5", "netflow9"]);
    expect(records.filter(({ protocol }) => protocol === "netflow5")).toHaveLength(v5.length);
  });

  it("counts the 42 records of pmacctd without a gap", (context) => {
    if (vectorsAbsent !== undefined) context.skip(vectorsAbsent);
    const { records, decoder } = decodeSet(set("graylog/pmacctd-netflow5.pcap"));
    expect(records).toHaveLength(42);
    expect(decoder.exporters()).toMatchObject([{ recordsLost: 0, sequenceResets: 0 }]);
  });
});
