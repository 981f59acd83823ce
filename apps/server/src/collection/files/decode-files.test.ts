import { gzipSync } from "node:zlib";
import { createFlowBatch, startFlow, writeIpv4 } from "@flowlens/flow";
import { encodeNetflow5, encodeSflow5, type RecordJson } from "@flowlens/codec";
import { ipv4, link, pcapFile, udp, type CapturedFrame } from "@flowlens/made-traffic";
import { describe, expect, it } from "vitest";
import { createFileDecoding } from "./decode-files.ts";
import { createDecoder, examineFile } from "./flow-file.ts";
import { madeFolder, officePcap } from "./testing/made-files.ts";

const folder = madeFolder();

async function decodeAll(paths: readonly string[], options: { readonly optionsRecords?: boolean } = {}) {
  const records: RecordJson[] = [];
  const decoding = createFileDecoding({ ...options, onRecords: async (some) => void records.push(...some) });
  const files = [];
  for (const path of paths) files.push(await decoding.decode(path));
  return { records, files };
}

describe("createFileDecoding", () => {
  it("meters an ordinary capture into records whose packets add up", async () => {
    const { records, files } = await decodeAll([folder.write("office.pcap", officePcap())]);
    expect(records.every((record) => record.protocol === "metered")).toBe(true);
    const packets = records.reduce((sum, record) => sum + (record.packets ?? 0), 0);
    expect(packets).toBe(files[0].counters.meter_packets);
    expect(files[0].records).toBe(records.length);
    expect(records).toContainEqual(
      expect.objectContaining({ src_addr: "10.0.0.11", dst_addr: "10.0.0.5", dst_port: 5432 }),
    );
  });

  it("decodes a datagram, lines of hex and a capture of export packets to the same records", async () => {
    const batch = createFlowBatch(60);
    const decoder = createDecoder(
      { format: "pcap", content: "traffic" },
      { sink: { batch, emit: () => undefined } },
    );
    decoder.push(officePcap().subarray(0, 20_000));
    decoder.finish();
    batch.length = 20;
    const { datagrams } = encodeNetflow5(batch, { unixMs: batch.timeEnd[19], sysUptimeMs: 3_600_000 });
    const datagram = datagrams[0];
    const { records: fromDatagram } = await decodeAll([folder.write("one.dat", datagram)]);
    const { records: fromHex } = await decodeAll([
      folder.write("one.hex", `# one\n${Buffer.from(datagram).toString("hex")}\n`),
    ]);
    const { records: fromPcap, files } = await decodeAll([
      folder.write("export.pcap", pcapFile([exportFrame(datagram)])),
    ]);
    expect(fromDatagram.length).toBeGreaterThan(0);
    expect(fromHex).toEqual(fromDatagram);
    expect(files[0].content).toBe("export");
    expect(fromPcap.map(({ exporter: _exporter, ...same }) => same)).toEqual(fromDatagram);
    expect(fromPcap[0].exporter).toBe("192.0.2.1");
  });

  it("shows VPC flow logs with their other fields and nfdump's CSV, gzip or not", async () => {
    const vpc =
      "2 123456789010 eni-1235b8ca 10.0.0.1 10.0.0.2 20641 22 6 20 4249 1418530010 1418530070 REJECT OK\n";
    const nfdump =
      "ts,te,td,sa,da,sp,dp,pr,flg,ipkt,ibyt\n" +
      "2026-11-20 11:59:55,2026-11-20 11:59:58,3.5,10.0.0.1,10.0.0.2,50000,443,TCP,......S.,1,60\n" +
      "Summary\nflows,bytes\n1,60\n";
    const { records, files } = await decodeAll([
      folder.write("vpc.log.gz", gzipSync(vpc)),
      folder.write("nfdump.csv.gz", gzipSync(nfdump)),
    ]);
    expect(files.map(({ format, end }) => [format, end])).toEqual([
      ["vpc-flow-log", { complete: true }],
      ["nfdump-csv", { complete: true }],
    ]);
    expect(files[0].counters).toMatchObject({ records: 1, records_rejected: 1, flows: 0 });
    expect(records).toMatchObject([
      { protocol: "vpc", dst_port: 22, fields: { action: "REJECT", interface_id: "eni-1235b8ca" } },
      { protocol: "nfdump", time_end: "2026-11-20T11:59:58.500Z", tcp_flags: 2 },
    ]);
  });

  it("shows a VPC flow log without times, which an import refuses with what it lacks", async () => {
    const path = folder.write("no-times.log", "srcaddr dstaddr action\n10.0.0.1 10.0.0.2 ACCEPT\n");
    const { records } = await decodeAll([path]);
    expect(records).toMatchObject([{ protocol: "vpc", src_addr: "10.0.0.1", dst_addr: "10.0.0.2" }]);
    await expect(examineFile(path)).rejects.toMatchObject({
      code: "FILE_BROKEN",
      message: expect.stringContaining("lacks srcport, dstport, protocol, start"),
    });
  });

  it("reads sFlow from a datagram, hex and a capture, and shows its counters only when asked", async () => {
    const batch = createFlowBatch(3);
    for (let i = 0; i < 3; i++) {
      const row = startFlow(batch);
      writeIpv4(batch.srcAddr, row * 16, 0x0a000001 + i);
      writeIpv4(batch.dstAddr, row * 16, 0x0a000005);
      batch.ipProtocol[row] = 6;
      batch.bytes[row] = 500;
      batch.length++;
    }
    const agent = { agent: new Uint8Array(16), subAgent: 1, uptimeMs: 1, sequence: 1, sampleSequence: 1 };
    const [datagram] = encodeSflow5(batch, { ...agent, withCounters: true }).datagrams;
    const path = folder.write("sflow.dat", datagram);
    const { records, files } = await decodeAll([path]);
    expect(files[0]).toMatchObject({ format: "sflow5-datagram", end: { complete: true } });
    expect(records.map((record) => record.src_addr)).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
    expect((await decodeAll([path], { optionsRecords: true })).records).toHaveLength(4);
    const hex = folder.write("sflow.hex", `${Buffer.from(datagram).toString("hex")}\n`);
    expect((await decodeAll([hex])).records).toEqual(records);
    const capture = await decodeAll([folder.write("sflow.pcap", pcapFile([exportFrame(datagram)]))]);
    expect(capture.files[0].content).toBe("export");
    expect(capture.records).toMatchObject(
      records.map(({ src_addr }) => ({
        src_addr,
        exporter: "192.0.2.1",
        time_start: "2026-03-03T00:00:00.000Z",
      })),
    );
    // Counters alone are no flow, and nothing is wrong with them.
    const empty = createFlowBatch(1);
    const [countersOnly] = encodeSflow5(empty, { ...agent, withCounters: true }).datagrams;
    const { files: quiet } = await decodeAll([folder.write("counters.dat", countersOnly)]);
    expect(quiet).toMatchObject([{ records: 0, end: { complete: true } }]);
  });

  it("counts each file's records for itself although the exporters' state goes on", async () => {
    const path = folder.write("again.pcap", officePcap());
    const { files } = await decodeAll([path, path]);
    expect(files[1].counters).toEqual(files[0].counters);
  });
});

/** One export packet from 192.0.2.1 as a capture holds it. */
function exportFrame(payload: Uint8Array): CapturedFrame {
  const datagram = udp({ sourcePort: 50_000, destinationPort: 2055 }, payload);
  const packet = ipv4({ source: "192.0.2.1", destination: "192.0.2.9", protocol: 17 }, datagram);
  const bytes = link.ethernet(packet);
  return { timeMs: Date.UTC(2026, 2, 3), bytes, originalLength: bytes.length };
}
