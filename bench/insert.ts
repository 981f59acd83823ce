/**
 * How fast flow records are stored: `npm run bench:insert -- [--json] [--rows 10000000] [--parallel 2]`.
 * Batches of 250,000 made-up records of 155 bytes each, encoded here and inserted over HTTP with a deduplication
 * token and fsync, so many at the same time. Merges that run meanwhile are in the store's CPU.
 */
import { parseArgs } from "node:util";
import { createFlowBatch, startFlow, writeIpv4, type FlowBatch } from "@flowlens/flow";
import { createFlowStore } from "../apps/server/src/flow-store/index.ts";
import { silentLogger } from "../apps/server/src/telemetry/index.ts";
import { askClickHouse, cpuSeconds, machineFacts, withClickHouse } from "./harness.ts";
import { seededRandom } from "./seeded-random.ts";

const ROWS_PER_BATCH = 250_000;
const T0 = Date.UTC(2026, 10, 18, 9);

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rows: { type: "string", default: "10000000" },
    parallel: { type: "string", default: "2" },
  },
});
const rows = Number(options.rows);
const parallel = Number(options.parallel);

function fill(batch: FlowBatch, seed: number): void {
  const random = seededRandom(seed);
  batch.length = 0;
  while (batch.length < batch.capacity) {
    const row = startFlow(batch);
    writeIpv4(batch.exporter, row * 16, 0xc0000201);
    writeIpv4(batch.srcAddr, row * 16, 0x0a000000 + Math.floor(random() * 50_000));
    writeIpv4(batch.dstAddr, row * 16, 0x0a100000 + Math.floor(random() * 5_000));
    writeIpv4(batch.nextHop, row * 16, 0x0a0000fe);
    batch.srcPort[row] = 32_768 + Math.floor(random() * 28_000);
    batch.dstPort[row] = [443, 80, 53, 22][Math.floor(random() * 4)];
    batch.ipProtocol[row] = 6;
    batch.tcpFlags[row] = 0x1b;
    batch.timeStart[row] = T0 + seed * 1000 + Math.floor(random() * 60_000);
    batch.timeEnd[row] = batch.timeStart[row] + Math.floor(random() * 5000);
    batch.packets[row] = 1 + Math.floor(random() * 100);
    batch.bytes[row] = batch.packets[row] * Math.floor(60 + random() * 1400);
    batch.inIf[row] = Math.floor(random() * 8);
    batch.outIf[row] = Math.floor(random() * 8);
    batch.length++;
  }
}

await withClickHouse(async (connection, status) => {
  const store = createFlowStore(
    { database: `insert_bench_${process.pid}`, insertGiveUpAfterMs: 60_000, foldRowsPerChunk: 2_000_000 },
    { connection: () => connection, logger: silentLogger },
  );
  await store.start();
  try {
    // Made beforehand and used over and over: what is measured begins at the batch.
    const batches = Array.from({ length: 8 }, (_, seed) => {
      const batch = createFlowBatch(ROWS_PER_BATCH);
      fill(batch, seed + 1);
      return batch;
    });
    const inserts = Math.ceil(rows / ROWS_PER_BATCH);
    const ownBefore = process.cpuUsage();
    const storeBefore = cpuSeconds(status().pid);
    const begun = performance.now();
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < inserts) {
        const number = next++;
        await store.insertFlows(batches[number % batches.length], {
          networkId: 1,
          importId: 0,
          token: String(number),
          receivedAtMs: T0,
        });
      }
    };
    await Promise.all(Array.from({ length: parallel }, work));
    const seconds = (performance.now() - begun) / 1000;
    const storeAfter = cpuSeconds(status().pid);
    const own = process.cpuUsage(ownBefore);
    const inserted = inserts * ROWS_PER_BATCH;
    const figures = {
      rows: inserted,
      parallel,
      seconds: round(seconds),
      rows_per_second: Math.round(inserted / seconds),
      own_cpu_us_per_row: round((own.user + own.system) / inserted),
      store_cpu_us_per_row:
        storeBefore === null || storeAfter === null
          ? null
          : round(((storeAfter - storeBefore) * 1e6) / inserted),
      store_rss_mb: status().rssBytes === null ? null : Math.round(status().rssBytes! / 1024 ** 2),
    };
    console.error(
      `${figures.rows} rows in ${figures.seconds} s: ${figures.rows_per_second} rows/s, CPU a row: ${figures.own_cpu_us_per_row} µs here, ` +
        `${figures.store_cpu_us_per_row ?? "?"} µs in the store; ${figures.store_rss_mb ?? "?"} MB`,
    );
    if (options.json) {
      const engine = `ClickHouse ${await askClickHouse(connection, "SELECT version()")}`;
      const command = `npm run bench:insert -- ${process.argv.slice(2).join(" ")}`.trim();
      console.log(JSON.stringify({ command, machine: { ...machineFacts(), engine }, ...figures }));
    }
  } finally {
    await store.dropDatabase();
  }
});

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
