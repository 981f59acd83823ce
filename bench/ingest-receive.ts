/**
 * How many export packets the collector takes without loss, from the socket to the spool: `npm run bench:receive --
 * [--json] [--seconds 10] [--exporters 200] [--receivers 1] [--from 5000] [--to 60000] [--step 5000]`.
 * A process of its own sends NetFlow v5 (30 records a packet) over loopback at a steady rate, from so many addresses;
 * the rate of packets a second is raised until some are lost. Segments are thrown away as they are sealed: what comes
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
import { encodeNetflow5 } from "@flowlens/codec";
import { createFlowBatch, startFlow, writeIpv4 } from "@flowlens/flow";
import { Value } from "typebox/value";
import { COLLECTOR_CONFIG, createLiveCollector } from "../apps/server/src/collection/index.ts";
import { createSpoolReader, SPOOL_CONFIG } from "../apps/server/src/spool/index.ts";
import { silentLogger } from "../apps/server/src/telemetry/index.ts";
import { machineFacts } from "./harness.ts";
import { seededRandom } from "./orientation/seeded-random.ts";

const RECORDS_PER_PACKET = 30;
const TICK_MS = 2;
const PACKETS_MADE = 2_000;

interface Load {
  readonly port: number;
  readonly packetsPerSecond: number;
  readonly seconds: number;
  readonly exporters: number;
}

const { values: options } = parseArgs({
  options: {
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

if (options.sender) process.once("message", (load: Load) => void send(load));
else await measure();

/** The other process: sends at the rate told, then says how much that was. */
async function send({ port, packetsPerSecond, seconds, exporters }: Load): Promise<void> {
  const datagrams = madePackets();
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
      const datagram = datagrams[sent % datagrams.length];
      // Each exporter counts its own records.
      datagram.writeUInt32BE(sequences[exporter], 16);
      sequences[exporter] += RECORDS_PER_PACKET;
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

function madePackets(): Buffer[] {
  const random = seededRandom(7);
  const nowMs = Date.now();
  const batch = createFlowBatch(PACKETS_MADE * RECORDS_PER_PACKET);
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
  return encodeNetflow5(batch, { unixMs: nowMs, sysUptimeMs: 3_600_000 }).datagrams.map((one) =>
    Buffer.from(one.buffer, one.byteOffset, one.byteLength),
  );
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
  const collector = createLiveCollector(
    {
      ...Value.Create(COLLECTOR_CONFIG),
      hosts: ["127.0.0.1"],
      netflowPort: 0,
      ipfixPort: "off",
      sflowPort: "off",
      receivers: Number(options.receivers),
    },
    {
      metadata: nothingKept(),
      logger: silentLogger,
      spool: Value.Create(SPOOL_CONFIG),
      spoolDirectory,
      templatesFile: join(directory, "templates.json"),
    },
  );
  const done = new AbortController();
  try {
    const { listening } = await collector.start();
    const emptying = empty(reader, done.signal);
    const sender = fork(fileURLToPath(import.meta.url), ["--sender"]);
    const load: Load = {
      port: listening[0].port,
      packetsPerSecond,
      seconds: Number(options.seconds),
      exporters: Number(options.exporters),
    };
    const cpuBefore = process.cpuUsage();
    sender.send(load);
    const [told] = (await once(sender, "message")) as [{ sent: number; tookSeconds: number }];
    await sleep(500);
    const cpu = process.cpuUsage(cpuBefore);
    const rssMegabytes = Math.round(process.memoryUsage.rss() / 1024 ** 2);
    await sleep(2_000);
    const { sockets, queue, spool } = collector.status();
    await collector.stop();
    done.abort();
    await emptying;
    return {
      packetsPerSecond: Math.round(told.sent / told.tookSeconds),
      flowsPerSecond: Math.round(spool.storedRecords / told.tookSeconds),
      lostPackets: told.sent - spool.storedRecords / RECORDS_PER_PACKET,
      kernelDrops: sockets[0].kernelDrops ?? 0,
      queueDrops: queue.droppedPackets,
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
