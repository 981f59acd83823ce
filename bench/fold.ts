/**
 * How fast raw rows become aggregates: `npm run bench:fold -- [--json] [--rows 10000000]`.
 *
 * Made traffic of two windows: 20,000 clients; of their conversations 30 % go to one of two resolvers, 50 % to one of
 * 20 services each client keeps using, 20 % to any of 2,000. Two one-way records a conversation, one exporter,
 * TCP flags as NetFlow v5 gives them (all in one). First everything is folded at once, as an import is; then, in
 * another network, the second window alone, as live traffic is: the window before is read with it.
 */
import { parseArgs } from "node:util";
import { createFlowBatch, startFlow, writeIpv4, type FlowBatch } from "@flowlens/flow";
import { createFlowStore, type FlowStore } from "../apps/server/src/flow-store/index.ts";
import { silentLogger } from "../apps/server/src/telemetry/index.ts";
import { cpuSeconds, machineFacts, withClickHouse } from "./harness.ts";
import { seededRandom } from "./seeded-random.ts";

const WINDOW_MS = 300_000;
const T0 = Date.UTC(2026, 0, 5, 10);
const ROWS_PER_BATCH = 250_000;
const CLIENTS = 20_000;
const SERVICES = 2_000;
const FAVOURITES = 20;
const PORTS = [443, 80, 445, 389, 5432, 22, 8443, 3306, 49_155, 9_092];

const { values: options } = parseArgs({
  options: { json: { type: "boolean", default: false }, rows: { type: "string", default: "10000000" } },
});
const rows = Number(options.rows);

interface Measured {
  readonly rows: number;
  readonly seconds: number;
  /** Of ClickHouse, merges that ran meanwhile included; null where the system does not tell. */
  readonly cpu_us_per_row: number | null;
  readonly aggregates: number;
  readonly rss_mb: number | null;
}

function fill(batch: FlowBatch, random: () => number, windowMs: number): void {
  batch.length = 0;
  while (batch.length + 2 <= batch.capacity) {
    const client = Math.floor(random() * CLIENTS);
    const kind = random();
    const service =
      kind < 0.5
        ? (client * 7 + Math.floor(random() * FAVOURITES) * 101) % SERVICES
        : Math.floor(random() * SERVICES);
    const isResolver = kind > 0.7;
    const server = isResolver ? SERVICES + Math.floor(random() * 2) : service;
    const port = isResolver ? 53 : PORTS[service % PORTS.length];
    const clientPort = 32_768 + Math.floor(random() * 28_000);
    const startMs = windowMs + Math.floor(random() * (WINDOW_MS - 1000));
    const lastsMs = isResolver ? 0 : Math.floor(random() * 20_000);
    for (const isUp of [true, false]) {
      const row = startFlow(batch);
      writeIpv4(batch.exporter, row * 16, 0xc0000201);
      writeIpv4(batch.srcAddr, row * 16, isUp ? 0x0a000000 + client : 0x0ac80000 + server);
      writeIpv4(batch.dstAddr, row * 16, isUp ? 0x0ac80000 + server : 0x0a000000 + client);
      batch.srcPort[row] = isUp ? clientPort : port;
      batch.dstPort[row] = isUp ? port : clientPort;
      batch.ipProtocol[row] = isResolver ? 17 : 6;
      batch.tcpFlags[row] = isResolver ? 0 : 0x1b;
      batch.timeStart[row] = startMs + (isUp ? 0 : Math.floor(random() * 30));
      batch.timeEnd[row] = batch.timeStart[row] + lastsMs;
      batch.packets[row] = isResolver ? 1 : 6 + Math.floor(random() * 40);
      batch.bytes[row] = batch.packets[row] * (isUp ? 120 : 800);
      batch.length++;
    }
  }
}

async function insertWindow(store: FlowStore, networkId: number, window: number): Promise<void> {
  const random = seededRandom(window + 1);
  const batch = createFlowBatch(ROWS_PER_BATCH);
  for (let at = 0; at < rows / 2; at += ROWS_PER_BATCH) {
    fill(batch, random, T0 + window * WINDOW_MS);
    await store.insertFlows(batch, {
      networkId,
      importId: 0,
      token: `${networkId}/${window}/${at}`,
      receivedAtMs: T0,
    });
  }
}

await withClickHouse(async (connection, status) => {
  const store = createFlowStore(
    { database: `fold_bench_${process.pid}`, insertGiveUpAfterMs: 60_000, foldRowsPerChunk: 2_000_000 },
    { connection: () => connection, logger: silentLogger },
  );
  await store.start();
  const measure = async (networkId: number): Promise<Measured> => {
    const before = cpuSeconds(status().pid);
    const result = await store.fold({ nowMs: Date.now(), networkIds: [networkId] });
    const after = cpuSeconds(status().pid);
    const rss = status().rssBytes;
    return {
      rows: result.rowsRead,
      seconds: result.ms / 1000,
      cpu_us_per_row: before === null || after === null ? null : ((after - before) * 1e6) / result.rowsRead,
      aggregates: result.rowsWritten,
      rss_mb: rss === null ? null : Math.round(rss / 1024 ** 2),
    };
  };
  try {
    await insertWindow(store, 1, 0);
    await insertWindow(store, 1, 1);
    const whole = await measure(1);
    await insertWindow(store, 2, 0);
    await measure(2);
    await insertWindow(store, 2, 1);
    const live = await measure(2);
    const small = createFlowBatch(1000);
    fill(small, seededRandom(9), T0);
    await store.insertFlows(small, { networkId: 3, importId: 0, token: "small", receivedAtMs: T0 });
    const few = await measure(3);
    const say = (name: string, one: Measured): void =>
      console.error(
        `${name}: ${one.rows} rows to ${one.aggregates} in ${one.seconds.toFixed(1)} s, ${one.cpu_us_per_row?.toFixed(2) ?? "?"} µs CPU a row, ${one.rss_mb ?? "?"} MB`,
      );
    say("two windows at once", whole);
    say("the second window alone, the first read with it", live);
    say("a small fold", few);
    if (options.json) {
      const { rows: read, ...figures } = whole;
      const command = `npm run bench:fold -- ${process.argv.slice(2).join(" ")}`.trim();
      console.log(
        JSON.stringify({
          command,
          machine: machineFacts(),
          rows: read,
          conversations: read / 2,
          ...figures,
          live,
          small: few,
        }),
      );
    }
  } finally {
    await store.dropDatabase();
  }
});
