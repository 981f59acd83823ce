/**
 * How many export packets the collector takes without loss, from the socket to the spool: `npm run bench:receive --
 * [--json] [--protocol netflow5|netflow9|ipfix|sflow5] [--seconds 10] [--exporters 200] [--receivers 1] [--from 5000]
 * [--to 60000] [--step 5000]`. A process of its own sends over loopback at a steady rate, from so many addresses; the
 * rate of packets a second is raised until some are lost. Segments are thrown away as they are sealed: what comes
 * after the spool is not measured here.
 */
import { fork } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { encodeIpfix, encodeNetflow5, encodeNetflow9, encodeSflow5 } from "@flowlens/codec";
import { createFlowBatch, startFlow, writeIpv4 } from "@flowlens/flow";
import { createLiveCollector, type CollectorConfig } from "../apps/server/src/collection/index.ts";
import { createSpoolReader, type SpoolConfig } from "../apps/server/src/spool/index.ts";
import { silentLogger } from "../apps/server/src/telemetry/index.ts";
import { machineFacts } from "./harness.ts";
import { seededRandom } from "./seeded-random.ts";

/** As many as fit into a packet of 1500 bytes; where the sequence number stands, and by how much a packet moves it. */
const PROTOCOLS = {
  netflow5: { recordsPerPacket: 30, sequenceAt: 16, step: 30 },
  netflow9: { recordsPerPacket: 24, sequenceAt: 12, step: 1 },
  ipfix: { recordsPerPacket: 20, sequenceAt: 8, step: 20 },
  sflow5: { recordsPerPacket: 6, sequenceAt: 16, step: 1 },
} as const;
const TICK_MS = 2;
const PACKETS_MADE = 2_000;

interface Load {
  readonly port: number;
  readonly packetsPerSecond: number;
  readonly seconds: number;
  readonly exporters: number;
  readonly protocol: keyof typeof PROTOCOLS;
}

interface MadePackets {
  /** Of one packet each: what an exporter sends first, and what it sends from then on. */
  readonly first: Buffer;
  readonly others: readonly Buffer[];
}

const { values: options } = parseArgs({
  options: {
    protocol: { type: "string", default: "netflow5" },
    json: { type: "boolean", default: false },
    seconds: { type: "string", default: "10" },
    exporters: { type: "string", default: "200" },
    receivers: { type: "string", default: "1" },
    from: { type: "string", default: "5000" },
    to: { type: "string", default: "60000" },
    step: { type: "string", default: "5000" },
    sender: { type: "boolean", default: false },
  },
});

if (!isProtocol(options.protocol)) throw new Error(`--protocol takes ${Object.keys(PROTOCOLS).join(", ")}.`);
const protocol = options.protocol;

const MEBIBYTE = 1024 ** 2;
/** The defaults, but for one free port of this machine. */
const COLLECTOR: CollectorConfig = {
  enabled: true,
  hosts: ["127.0.0.1"],
  netflowPort: 0,
  ipfixPort: "off",
  sflowPort: "off",
  exporters: [],
  maxExporters: 10_000,
  receivers: Number(options.receivers),
  receiveBufferBytes: 16 * MEBIBYTE,
  queueBytes: 64 * MEBIBYTE,
};
const SPOOL: SpoolConfig = {
  segmentBytes: 16 * MEBIBYTE,
  sealAfterMs: 1_000,
  syncEveryMs: 200,
  maxBytes: 20 * 1024 * MEBIBYTE,
  keepFreeBytes: 256 * MEBIBYTE,
};
const { recordsPerPacket } = PROTOCOLS[protocol];

if (options.sender) process.once("message", (load: Load) => void send(load));
else await measure();

/** The other process: sends at the rate told, then says how much that was. */
async function send({ port, packetsPerSecond, seconds, exporters, protocol: spoken }: Load): Promise<void> {
  const { first, others } = madePackets(spoken);
  const { sequenceAt, step } = PROTOCOLS[spoken];
  const sockets = await Promise.all(
    Array.from({ length: exporters }, async (_, n) => {
      const socket = createSocket("udp4");
      socket.bind(0, `127.0.${1 + (n >> 8)}.${1 + (n & 127)}`);
      await once(socket, "listening");
      socket.connect(port, "127.0.0.1");
      await once(socket, "connect");
      return socket;
    }),
  );
  const sequences = new Uint32Array(exporters);
  const wanted = packetsPerSecond * seconds;
  let sent = 0;
  const beganMs = performance.now();
  while (sent < wanted) {
    const due = Math.min(wanted, Math.floor(((performance.now() - beganMs) / 1000) * packetsPerSecond));
    for (; sent < due; sent++) {
      const exporter = sent % exporters;
      const datagram = sent < exporters ? first : others[sent % others.length];
      // Each exporter counts by itself.
      datagram.writeUInt32BE(sequences[exporter], sequenceAt);
      sequences[exporter] += step;
      sockets[exporter].send(datagram);
    }
    await sleep(TICK_MS);
  }
  const tookSeconds = (performance.now() - beganMs) / 1000;
  await sleep(200);
  for (const socket of sockets) socket.close();
  process.send?.({ sent, tookSeconds });
  process.disconnect();
}

function isProtocol(name: string): name is keyof typeof PROTOCOLS {
  return Object.hasOwn(PROTOCOLS, name);
}

function madePackets(spoken: keyof typeof PROTOCOLS): MadePackets {
  const random = seededRandom(7);
  const nowMs = Date.now();
  const { recordsPerPacket: recordsPerDatagram } = PROTOCOLS[spoken];
  const batch = createFlowBatch(PACKETS_MADE * recordsPerDatagram);
  while (batch.length < batch.capacity) {
    const row = startFlow(batch);
    writeIpv4(batch.srcAddr, row * 16, 0x0a000000 + Math.floor(random() * 20_000));
    writeIpv4(batch.dstAddr, row * 16, 0x0a100000 + Math.floor(random() * 5_000));
    writeIpv4(batch.nextHop, row * 16, 0x0a0000fe);
    batch.srcPort[row] = 32_768 + Math.floor(random() * 28_000);
    batch.dstPort[row] = [443, 80, 53, 22][Math.floor(random() * 4)];
    batch.ipProtocol[row] = 6;
    batch.tcpFlags[row] = 0x1b;
    batch.timeStart[row] = nowMs - Math.floor(random() * 60_000);
    batch.timeEnd[row] = nowMs;
    batch.packets[row] = 1 + Math.floor(random() * 100);
    batch.bytes[row] = batch.packets[row] * Math.floor(60 + random() * 1_400);
    batch.length++;
  }
  const [first, ...others] = encode().map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength));
  return { first, others };

  function encode(): readonly Uint8Array[] {
    const common = { unixMs: nowMs, recordsPerDatagram, sequence: 0 };
    const v9 = { ...common, sysUptimeMs: 3_600_000, sourceId: 1, withTemplates: true };
    switch (spoken) {
      case "netflow5":
        return encodeNetflow5(batch, { ...common, sysUptimeMs: 3_600_000 }).datagrams;
      case "netflow9":
        return encodeNetflow9(batch, v9).datagrams;
      case "ipfix":
        return encodeIpfix(batch, { ...common, observationDomain: 1, withTemplates: true }).datagrams;
      default: {
        const agent = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 1);
        const uptimeMs = 3_600_000;
        const numbers = { sequence: 0, sampleSequence: 0, samplesPerDatagram: recordsPerDatagram };
        return encodeSflow5(batch, { agent, subAgent: 0, uptimeMs, ...numbers }).datagrams;
      }
    }
  }
}

async function measure(): Promise<void> {
  const steps = [];
  for (let rate = Number(options.from); rate <= Number(options.to); rate += Number(options.step)) {
    const figures = await measureAt(rate);
    steps.push(figures);
    process.stderr.write(
      `${rate} packets/s: ${figures.flowsPerSecond.toLocaleString("en")} flows/s, lost ${figures.lostPackets} packets ` +
        `(${figures.kernelDrops} by the system, ${figures.queueDrops} by the queue), ` +
        `${figures.cpuMicrosPerFlow.toFixed(2)} µs CPU a flow, ${figures.rssMegabytes} MB, buffer ${figures.receiveBufferBytes} bytes\n`,
    );
    if (figures.lostPackets > 0) break;
  }
  const best = steps.findLast((one) => one.lostPackets === 0);
  process.stderr.write(`without loss: ${best?.flowsPerSecond.toLocaleString("en") ?? "none"} flows/s\n`);
  if (options.json) {
    const command = ["npm run bench:receive --", ...process.argv.slice(2)].join(" ");
    process.stdout.write(`${JSON.stringify({ command, machine: machineFacts(), steps, best })}\n`);
  }
}

async function measureAt(packetsPerSecond: number) {
  const directory = mkdtempSync(join(tmpdir(), "flowlens-bench-"));
  const spoolDirectory = join(directory, "spool");
  const reader = createSpoolReader({ directory: spoolDirectory });
  const collector = createLiveCollector(COLLECTOR, {
    metadata: nothingKept(),
    logger: silentLogger,
    spool: SPOOL,
    spoolDirectory,
    templatesFile: join(directory, "templates.json"),
  });
  const done = new AbortController();
  try {
    const { listening } = await collector.start();
    const emptying = empty(reader, done.signal);
    const sender = fork(fileURLToPath(import.meta.url), ["--sender", "--protocol", protocol]);
    const load: Load = {
      port: listening[0].port,
      packetsPerSecond,
      seconds: Number(options.seconds),
      exporters: Number(options.exporters),
      protocol,
    };
    const cpuBefore = process.cpuUsage();
    sender.send(load);
    const [told] = (await once(sender, "message")) as [{ sent: number; tookSeconds: number }];
    await sleep(500);
    const cpu = process.cpuUsage(cpuBefore);
    const rssMegabytes = Math.round(process.memoryUsage.rss() / 1024 ** 2);
    await sleep(2_000);
    const { sockets, queue, spool } = collector.status();
    const sequenceLost = (await collector.exporters()).reduce((sum, one) => sum + one.recordsLost, 0);
    await collector.stop();
    done.abort();
    await emptying;
    return {
      packetsPerSecond: Math.round(told.sent / told.tookSeconds),
      flowsPerSecond: Math.round(spool.storedRecords / told.tookSeconds),
      lostPackets: told.sent - spool.storedRecords / recordsPerPacket,
      kernelDrops: sockets[0].kernelDrops ?? 0,
      queueDrops: queue.droppedPackets,
      sequenceLost,
      spoolDropsRecords: spool.droppedRecords,
      cpuMicrosPerFlow: (cpu.user + cpu.system) / spool.storedRecords,
      rssMegabytes,
      receiveBufferBytes: sockets[0].receiveBufferBytes,
    };
  } finally {
    await collector.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function empty(reader: ReturnType<typeof createSpoolReader>, signal: AbortSignal): Promise<void> {
  for (;;) {
    const segment = await reader.next(signal);
    if (segment === undefined) return;
    await reader.release(segment);
  }
}

/** A metadata store that keeps nothing: who sends is not measured here. */
function nothingKept(): Parameters<typeof createLiveCollector>[1]["metadata"] {
  const network = {
    id: 1,
    name: "default",
    internalRanges: [],
    timeZone: "UTC",
    createdAt: new Date(0),
  };
  const refuse = () => Promise.reject(new Error("nothing is registered in a benchmark"));
  return {
    networks: { ensure: async () => network, get: async () => network, list: async () => [network] },
    exporters: {
      list: async () => [],
      byAddress: async () => undefined,
      upsertSeen: async () => undefined,
      update: async () => undefined,
      register: refuse,
    },
  };
}
