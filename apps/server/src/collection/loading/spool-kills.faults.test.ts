import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { withClickHouse } from "#engines/testing";
import { createFlowStore } from "#flow-store";
import { createSpoolReader, createSpoolWriter } from "#spool";
import { silentLogger } from "#telemetry";
import { afterEach, describe, expect, it } from "vitest";
import { createSpoolLoader } from "./spool-loader.ts";
import { countedBatch, temporaryDirectories } from "./testing-spool.ts";

const clickhouse = withClickHouse();
const directoryFor = temporaryDirectories();
const KILLS = process.env["FLOWLENS_LONG"] === undefined ? 10 : 30;
const ROUND = 1_000_000_000;
const PROGRAM = fileURLToPath(new URL("testing-spool-program.ts", import.meta.url));

const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
});

function run(...args: string[]): { child: ChildProcess; ended: Promise<unknown>; lines: string[] } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.add(child);
  const lines: string[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  const ended = new Promise((resolve) => child.once("close", (_, signal) => resolve(signal)));
  return { child, ended: ended.finally(() => children.delete(child)), lines };
}

async function rowsOf<Row>(sql: string, database: string): Promise<Row[]> {
  const url = new URL(clickhouse.url);
  url.search = new URLSearchParams({
    database,
    default_format: "JSON",
    output_format_json_quote_64bit_integers: "0",
  }).toString();
  const authorization = `Basic ${Buffer.from(`${clickhouse.username}:${clickhouse.password}`).toString("base64")}`;
  const response = await fetch(url, { method: "POST", body: sql, headers: { authorization } });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return (JSON.parse(text) as { data: Row[] }).data;
}

describe("what reached the spool", () => {
  it(
    `is in the store exactly once after ${KILLS} kills of the writer, and of the loader between insert and deletion`,
    async () => {
      const directory = directoryFor();
      const database = "spool_kills";
      const connection = JSON.stringify({ ...clickhouse, database });
      const synced: number[] = [];
      for (let round = 0; round < KILLS; round++) {
        const writer = run("write", directory, String(round * ROUND));
        await expect.poll(() => writer.lines.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0);
        await sleep(Math.random() * 250);
        writer.child.kill("SIGKILL");
        expect(await writer.ended).toBe("SIGKILL");
        synced.push(Number(writer.lines.at(-1)) - round * ROUND);
        if (round % 2 === 0) continue;
        const loader = run("load", directory, String(Math.floor(Math.random() * 4)), connection);
        expect(await loader.ended).toBe("SIGKILL");
      }
      const store = createFlowStore(
        { database, insertGiveUpAfterMs: 10_000, foldRowsPerChunk: 1_000_000 },
        { connection: () => ({ ...clickhouse, database }), logger: silentLogger },
      );
      await store.start();
      const spool = createSpoolReader({ directory });
      await spool.recover();
      const loader = createSpoolLoader({ spool, flows: store, logger: silentLogger });
      loader.start();
      await expect.poll(() => readdirSync(directory), { timeout: 30_000 + KILLS * 4000 }).toEqual([]);
      await loader.stop();
      await store.stop();
      const found = await rowsOf<{
        round: number;
        rows: number;
        different: number;
        first: number;
        last: number;
      }>(
        `SELECT toUInt32(intDiv(bytes, ${ROUND})) AS round, count() AS rows, uniqExact(bytes) AS different,
              min(bytes % ${ROUND}) AS first, max(bytes % ${ROUND}) AS last
         FROM flows GROUP BY round ORDER BY round`,
        database,
      );
      expect(found.map(({ round }) => round)).toEqual(Array.from({ length: KILLS }, (_, i) => i));
      for (const { round, rows, different, first, last } of found) {
        // Once each, from the first to some last without a gap, and that is not before what was said to be on disk.
        expect([rows, different, first]).toEqual([last + 1, last + 1, 0]);
        expect(rows).toBeGreaterThanOrEqual(synced[round]);
      }
      expect(synced.every((rows) => rows > 0)).toBe(true);
    },
    60_000 + KILLS * 14_000,
  );

  it("is in the store exactly once after the store was away, and reception did not wait for it", async () => {
    const directory = directoryFor();
    const database = "spool_outage";
    let isAway = false;
    const store = createFlowStore(
      { database, insertGiveUpAfterMs: 1000, foldRowsPerChunk: 1_000_000 },
      {
        // Port 9 is "discard": nobody answers there.
        connection: () => ({ ...clickhouse, database, ...(isAway ? { url: "http://127.0.0.1:9" } : {}) }),
        logger: silentLogger,
      },
    );
    await store.start();
    const spool = createSpoolReader({ directory });
    const loader = createSpoolLoader({ spool, flows: store, logger: silentLogger }, { longestPauseMs: 500 });
    let told = 0;
    loader.onLoaded((rows) => (told += rows));
    loader.start();
    const writer = createSpoolWriter({ directory, sealAfterMs: 50 });
    let appended = 0;
    let longestAppendMs = 0;
    const receive = async (untilMs: number): Promise<void> => {
      for (const endAt = performance.now() + untilMs; performance.now() < endAt; appended += 500) {
        const batch = countedBatch(500, appended);
        const begunAt = performance.now();
        expect(writer.append(batch, { networkId: 1, receivedAtMs: Date.now() })).toBe("stored");
        longestAppendMs = Math.max(longestAppendMs, performance.now() - begunAt);
        await sleep(10);
      }
    };
    await receive(500);
    await expect.poll(() => told, { timeout: 10_000 }).toBeGreaterThan(0);
    isAway = true;
    await receive(3500);
    expect(loader.status()).toMatchObject({ waitingFor: { code: "FLOW_STORE_UNREACHABLE" } });
    expect(loader.status().backlog.segments).toBeGreaterThan(1);
    isAway = false;
    await receive(500);
    await writer.close();
    await expect.poll(() => readdirSync(directory), { timeout: 30_000 }).toEqual([]);
    await expect.poll(() => loader.status().backlog.segments, { timeout: 5000 }).toBe(0);
    await loader.stop();
    await store.stop();
    const sql = "SELECT count() AS rows, uniqExact(bytes) AS different, max(bytes) AS last FROM flows";
    const [found] = await rowsOf<{ rows: number; different: number; last: number }>(sql, database);
    expect(found).toEqual({ rows: appended, different: appended, last: appended - 1 });
    expect(told).toBe(appended);
    // Far below what a bounded queue of some seconds can take, on a busy machine too.
    expect(longestAppendMs).toBeLessThan(500);
  });
});
