import { createFlowBatch, parseAddress, startFlow, writeIpv4 } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeNetflow5, type Netflow5EncodeOptions } from "../netflow5/index.ts";
import type { RecordJson } from "../record-json/index.ts";
import { collectFlows } from "../testing/collected-flows.ts";
import { createExportDecoder } from "./export-decoder.ts";

const UNIX_MS = 1_700_000_000_000;

function address(text: string): Uint8Array {
  return parseAddress(text) ?? new Uint8Array(0);
}

function from(exporter: string, receivedAtMs = UNIX_MS) {
  return { exporter: address(exporter), port: 2055, receivedAtMs };
}

/** Datagrams of `records` flows of one second each. */
function datagrams(records: number, more: Partial<Netflow5EncodeOptions> = {}): Uint8Array[] {
  const batch = createFlowBatch(records);
  for (let i = 0; i < records; i++) {
    const row = startFlow(batch);
    writeIpv4(batch.srcAddr, row * 16, 0x0a000001 + i);
    writeIpv4(batch.dstAddr, row * 16, 0x0a000101);
    batch.ipProtocol[row] = 6;
    batch.packets[row] = 3;
    batch.bytes[row] = 180;
    batch.timeStart[row] = UNIX_MS - 2_000;
    batch.timeEnd[row] = UNIX_MS - 1_000;
    batch.length++;
  }
  return encodeNetflow5(batch, { unixMs: UNIX_MS, sysUptimeMs: 10_000_000, ...more }).datagrams;
}

describe("an export decoder", () => {
  it("turns v5 datagrams into rows that carry their exporter, and watches each exporter by itself", () => {
    const decoder = createExportDecoder();
    const collected = collectFlows();
    const feed = (bytes: Uint8Array, exporter: string, atMs?: number) =>
      decoder.datagram(bytes, 0, bytes.length, from(exporter, atMs), collected.sink);
    const [first, , third] = datagrams(90, { samplingRate: 64 });
    expect(feed(first, "192.0.2.1", UNIX_MS + 250)).toBe(30);
    expect(feed(third, "192.0.2.1", UNIX_MS + 300)).toBe(30);
    expect(feed(first, "2001:db8::1")).toBe(30);
    expect(collected.flows().map((flow) => flow.exporter)).toEqual([
      ...Array.from({ length: 60 }, () => "192.0.2.1"),
      ...Array.from({ length: 30 }, () => "2001:db8::1"),
    ]);
    expect(decoder.exporters()).toMatchObject([
      {
        exporter: "192.0.2.1",
        packets: 2,
        records: 60,
        recordsLost: 30,
        sequenceGaps: 1,
        samplingRate: 64,
        clockSkewMs: 300,
        firstSeenMs: UNIX_MS + 250,
        lastSeenMs: UNIX_MS + 300,
      },
      { exporter: "2001:db8::1", packets: 1, records: 30, recordsLost: 0, clockSkewMs: 0 },
    ]);
    expect(decoder.counters).toMatchObject({ packets: 3, records: 90, malformed: 0 });
  });

  it("follows the sequence of each engine of one exporter", () => {
    const decoder = createExportDecoder();
    const collected = collectFlows();
    for (const engineId of [1, 2]) {
      for (const bytes of datagrams(60, { engineId, sequence: engineId * 1000 })) {
        decoder.datagram(bytes, 0, bytes.length, from("192.0.2.1"), collected.sink);
      }
    }
    expect(decoder.exporters()).toMatchObject([
      { records: 120, recordsLost: 0, sequenceResets: 0, sequenceReorders: 0 },
    ]);
  });

  it("takes an uptime that fell for a restart, and one that wrapped for none", () => {
    const decoder = createExportDecoder();
    const collected = collectFlows();
    const feed = (more: Partial<Netflow5EncodeOptions>) => {
      const [bytes] = datagrams(30, more);
      decoder.datagram(bytes, 0, bytes.length, from("192.0.2.1"), collected.sink);
    };
    feed({ sequence: 600, sysUptimeMs: 0xffffff00 });
    feed({ sequence: 630, sysUptimeMs: 5_000_000 });
    expect(decoder.exporters()).toMatchObject([{ sequenceResets: 0, recordsLost: 0 }]);
    feed({ sequence: 0, sysUptimeMs: 3_000_000 });
    feed({ sequence: 30, sysUptimeMs: 3_001_000 });
    expect(decoder.exporters()).toMatchObject([{ sequenceResets: 1, recordsLost: 0 }]);
  });

  it("keeps the whole records of a cut datagram and shows the others as lost with the next", () => {
    const decoder = createExportDecoder();
    const collected = collectFlows();
    const [first, second] = datagrams(60);
    expect(decoder.datagram(first, 0, first.length - 100, from("192.0.2.1"), collected.sink)).toBe(27);
    decoder.datagram(second, 0, second.length, from("192.0.2.1"), collected.sink);
    expect(decoder.counters).toMatchObject({ records: 57, malformed: 1, malformed_count_lies: 1 });
    expect(decoder.exporters()).toMatchObject([
      { malformed: 1, malformedByReason: { count_lies: 1 }, recordsLost: 3, records: 57 },
    ]);
  });

  it("counts versions that it does not read by their name", () => {
    const decoder = createExportDecoder();
    const collected = collectFlows();
    const feed = (...bytes: number[]) =>
      decoder.datagram(Uint8Array.from(bytes), 0, bytes.length, from("192.0.2.1"), collected.sink);
    feed(0, 9, 0, 1);
    feed(0, 10, 0, 16);
    feed(0, 0, 0, 5, 0, 0, 0, 1);
    feed(0, 7, 0, 1);
    feed(0, 11, 0, 1);
    feed(0xff, 0xff);
    feed(0);
    feed();
    feed(0, 5, 0, 1);
    expect(decoder.counters).toMatchObject({
      packets: 9,
      records: 0,
      unsupported_version_7: 1,
      unknown_version: 2,
      malformed: 6,
      malformed_too_short: 6,
    });
    expect(decoder.exporters()).toMatchObject([{ packets: 9, unsupported: 3, malformed: 6 }]);
    expect(collected.flows()).toEqual([]);
  });

  it("decodes exporters beyond its bound, counts them, and remembers none of them", () => {
    const decoder = createExportDecoder({ maxExporters: 2 });
    const collected = collectFlows();
    const [bytes] = datagrams(1);
    for (let i = 1; i <= 5; i++)
      decoder.datagram(bytes, 0, bytes.length, from(`192.0.2.${i}`), collected.sink);
    expect(decoder.exporters().map(({ exporter }) => exporter)).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(decoder.counters).toMatchObject({ packets: 5, records: 5, packets_of_unwatched_exporters: 3 });
    expect(collected.flows()).toHaveLength(5);
  });

  it("bounds the engines of one exporter, and counts what it does not follow", () => {
    const decoder = createExportDecoder();
    const collected = collectFlows();
    const [bytes] = datagrams(1);
    for (let engine = 0; engine < 2000; engine++) {
      bytes[20] = engine >>> 8;
      bytes[21] = engine;
      decoder.datagram(bytes, 0, bytes.length, from("192.0.2.1"), collected.sink);
    }
    expect(decoder.counters).toMatchObject({ records: 2000, packets_of_unwatched_engines: 2000 - 1024 });
  });

  it("tells no skew where the time of receipt is not known", () => {
    const decoder = createExportDecoder();
    const [bytes] = datagrams(1);
    decoder.datagram(bytes, 0, bytes.length, from("192.0.2.1", 0), collectFlows().sink);
    expect(decoder.exporters()[0].clockSkewMs).toBeUndefined();
  });

  it("tells people the same as it writes into rows", () => {
    const rows = createExportDecoder();
    const json = createExportDecoder();
    const collected = collectFlows();
    const records: RecordJson[] = [];
    for (const bytes of datagrams(45, { samplingRate: 10, engineType: 1, engineId: 2 })) {
      rows.datagram(bytes, 0, bytes.length, from("192.0.2.1"), collected.sink);
      json.datagramToJson(bytes, 0, bytes.length, from("192.0.2.1"), (record) => records.push(record));
    }
    expect(json.counters).toEqual(rows.counters);
    expect(json.exporters()).toEqual(rows.exporters());
    expect(
      records.map((record) => [record.src_addr, Date.parse(record.time_start ?? ""), record.bytes]),
    ).toEqual(collected.flows().map((flow) => [flow.src, flow.timeStart, flow.bytes]));
    expect(records[0]).toMatchObject({
      protocol: "netflow5",
      exporter: "192.0.2.1",
      observation_domain: 258,
      time_start: "2023-11-14T22:13:18.000Z",
      time_end: "2023-11-14T22:13:19.000Z",
      sampling_rate: 10,
      next_hop: "0.0.0.0",
      fields: { flow_sequence: 0, sampling_mode: 1, sampling_interval: 10, engine_type: 1, engine_id: 2 },
    });
    expect(Object.keys(records[0])).not.toContain("direction");
  });

  it("leaves the exporter out where the datagram came from nowhere known", () => {
    const [bytes] = datagrams(1);
    const records: RecordJson[] = [];
    const source = { exporter: new Uint8Array(16), port: 0, receivedAtMs: 0 };
    createExportDecoder().datagramToJson(bytes, 0, bytes.length, source, (record) => records.push(record));
    expect(records).toHaveLength(1);
    expect(records[0]).not.toHaveProperty("exporter");
  });

  it("never throws, and accounts for every datagram of any bytes", () => {
    const any = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 });
    fc.assert(
      fc.property(any, fc.constantFrom([], [0, 5], [0, 9], [0, 0, 0, 5]), (payloads, head) => {
        const decoder = createExportDecoder({ maxExporters: 3 });
        const collected = collectFlows();
        for (const [i, payload] of payloads.entries()) {
          const bytes = Uint8Array.from([...head, ...payload]);
          decoder.datagram(bytes, 0, bytes.length, from(`10.0.0.${i}`), collected.sink);
        }
        expect(decoder.counters.packets).toBe(payloads.length);
        expect(decoder.counters.records).toBe(collected.flows().length);
        expect(decoder.exporters().length).toBeLessThanOrEqual(3);
      }),
    );
  });
});
