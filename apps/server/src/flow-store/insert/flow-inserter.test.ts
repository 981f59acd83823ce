import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createFlowBatch, FLOW_COLUMNS, formatAddress, startFlow, type FlowBatch } from "@flowlens/flow";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withClickHouse } from "#engines/testing";
import { createStoreClient, type StoreClient } from "../client/store-client.ts";
import { loadNumbers, type StoreNumbers } from "../numbers.ts";
import { camelCase } from "../schema/column.ts";
import { FLOW_STORE_COLUMNS } from "../schema/flow-columns.ts";
import { readRow, selectList } from "../schema/read-row.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import {
  createFlowInserter,
  ROWS_PER_INSERT,
  type FlowInserter,
  type InsertTarget,
} from "./flow-inserter.ts";

const clickhouse = withClickHouse();
let database: TestDatabase;
let numbers: StoreNumbers;
let inserter: FlowInserter;

beforeAll(async () => {
  database = await openTestDatabase(clickhouse);
  numbers = await loadNumbers(database.client);
  inserter = inserterOn(database.client);
});
afterAll(() => database.drop());

const RECEIVED = Date.UTC(2026, 0, 5, 23, 59, 59);
let tokens = 0;

function inserterOn(
  client: StoreClient,
  more: { timesForgotten?: () => number; giveUpAfterMs?: number } = {},
): FlowInserter {
  return createFlowInserter({ client, numbers, timesForgotten: () => 0, giveUpAfterMs: 3000, ...more });
}

function target(more: Partial<InsertTarget> = {}): InsertTarget {
  return { networkId: 1, importId: 0, token: `token ${++tokens}`, receivedAtMs: RECEIVED, ...more };
}

function batchOf(rows: number, startMs = RECEIVED): FlowBatch {
  const batch = createFlowBatch(rows);
  for (let i = 0; i < rows; i++) {
    const row = startFlow(batch);
    batch.srcAddr.fill(0, row * 16, row * 16 + 16);
    batch.dstAddr.fill(1, row * 16, row * 16 + 16);
    batch.timeStart[row] = startMs + i;
    batch.timeEnd[row] = startMs + i;
    batch.srcPort[row] = i % 65_536;
    batch.length++;
  }
  return batch;
}

async function count(where: string, client = database.client): Promise<number> {
  const { rows } = await client.row<{ rows: string }>({
    name: "count",
    sql: `SELECT count() AS rows FROM flows WHERE ${where}`,
  });
  return Number(rows);
}

describe("inserting flows", () => {
  const u = (bits: number) =>
    fc.oneof(fc.nat(2 ** Math.min(bits, 31) - 1), fc.constantFrom(0, 1, 2 ** bits - 1));
  const u64 = fc.oneof(
    fc.maxSafeNat(),
    fc.constantFrom(0, 2 ** 32, 2 ** 32 - 1, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 2 ** 64 - 2048),
  );
  const time = fc.oneof(
    fc.nat(0xffff_ffff).map((s) => s * 1000),
    fc.integer({ min: 0, max: 2 ** 41 }),
    fc.constant(0xffff_ffff * 1000 + 999),
  );
  const valueOf = {
    u8: u(8),
    u16: u(16),
    u32: fc.oneof(fc.nat(), fc.constantFrom(0, 0xffff_ffff)),
    u64,
    time_ms: time,
    address: fc.oneof(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc
        .uint8Array({ minLength: 4, maxLength: 4 })
        .map((four) => Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...four])),
    ),
  };
  const record = fc.record(
    Object.fromEntries(
      FLOW_COLUMNS.map((column) => [camelCase(column.name), valueOf[column.type]]),
    ) as Record<string, fc.Arbitrary<number | Uint8Array>>,
  );

  it("brings back every value of every column as it was, and the store's own beside them", async () => {
    let networkId = 1000;
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 40 }),
        fc.nat(0xffff_fffe),
        async (records, importId) => {
          networkId++;
          const batch = createFlowBatch(records.length);
          for (const one of records) {
            const row = startFlow(batch);
            for (const [name, value] of Object.entries(one)) {
              const column = batch[name as "bytes"] as unknown as {
                set(from: ArrayLike<number>, at: number): void;
                [i: number]: number;
              };
              if (value instanceof Uint8Array) column.set(value, row * 16);
              else column[row] = value;
            }
            batch.length++;
          }
          await inserter.insertFlows(batch, target({ networkId, importId }));
          const stored: unknown[] = [];
          const columns = FLOW_STORE_COLUMNS.filter((column) => column.materialized === undefined);
          for await (const rows of database.client.stream({
            name: "stored",
            sql: `SELECT ${selectList(columns)} FROM flows WHERE network_id = ${networkId}`,
          })) {
            stored.push(...rows.map((values) => readRow(columns, values)));
          }
          const own = { networkId, importId, batch: numbers.lastBatch, receivedAt: RECEIVED };
          const sent = records.map((one) => ({
            ...own,
            ...Object.fromEntries(
              Object.entries(one).map(([name, value]) => [
                name,
                value instanceof Uint8Array ? formatAddress(value) : value,
              ]),
            ),
          }));
          // The table is sorted by its key: compared as sets of rows.
          expect(stored.map(inOrder).sort()).toEqual(sent.map(inOrder).sort());
        },
      ),
      { numRuns: 30 },
    );
  });

  function inOrder(row: unknown): string {
    return JSON.stringify(Object.entries(row as object).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  it("moves what no column can hold to the nearest that it can, and counts it", async () => {
    const odd = inserterOn(database.client);
    const batch = batchOf(4);
    batch.bytes.set([Number.NaN, -5, 2 ** 70, 7]);
    batch.timeEnd.set([-1, Number.POSITIVE_INFINITY, Number.NaN, RECEIVED]);
    await odd.insertFlows(batch, target({ networkId: 2 }));
    expect(odd.counters.clampedValues).toBe(6);
    const rows = await database.client.rows({
      name: "odd",
      sql: "SELECT bytes, toUnixTimestamp64Milli(time_end) AS end FROM flows WHERE network_id = 2 ORDER BY src_port",
    });
    expect(rows).toEqual([
      { bytes: "0", end: "0" },
      { bytes: "0", end: String(0xffff_ffff * 1000 + 999) },
      { bytes: String(2n ** 64n - 2048n), end: "0" },
      { bytes: "7", end: String(RECEIVED) },
    ]);
  });

  it("knows the windows a record touches, and the same slice for both directions", async () => {
    const batch = batchOf(3, Date.UTC(2026, 0, 5, 10, 4, 59));
    const day = 86_400_000;
    batch.timeEnd.set([batch.timeStart[0] + 1000, batch.timeStart[1] + 30 * day, batch.timeStart[2] - day]);
    batch.srcAddr.set(
      Array.from({ length: 16 }, () => 1),
      0,
    );
    batch.dstAddr.fill(0, 0, 16);
    await inserter.insertFlows(batch, target({ networkId: 3 }));
    const rows = await database.client.rows<{ slice: number }>({
      name: "windows",
      sql: "SELECT toString(window_first) AS first, toString(window_last) AS last, slice FROM flows WHERE network_id = 3 ORDER BY src_port",
    });
    expect(rows).toMatchObject([
      { first: "2026-01-05 10:00:00", last: "2026-01-05 10:05:00" },
      // A record of a month is counted in its last seven days.
      { first: "2026-01-28 10:00:00", last: "2026-02-04 10:00:00" },
      // One that ends before it begins lies where it ends.
      { first: "2026-01-04 10:00:00", last: "2026-01-04 10:00:00" },
    ]);
    expect(rows[0].slice).toBe(rows[1].slice);
  });

  it("takes the rows from the batch before it waits, so that the caller may fill it again", async () => {
    const batch = batchOf(10);
    const inserting = inserter.insertFlows(batch, target({ networkId: 4 }));
    batch.srcPort.fill(9);
    batch.length = 0;
    await inserting;
    expect(await count("network_id = 4 AND src_port < 10")).toBe(10);
    expect(await count("network_id = 4 AND src_port = 9")).toBe(1);
  });

  it("cuts a large batch into parts that are there wholly or not at all", async () => {
    const before = numbers.lastBatch;
    const batch = batchOf(ROWS_PER_INSERT * 2 + 10);
    const aim = target({ networkId: 5 });
    await inserter.insertFlows(batch, aim);
    expect(numbers.lastBatch - before).toBe(3);
    const parts = await database.client.rows({
      name: "parts",
      sql: "SELECT batch, count() AS rows, uniqExact(_part) AS parts FROM flows WHERE network_id = 5 GROUP BY batch ORDER BY batch",
    });
    expect(parts).toEqual([
      { batch: String(before + 1), rows: String(ROWS_PER_INSERT), parts: "1" },
      { batch: String(before + 2), rows: String(ROWS_PER_INSERT), parts: "1" },
      { batch: String(before + 3), rows: "10", parts: "1" },
    ]);
    await inserter.insertFlows(batch, aim);
    expect(await count("network_id = 5")).toBe(batch.length);
  });

  it("does nothing for an empty batch", async () => {
    const before = numbers.lastBatch;
    await inserter.insertFlows(batchOf(0), target());
    expect(numbers.lastBatch).toBe(before);
  });
});

describe("a batch that comes again", () => {
  it("is stored once, be it one after the other or four at the same time", async () => {
    const one = target({ networkId: 10 });
    await inserter.insertFlows(batchOf(100), one);
    await inserter.insertFlows(batchOf(100), one);
    const four = target({ networkId: 10 });
    await Promise.all([1, 2, 3, 4].map(() => inserter.insertFlows(batchOf(50), four)));
    expect(await count("network_id = 10")).toBe(150);
  });

  it("is stored twice where its token says that it is another, down to the last byte the same", async () => {
    await inserter.insertFlows(batchOf(100), target({ networkId: 11 }));
    await inserter.insertFlows(batchOf(100), target({ networkId: 11 }));
    expect(await count("network_id = 11")).toBe(200);
  });

  it("is stored anew after its import was forgotten, and live traffic is no import", async () => {
    let times = 0;
    const forgetful = inserterOn(database.client, { timesForgotten: () => times });
    const imported = target({ networkId: 12, importId: 3 });
    const live = target({ networkId: 12 });
    for (times = 0; times < 2; times++) {
      await forgetful.insertFlows(batchOf(10), imported);
      await forgetful.insertFlows(batchOf(10), imported);
      await forgetful.insertFlows(batchOf(5), live);
    }
    expect(await count("network_id = 12 AND import_id = 3")).toBe(20);
    expect(await count("network_id = 12 AND import_id = 0")).toBe(5);
  });
});

describe("a connection that breaks", () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  /** Hands requests on to ClickHouse, or does to them what `answer` says. */
  async function between(
    answer: (insert: number) => "pass" | "drop" | "pass and drop",
  ): Promise<StoreClient> {
    let inserts = 0;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      // oxlint-disable-next-line typescript/no-misused-promises -- a failure of the relay fails the test that uses it
      request.on("end", async () => {
        const isInsert =
          request.url?.includes("INSERT%20INTO%20flows") === true ||
          request.url?.includes("INSERT+INTO+flows") === true;
        const fate = isInsert ? answer(++inserts) : "pass";
        if (fate === "drop") return void request.socket.destroy();
        const authorization = request.headers.authorization ?? "";
        const passed = await fetch(new URL(request.url ?? "/", clickhouse.url), {
          method: "POST",
          headers: { authorization },
          body: Buffer.concat(chunks),
        });
        const body = Buffer.from(await passed.arrayBuffer());
        if (fate === "pass and drop") return void request.socket.destroy();
        response.writeHead(
          passed.status,
          Object.fromEntries([...passed.headers].filter(([name]) => name.startsWith("x-clickhouse"))),
        );
        response.end(body);
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return createStoreClient(
      () => ({ ...clickhouse, url: `http://127.0.0.1:${port}`, database: database.name }),
      { attempts: 1 },
    );
  }

  it("loses nothing and doubles nothing, whether it broke before or after the rows were stored", async () => {
    const client = await between((insert) => (["drop", "pass and drop", "pass"] as const)[(insert - 1) % 3]);
    const broken = inserterOn(client);
    await broken.insertFlows(batchOf(100), target({ networkId: 20 }));
    expect(await count("network_id = 20")).toBe(100);
    expect(broken.counters).toMatchObject({ rows: 100, inserts: 1, retries: 2, failures: 0 });
    await client.close();
  });

  it("is given up after a while by name, and the batch stays in doubt until the server is not at it any more", async () => {
    const client = await between(() => "drop");
    const broken = inserterOn(client, { giveUpAfterMs: 300 });
    const before = numbers.lastBatch;
    await expect(broken.insertFlows(batchOf(10), target({ networkId: 21 }))).rejects.toMatchObject({
      code: "FLOW_STORE_UNREACHABLE",
      message: expect.stringContaining('"insert flows"'),
    });
    expect(broken.counters.failures).toBe(1);
    await inserter.insertFlows(batchOf(1), target());
    expect(await broken.settledBatch()).toBe(before);
    await expect.poll(() => broken.settledBatch(), { timeout: 10_000 }).toBe(numbers.lastBatch);
    await client.close();
  });

  it("does not let batches count as settled that others overtake", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow: StoreClient = {
      ...database.client,
      async insert(statement) {
        await held;
        await database.client.insert(statement);
      },
    };
    const first = inserterOn(slow);
    const before = numbers.lastBatch;
    const waiting = first.insertFlows(batchOf(1), target({ networkId: 22 }));
    const overtaking = numbers.nextBatch();
    expect(await first.settledBatch()).toBe(before);
    release();
    await waiting;
    expect(await first.settledBatch()).toBe(overtaking);
  });
});

describe("numbers", () => {
  it("go on above everything that was written, finished or not, after a restart", async () => {
    await inserter.insertFlows(batchOf(1), target());
    await database.client.command({
      name: "a fold that died",
      sql: "INSERT INTO aggregates (network_id, fold, folded_on) VALUES (1, 70, '2026-01-05')",
    });
    await database.client.command({
      name: "a request",
      sql: "INSERT INTO fold_requests VALUES (1, 0, 0, 65, 0)",
    });
    await database.client.command({
      name: "a roll-up that died",
      sql: "INSERT INTO aggregates_hourly (network_id, rollup, rolled_on) VALUES (1, 5, '2026-01-05')",
    });
    const again = await loadNumbers(database.client);
    expect(again.lastBatch).toBe(numbers.lastBatch);
    expect([again.nextFold(), again.nextRollup()]).toEqual([71, 6]);
    await database.client.command({
      name: "a watermark",
      sql: "INSERT INTO fold_cycles VALUES (1000000, 0)",
    });
    expect((await loadNumbers(database.client)).nextBatch()).toBe(1_000_001);
  });
});
