// How fast bytes become flow rows, each format by itself on made traffic: `node bench/decode.ts [--json]`.
// For people on stderr; with --json one object on stdout.
import {
  createExportDecoder,
  createFlowFileDecoder,
  encodeIpfix,
  encodeNetflow5,
  encodeNetflow9,
  encodeSflow5,
  type LogFormat,
} from "@flowlens/codec";
import { createFlowBatch, formatAddress, type FlowSink } from "@flowlens/flow";
import { conversationsOf, zeekConnJson, zeekConnTsv } from "@flowlens/made-traffic";
import { machineFacts } from "./harness.ts";

const CHUNK_BYTES = 65_536;
const ROUNDS = 7;
const DAY_MS = 1_700_006_400_000;
const SFLOW_AGENT = {
  agent: new Uint8Array(16).fill(1),
  subAgent: 0,
  uptimeMs: 1_000_000,
  sequence: 0,
  sampleSequence: 0,
};

interface Rate {
  readonly format: string;
  /** Records of a datagram, lines of a log. */
  readonly records_per_second: number;
  readonly rows_per_second: number;
  readonly megabytes_per_second: number;
  readonly cpu_us_per_record: number;
}

const conversations = conversationsOf({
  dayMs: DAY_MS,
  seed: 1,
  lines: [
    {
      clients: hosts("10.0.1.", 200),
      servers: hosts("10.0.2.", 50),
      port: 443,
      count: 4,
      from: "08:00",
      to: "18:00",
    },
    {
      clients: hosts("10.0.1.", 200),
      servers: "10.0.3.1",
      port: 53,
      protocol: "udp",
      count: 50,
      from: "08:00",
      to: "18:00",
    },
  ],
});

function hosts(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
}

function countingSink(): FlowSink & { rows: number } {
  const batch = createFlowBatch(8_192);
  const sink = { batch, rows: 0, emit: () => void (sink.rows += batch.length) };
  return sink;
}

/** The best of some rounds, by CPU time: on a shared machine the others measure the neighbours. */
function measure(format: string, bytes: number, decode: (sink: FlowSink) => number): Rate {
  let best: Rate | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const sink = countingSink();
    const before = process.cpuUsage();
    const records = decode(sink);
    const { user, system } = process.cpuUsage(before);
    const cpuS = (user + system) / 1e6;
    const rate = {
      format,
      records_per_second: Math.round(records / cpuS),
      rows_per_second: Math.round((sink.rows + sink.batch.length) / cpuS),
      megabytes_per_second: Math.round(bytes / cpuS / 1e6),
      cpu_us_per_record: Number(((cpuS * 1e6) / records).toFixed(3)),
    };
    if (best === undefined || rate.records_per_second > best.records_per_second) best = rate;
  }
  if (best === undefined) throw new Error("ROUNDS is at least 1");
  return best;
}

function measureLog(format: LogFormat, content: Uint8Array): Rate {
  return measure(format, content.length, (sink) => {
    const decoder = createFlowFileDecoder(format, sink);
    for (let at = 0; at < content.length; at += CHUNK_BYTES)
      decoder.push(content.subarray(at, at + CHUNK_BYTES));
    const end = decoder.finish();
    if (!end.complete || decoder.counters.bad_lines !== 0)
      throw new Error(`${format} was not read to its end.`);
    return decoder.counters.records;
  });
}

/** The rows of the conversations: as NetFlow v5 and v9, IPFIX, sFlow v5 (each row one sampled packet in a VLAN), as CSV, nfdump's too, and as a VPC flow log. */
function rowsOf(tsv: Uint8Array) {
  const lines = ["ts_start,ts_end,src_ip,src_port,dst_ip,dst_port,proto,src_packets,src_bytes"];
  const nfdumpLines = [
    "firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flags,input,output",
  ];
  const vpcLines = [
    "version srcaddr srcport dstaddr dstport protocol start end packets bytes tcp-flags interface-id action log-status",
  ];
  const netflow5: Uint8Array[] = [];
  const netflow9: Uint8Array[] = [];
  const ipfix: Uint8Array[] = [];
  const sflow5: Uint8Array[] = [];
  const batch = createFlowBatch(8_192);
  const emit = () => {
    netflow5.push(
      ...encodeNetflow5(batch, { unixMs: DAY_MS + 86_400_000, sysUptimeMs: 200_000_000 }).datagrams,
    );
    const at = { unixMs: DAY_MS + 86_400_000, withTemplates: true };
    netflow9.push(...encodeNetflow9(batch, { ...at, sysUptimeMs: 200_000_000, sourceId: 1 }).datagrams);
    ipfix.push(...encodeIpfix(batch, { ...at, observationDomain: 1 }).datagrams);
    batch.vlanSrc.fill(10, 0, batch.length);
    batch.samplingRate.fill(512, 0, batch.length);
    sflow5.push(...encodeSflow5(batch, SFLOW_AGENT).datagrams);
    for (let row = 0; row < batch.length; row++) {
      const [src, dst] = [formatAddress(batch.srcAddr, row * 16), formatAddress(batch.dstAddr, row * 16)];
      const times = [batch.timeStart[row] / 1000, batch.timeEnd[row] / 1000];
      const tuple = [src, batch.srcPort[row], dst, batch.dstPort[row], batch.ipProtocol[row]];
      const counts = [batch.packets[row], batch.bytes[row]];
      nfdumpLines.push(
        [
          batch.timeStart[row],
          batch.timeEnd[row],
          batch.ipProtocol[row],
          ...tuple.slice(0, 4),
          ...counts,
          "...AP.SF",
          3,
          7,
        ].join(","),
      );
      vpcLines.push(
        [5, ...tuple, ...times.map(Math.floor), ...counts, 3, "eni-0123456789abcdef0", "ACCEPT", "OK"].join(
          " ",
        ),
      );
      lines.push([...times, ...tuple, batch.packets[row], batch.bytes[row]].join(","));
    }
  };
  const decoder = createFlowFileDecoder("zeek-tsv", { batch, emit });
  decoder.push(tsv);
  decoder.finish();
  return {
    netflow5,
    netflow9,
    ipfix,
    sflow5,
    csv: textOf(lines),
    nfdump: textOf(nfdumpLines),
    vpc: textOf(vpcLines),
  };
}

function textOf(lines: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`${lines.join("\n")}\n`);
}

function measureDatagrams(format: string, datagrams: readonly Uint8Array[]): Rate {
  const repeats = 10;
  const bytes = datagrams.reduce((sum, datagram) => sum + datagram.length, 0) * repeats;
  const source = { exporter: new Uint8Array(16).fill(1), port: 2055, receivedAtMs: DAY_MS };
  return measure(format, bytes, (sink) => {
    const decoder = createExportDecoder();
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const datagram of datagrams) decoder.datagram(datagram, 0, datagram.length, source, sink);
    }
    return decoder.counters.records;
  });
}

const tsv = new TextEncoder().encode(zeekConnTsv(conversations));
const { netflow5, netflow9, ipfix, sflow5, csv, nfdump, vpc } = rowsOf(tsv);
const formats = [
  measureDatagrams("netflow5", netflow5),
  measureDatagrams("netflow9", netflow9),
  measureDatagrams("ipfix", ipfix),
  measureDatagrams("sflow5", sflow5),
  measureLog("zeek-tsv", tsv),
  measureLog("zeek-json", new TextEncoder().encode(zeekConnJson(conversations))),
  measureLog("csv", csv),
  measureLog("nfdump-csv", nfdump),
  measureLog("vpc-flow-log", vpc),
];
for (const { format, records_per_second, rows_per_second, cpu_us_per_record } of formats) {
  console.error(
    `${format.padEnd(12)} ${records_per_second} records/s, ${rows_per_second} rows/s, ${cpu_us_per_record} us a record`,
  );
}
if (process.argv.includes("--json")) {
  console.log(
    JSON.stringify({
      bench: "decode",
      command: "node bench/decode.ts --json",
      machine: machineFacts(),
      formats,
    }),
  );
}
