import { DEFAULT_INTERNAL_RANGES, parseAddressRange } from "@flowlens/flow";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withClickHouse } from "#engines/testing";
import { createMetrics, silentLogger, type Metrics } from "#telemetry";
import { createStoreClient } from "./client/store-client.ts";
import { FLOW_STORE_ERROR_CODES, FlowStoreError } from "./errors.ts";
import { createFlowStore, type FlowStore } from "./flow-store.ts";
import { batchOf, type TestRecord } from "./fold/testing/store-under-test.ts";

const clickhouse = withClickHouse();
const DATABASE = "door`s \\ own";
let store: FlowStore;

beforeEach(async () => {
  store = open();
  await store.start();
});
afterEach(async () => {
  await store.start();
  await store.dropDatabase();
});

function open(metrics?: Metrics): FlowStore {
  const config = { database: "unused", insertGiveUpAfterMs: 2000, foldRowsPerChunk: 1_000_000 };
  const connection = () => ({ ...clickhouse, database: DATABASE });
  return createFlowStore(config, {
    connection,
    logger: silentLogger,
    ...(metrics === undefined ? {} : { metrics }),
  });
}

const T0 = Date.UTC(2026, 0, 5, 10);

/** Both directions of a web conversation. */
function visit(client: string, server = "10.0.1.1", port = 50_000): TestRecord[] {
  const times = { startMs: T0, endMs: T0 + 1000, packets: 5, bytes: 500, flags: 0x1b };
  return [
    { ...times, from: client, to: server, fromPort: port, toPort: 443 },
    { ...times, from: server, to: client, fromPort: 443, toPort: port },
  ];
}

async function conversationsOf(address: string): Promise<number | undefined> {
  for await (const hosts of store.queries.hostCounts({
    networkId: 1,
    fromMs: T0,
    toMs: T0 + 86_400_000,
    timeZone: "UTC",
    internalRanges: DEFAULT_INTERNAL_RANGES.flatMap((text) => parseAddressRange(text) ?? []),
    hosts: "all",
  })) {
    const found = hosts.find((host) => host.address === address);
    if (found !== undefined) return found.counts.inboundConversations + found.counts.outboundConversations;
  }
  return undefined;
}

const target = (importId: number, token: string) => ({ networkId: 1, importId, token, receivedAtMs: T0 });

describe("the flow store", () => {
  it("answers for what was inserted once it is folded", async () => {
    await store.insertFlows(batchOf([...visit("10.0.0.1"), ...visit("10.0.0.2")]), target(0, "a"));
    expect(await conversationsOf("10.0.1.1")).toBeUndefined();
    await store.fold({ nowMs: T0 + 600_000 });
    expect(await conversationsOf("10.0.1.1")).toBe(2);
    expect(await store.queries.networkTotals({ networkId: 1, fromMs: T0, toMs: T0 + 1 })).toMatchObject({
      conversations: 2,
      bytes: 2000,
    });
  });

  it("keeps everything over a restart, and counts a replayed batch once", async () => {
    await store.insertFlows(batchOf(visit("10.0.0.1")), target(0, "a"));
    await store.fold({ nowMs: T0 });
    await store.stop();
    store = open();
    await store.start();
    await store.insertFlows(batchOf(visit("10.0.0.1")), target(0, "a"));
    await store.insertFlows(batchOf(visit("10.0.0.2")), target(0, "b"));
    await store.fold({ nowMs: T0 });
    expect(await conversationsOf("10.0.1.1")).toBe(2);
  });

  it("takes an import that was undone halfway once more, under the same tokens, as one clean import", async () => {
    await store.insertFlows(batchOf(visit("10.0.0.1")), target(5, "piece 0"));
    await store.fold({ nowMs: T0 });
    await store.stop();
    store = open();
    await store.start();
    await store.forgetImport(5);
    await store.insertFlows(batchOf(visit("10.0.0.1")), target(5, "piece 0"));
    await store.insertFlows(batchOf(visit("10.0.0.2")), target(5, "piece 1"));
    await store.fold({ nowMs: T0 });
    expect(await conversationsOf("10.0.1.1")).toBe(2);
    await store.forgetNetwork(1);
    await store.fold({ nowMs: T0 });
    expect(await conversationsOf("10.0.1.1")).toBeUndefined();
  });

  it("counts what it inserts and what it is asked", async () => {
    const metrics = createMetrics();
    const counted = open(metrics);
    await counted.start();
    await counted.insertFlows(batchOf(visit("10.0.0.1")), target(0, "a"));
    await expect(counted.queries.networkTotals({ networkId: -1, fromMs: 0, toMs: 1 })).rejects.toThrow(
      FlowStoreError,
    );
    await counted.stop();
    const text = await metrics.text();
    expect(text).toMatch(/^flowlens_flow_store_inserted_rows_total 2$/m);
    expect(text).toMatch(/^flowlens_flow_store_insert_retries_total 0$/m);
    expect(text).toMatch(/^flowlens_flow_store_question_seconds_count\{question="insert flows"\} 1$/m);
    expect(text).toMatch(
      /^flowlens_flow_store_question_failures_total\{question="totals of a network",code="\w+"\} 1$/m,
    );
  });

  it("clears away what a killed question has left", async () => {
    const client = createStoreClient(() => ({ ...clickhouse, database: DATABASE }));
    await client.command({ name: "left", sql: "CREATE TABLE scratch_left (n UInt8) ENGINE = Memory" });
    await store.stop();
    await store.start();
    expect(await client.rows({ name: "left", sql: "SHOW TABLES LIKE 'scratch%'" })).toEqual([]);
    await client.close();
  });

  it("refuses everything before its start and after its stop", async () => {
    const refused = { code: "FLOW_STORE_NOT_STARTED" };
    for (const idle of [open(), store]) {
      await idle.stop();
      await expect(idle.ping()).rejects.toMatchObject(refused);
      await expect(idle.insertFlows(batchOf(visit("10.0.0.1")), target(0, "a"))).rejects.toMatchObject(
        refused,
      );
      await expect(idle.fold({ nowMs: T0 })).rejects.toMatchObject(refused);
      await expect(idle.forgetImport(1)).rejects.toMatchObject(refused);
      await expect(idle.queries.importSpan(1)).rejects.toMatchObject(refused);
    }
  });

  it("says where it does not reach ClickHouse, and can be started later", async () => {
    let url = "http://127.0.0.1:9";
    const lost = createFlowStore(
      { database: DATABASE, insertGiveUpAfterMs: 2000, foldRowsPerChunk: 1_000_000 },
      { connection: () => ({ ...clickhouse, database: DATABASE, url }), logger: silentLogger },
    );
    await expect(lost.start()).rejects.toMatchObject({ code: "FLOW_STORE_UNREACHABLE" });
    url = clickhouse.url;
    await lost.start();
    await lost.ping();
    await lost.stop();
  });

  it("names its errors by codes that say whose they are", () => {
    expect(FLOW_STORE_ERROR_CODES.every((code) => code.startsWith("FLOW_STORE_"))).toBe(true);
  });
});
