import { createFlowBatch, startFlow, writeIpv4, type FlowBatch } from "@flowlens/flow";
import { encodeIpfix, encodeNetflow9, encodeSflow5, type RecordJson } from "@flowlens/codec";
import { ipv4, link, pcapFile, udp } from "@flowlens/made-traffic";
import { describe, expect, it } from "vitest";
import { createFileDecoding, type DecodeOptions } from "./decode-files.ts";
import { examineFile } from "./flow-file.ts";
import { createIpfixMessagesDecoder } from "./ipfix-messages-decoder.ts";
import { readFlowFile } from "./read-flow-file.ts";
import { madeFolder } from "./testing/made-files.ts";

const UNIX_MS = Date.UTC(2026, 2, 3);
const folder = madeFolder();

async function decodeAll(paths: readonly string[], options: Partial<DecodeOptions> = {}) {
  const records: RecordJson[] = [];
  const decoding = createFileDecoding({ ...options, onRecords: async (some) => void records.push(...some) });
  const files = [];
  for (const path of paths) files.push(await decoding.decode(path));
  return { records, files };
}

function madeBatch(rows: number): FlowBatch {
  const batch = createFlowBatch(Math.max(1, rows));
  for (let i = 0; i < rows; i++) {
    const row = startFlow(batch);
    writeIpv4(batch.srcAddr, row * 16, 0x0a000001 + i);
    writeIpv4(batch.dstAddr, row * 16, 0x0a0a0005);
    batch.ipProtocol[row] = 17;
    batch.dstPort[row] = 53;
    batch.bytes[row] = 100 + i;
    batch.packets[row] = 1;
    batch.timeStart[row] = UNIX_MS - 2_000;
    batch.timeEnd[row] = UNIX_MS - 1_000;
    batch.length++;
  }
  return batch;
}

const sent = { unixMs: UNIX_MS, withTemplates: true, samplingRate: 10 };
const netflow9 = (rows: number, withTemplates = true) =>
  encodeNetflow9(madeBatch(rows), { ...sent, withTemplates, sysUptimeMs: 900_000, sourceId: 3 }).datagrams;
const ipfix = (rows: number, withTemplates = true) =>
  encodeIpfix(madeBatch(rows), { ...sent, withTemplates, observationDomain: 3 }).datagrams;
const sources = (rows: number) => Array.from({ length: rows }, (_, i) => `10.0.0.${i + 1}`);

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function capture(payloads: readonly Uint8Array[], destinationPort: number): Uint8Array {
  return pcapFile(
    payloads.map((payload) => {
      const packet = ipv4(
        { source: "192.0.2.1", destination: "192.0.2.9", protocol: 17 },
        udp({ sourcePort: 50_000, destinationPort }, payload),
      );
      const bytes = link.ethernet(packet);
      return { timeMs: UNIX_MS, bytes, originalLength: bytes.length };
    }),
  );
}

describe("files of export packets", () => {
  it("of v9 and IPFIX are read as a datagram, as hex and as a capture on any port", async () => {
    for (const [name, [datagram]] of [
      ["v9", netflow9(3)],
      ["ipfix", ipfix(3)],
    ] as const) {
      const raw = await decodeAll([folder.write(`${name}.dat`, datagram)]);
      expect(raw.files[0]).toMatchObject({ records: 3, end: { complete: true } });
      expect(raw.records.map((record) => record.src_addr)).toEqual(sources(3));
      expect(raw.records[0]).toMatchObject({
        protocol: name === "v9" ? "netflow9" : "ipfix",
        observation_domain: 3,
        sampling_rate: 10,
        time_start: new Date(UNIX_MS - 2_000).toISOString(),
      });
      const hex = folder.write(`${name}.hex`, `${Buffer.from(datagram).toString("hex")}\n`);
      expect((await decodeAll([hex])).records).toEqual(raw.records);
      const path = folder.write(`${name}.pcap`, capture([datagram], 9_995));
      const captured = await decodeAll([path]);
      expect(captured.files[0].content).toBe("export");
      expect(captured.records.map(({ exporter: _exporter, ...same }) => same)).toEqual(raw.records);
      expect((await decodeAll([path], { port: 9_995 })).records).toEqual(captured.records);
      const other = await decodeAll([path], { port: 2_055 });
      expect(other.files[0]).toMatchObject({ records: 0, counters: { packets_to_other_ports: 1 } });
    }
  });

  it("of sFlow are shown without a time, and refused for import, since they would all lie in 1970", async () => {
    const agent = new Uint8Array(16);
    const batch = madeBatch(2);
    const { datagrams } = encodeSflow5(batch, {
      agent,
      subAgent: 0,
      uptimeMs: 9_000,
      sequence: 0,
      sampleSequence: 0,
    });
    const hexOf = (datagram: Uint8Array) => `${Buffer.from(datagram).toString("hex")}\n`;
    for (const path of [
      folder.write("sflow.dat", datagrams[0]),
      folder.write("sflow.hex", hexOf(datagrams[0])),
    ]) {
      const { records } = await decodeAll([path]);
      expect(records).toHaveLength(2);
      expect(records[0]).not.toHaveProperty("time_start");
      await expect(examineFile(path)).rejects.toMatchObject({
        code: "FILE_BROKEN",
        message: expect.stringMatching(/sflow\.(dat|hex): sFlow packets carry no time of day/),
      });
    }
    const mixed = folder.write("mixed.hex", hexOf(netflow9(3)[0]) + hexOf(datagrams[0]));
    const read = await readFlowFile(mixed, { onBatch: () => Promise.resolve() });
    expect(read).toMatchObject({
      records: 3,
      end: { complete: true },
      counters: { datagrams_without_time: 1 },
    });
    expect(read.firstRecordAt?.getUTCFullYear()).toBe(2026);
  });

  it("share one state of templates in the order they are named", async () => {
    const data = folder.write("data.dat", netflow9(4, false)[0]);
    const templates = folder.write("templates.dat", netflow9(0)[0]);
    expect((await decodeAll([templates, data])).records).toHaveLength(4);
    // The other way round the data wait, and are read when their template comes.
    const { records, files } = await decodeAll([data, templates]);
    expect(files.map((file) => file.records)).toEqual([0, 4]);
    expect(files[0].counters).toMatchObject({ records_waiting: 1 });
    expect(records).toHaveLength(4);
  });

  it("show options records only when asked", async () => {
    const path = folder.write("options.dat", ipfix(2)[0]);
    expect((await decodeAll([path])).records).toHaveLength(2);
    const { records } = await decodeAll([path], { optionsRecords: true });
    expect(records).toHaveLength(3);
    expect(records[0]).toMatchObject({
      protocol: "ipfix",
      record: "options",
      sampling_rate: 10,
      scope: ["observation_domain_id"],
      fields: { observation_domain_id: 3, sampling_packet_interval: 1, sampling_packet_space: 9 },
    });
  });

  it("hold IPFIX messages one behind the other, cut anywhere between pieces", async () => {
    const file = concat(ipfix(90));
    expect(ipfix(90).length).toBeGreaterThan(3);
    const { records, files } = await decodeAll([folder.write("many.ipfix", file)]);
    expect(files[0]).toMatchObject({ format: "ipfix-messages", records: 90, end: { complete: true } });
    expect(records.map((record) => record.src_addr)).toEqual(sources(90));
    for (const piece of [1, 7, 333, 1_500]) {
      let rows = 0;
      const batch = createFlowBatch(16);
      const decoder = createIpfixMessagesDecoder({ sink: { batch, emit: () => (rows += batch.length) } });
      for (let at = 0; at < file.length; at += piece) decoder.push(file.subarray(at, at + piece));
      expect(decoder.finish()).toEqual({ complete: true });
      expect(rows).toBe(90);
    }
  });

  it("keep the whole records of a message that is cut off, and say where", async () => {
    const messages = ipfix(60);
    const file = concat(messages).subarray(0, messages[0].length + messages[1].length + 100);
    const { files } = await decodeAll([folder.write("cut.ipfix", file)]);
    expect(files[0].end).toEqual({
      complete: false,
      offset: messages[0].length + messages[1].length,
      reason: "the last IPFIX message is cut off",
    });
    expect(files[0].counters).toMatchObject({ malformed: 1, malformed_length_lies: 1 });
    // 18 and 21 of whole messages, and the one whole record of the last.
    expect(files[0].records).toBe(40);
  });

  it("give up where no message begins, keeping what came before", async () => {
    const [message] = ipfix(5);
    const file = concat([message, new Uint8Array(200_000).fill(7)]);
    const { files } = await decodeAll([folder.write("garbage.ipfix", file)]);
    expect(files[0]).toMatchObject({
      records: 5,
      end: { complete: false, offset: message.length, reason: "no IPFIX message begins here" },
    });
  });
});
