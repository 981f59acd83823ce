/**
 * How fast the spool takes and gives back: `npm run bench:spool -- [--json] [--rows 5000000] [--rows-per-batch 8192] [--no-load]`.
 * Made-up records of 200 exporters and 20,000 hosts are appended as fast as it takes them (the event loop gets its turn
 * after each batch), read back, and appended again and loaded into a ClickHouse of its own. Beside the speeds: bytes a
 * record takes, how old records were at most when they were on disk, and how long the event loop was kept at most.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createFlowBatch, startFlow, writeIpv4, type FlowBatch } from "@flowlens/flow";
import { createSpoolLoader } from "../apps/server/src/collection/index.ts";
import { createFlowStore } from "../apps/server/src/flow-store/index.ts";
import { createSpoolReader, createSpoolWriter } from "../apps/server/src/spool/index.ts";
import { silentLogger } from "../apps/server/src/telemetry/index.ts";
import { machineFacts, withClickHouse } from "./harness.ts";
import { seededRandom } from "./seeded-random.ts";

const T0 = Date.UTC(2026, 10, 18, 9);

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rows: { type: "string", default: "5000000" },
    "rows-per-batch": { type: "string", default: "8192" },
    "no-load": { type: "boolean", default: false },
  },
});
const rowsPerBatch = Number(options["rows-per-batch"]);
const batchCount = Math.ceil(Number(options.rows) / rowsPerBatch);
const rows = batchCount * rowsPerBatch;

/** As NetFlow v5 of 200 exporters, 30 records a packet, arrives within a few milliseconds. */
function fill(batch: FlowBatch, seed: number): void {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  batch.length = 0;
  while (batch.length < batch.capacity) {
    const row = startFlow(batch);
    const packet = Math.floor(row / 30);
    writeIpv4(batch.exporter, row * 16, 0xc0000200 + (packet % 200));
    writeIpv4(batch.srcAddr, row * 16, 0x0a000000 + below(20_000));
    writeIpv4(batch.dstAddr, row * 16, 0x0a000000 + below(20_000));
    writeIpv4(batch.nextHop, row * 16, 0x0a0000fe + (packet % 50));
    batch.srcPort[row] = 32_768 + below(28_000);
    batch.dstPort[row] = [443, 80, 53, 22][below(4)];
    batch.ipProtocol[row] = random() < 0.3 ? 17 : 6;
    batch.tcpFlags[row] = 0x1b;
    batch.timeStart[row] = T0 + seed * 1000 + below(60_000);
    batch.timeEnd[row] = batch.timeStart[row] + below(60_000);
    batch.packets[row] = 1 + below(2000);
    batch.bytes[row] = batch.packets[row] * Math.floor(60 + random() * 1400);
    batch.inIf[row] = below(48);
    batch.outIf[row] = below(400);
    batch.srcAs[row] = below(65_000);
    batch.dstAs[row] = below(65_000);
    batch.length++;
  }
}

interface Cost {
  readonly seconds: number;
  readonly cpu_us_per_row: number;
  /** How long the event loop was kept at most; on a busy machine most of it is waiting for a core. */
  readonly longest_turn_ms: number;
  /** The CPU time that a turn took at most. */
  readonly longest_turn_cpu_ms: number;
}

const TICK_MS = 1;

/** Runs `work` and answers what it cost this process, and how long it kept the event loop. */
async function measured(work: () => Promise<void>): Promise<Cost> {
  let longestMs = 0;
  let longestCpuUs = 0;
  let lastAt = performance.now();
  let lastCpu = process.threadCpuUsage();
  const ticking = setInterval(() => {
    const now = performance.now();
    const spent = process.threadCpuUsage(lastCpu);
    longestMs = Math.max(longestMs, now - lastAt - TICK_MS);
    longestCpuUs = Math.max(longestCpuUs, spent.user + spent.system);
    lastAt = now;
    lastCpu = process.threadCpuUsage();
  }, TICK_MS);
  const before = process.cpuUsage();
  const begunAt = performance.now();
  try {
    await work();
  } finally {
    clearInterval(ticking);
  }
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - begunAt) / 1000;
  return {
    seconds: round(seconds),
    cpu_us_per_row: round((user + system) / rows),
    longest_turn_ms: round(longestMs),
    longest_turn_cpu_ms: round(longestCpuUs / 1000),
  };
}

const batches = Array.from({ length: 8 }, (_, seed) => {
  const batch = createFlowBatch(rowsPerBatch);
  fill(batch, seed + 1);
  return batch;
});

async function append(directory: string) {
  const writer = createSpoolWriter({ directory });
  let inAppendMs = 0;
  const cost = await measured(async () => {
    for (let i = 0; i < batchCount; i++) {
      const begunAt = performance.now();
      const outcome = writer.append(batches[i % batches.length], {
        networkId: 1 + (i % 2),
        receivedAtMs: Date.now(),
      });
      inAppendMs += performance.now() - begunAt;
      if (outcome === "full") throw new Error(`The spool refused: ${writer.status().refusing}.`);
      await nextTurn();
    }
    await writer.close();
  });
  const status = writer.status();
  return {
    append_us_per_row: round((inAppendMs * 1000) / rows),
    append_cpu_us_per_row: cost.cpu_us_per_row,
    append_rows_per_second: Math.round(rows / cost.seconds),
    bytes_per_row: round(status.bytes / rows),
    syncs: status.syncs,
    longest_sync_ms: round(status.longestSyncMs),
    longest_unsynced_ms: round(status.longestUnsyncedMs),
  };
}

async function readBack(directory: string) {
  const reader = createSpoolReader({ directory });
  await reader.scan();
  const cost = await measured(async () => {
    let read = 0;
    while (read < rows) {
      const segment = await reader.next(AbortSignal.timeout(10_000));
      if (segment === undefined) throw new Error(`Only ${read} of ${rows} records came back.`);
      for await (const { batch } of segment.batches()) read += batch.length;
      await reader.release(segment);
    }
  });
  return {
    read_us_per_row: round((cost.seconds * 1e6) / rows),
    read_cpu_us_per_row: cost.cpu_us_per_row,
    read_longest_turn_ms: cost.longest_turn_ms,
    read_longest_turn_cpu_ms: cost.longest_turn_cpu_ms,
  };
}

async function load(directory: string) {
  return withClickHouse(async (connection) => {
    const store = createFlowStore(
      { database: `spool_bench_${process.pid}`, insertGiveUpAfterMs: 60_000, foldRowsPerChunk: 2_000_000 },
      { connection: () => connection, logger: silentLogger },
    );
    await store.start();
    try {
      await append(directory);
      const spool = createSpoolReader({ directory });
      const loader = createSpoolLoader({ spool, flows: store, logger: silentLogger });
      const cost = await measured(async () => {
        loader.start();
        while (loader.status().loadedRows < rows) await sleep(5);
      });
      await loader.stop();
      return {
        load_rows_per_second: Math.round(rows / cost.seconds),
        load_own_cpu_us_per_row: cost.cpu_us_per_row,
        load_longest_turn_ms: cost.longest_turn_ms,
        load_longest_turn_cpu_ms: cost.longest_turn_cpu_ms,
        load_retries: loader.status().retries,
      };
    } finally {
      await store.dropDatabase();
    }
  });
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

const directory = mkdtempSync(join(tmpdir(), "flowlens-bench-spool-"));
try {
  const appended = await append(directory);
  console.error(
    `${rows} rows appended: ${appended.append_us_per_row} µs and ${appended.bytes_per_row} bytes each, ` +
      `on disk after ${appended.longest_unsynced_ms} ms at most (longest fsync ${appended.longest_sync_ms} ms)`,
  );
  const read = await readBack(directory);
  console.error(
    `read back: ${read.read_us_per_row} µs each, the event loop kept ${read.read_longest_turn_ms} ms at most, ` +
      `${read.read_longest_turn_cpu_ms} ms of them CPU`,
  );
  const loaded = options["no-load"] ? undefined : await load(directory);
  if (loaded !== undefined) {
    console.error(
      `loaded: ${loaded.load_rows_per_second} rows/s, ${loaded.load_own_cpu_us_per_row} µs of CPU here each, ` +
        `the event loop kept ${loaded.load_longest_turn_ms} ms at most, ${loaded.load_longest_turn_cpu_ms} ms of them CPU`,
    );
  }
  if (options.json) {
    const command = `npm run bench:spool -- ${process.argv.slice(2).join(" ")}`.trim();
    const figures = { rows, rows_per_batch: rowsPerBatch, ...appended, ...read, ...loaded };
    console.log(JSON.stringify({ command, machine: machineFacts(), ...figures }));
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
