import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { withClickHouse } from "#engines/testing";
import { FlowStoreError } from "../errors.ts";
import { createStoreClient, type StoreClient, type StoreConnection } from "./store-client.ts";

const clickhouse = withClickHouse();
let connection: StoreConnection;
const opened: { close(): unknown }[] = [];

beforeAll(() => {
  connection = { ...clickhouse, database: "default" };
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

function open(
  more: Partial<StoreConnection> = {},
  options: Parameters<typeof createStoreClient>[1] = {},
): StoreClient {
  const client = createStoreClient(() => ({ ...connection, ...more }), options);
  opened.push(client);
  return client;
}

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  opened.push({ close: () => server.close() });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("asking ClickHouse", () => {
  it("answers rows as objects, numbers beyond 2^53 without loss", async () => {
    const rows = await open().rows({
      name: "numbers",
      sql: "SELECT {big:UInt64} AS big, {text:String} AS text",
      params: { big: "18446744073709551615", text: "it's\t\\" },
    });
    expect(rows).toEqual([{ big: "18446744073709551615", text: "it's\t\\" }]);
  });

  it("streams many rows in pieces", async () => {
    let rows = 0;
    let pieces = 0;
    for await (const piece of open().stream({ name: "many", sql: "SELECT number FROM numbers(1000000)" })) {
      rows += piece.length;
      pieces++;
    }
    expect(rows).toBe(1_000_000);
    expect(pieces).toBeGreaterThan(1);
  });

  it("tells how many rows a statement wrote", async () => {
    const client = open();
    await client.command({ name: "make", sql: "CREATE TABLE IF NOT EXISTS told (n UInt8) ENGINE = Memory" });
    const summary = await client.command({
      name: "fill",
      sql: "INSERT INTO told SELECT number FROM numbers(7)",
    });
    await client.command({ name: "drop", sql: "DROP TABLE told" });
    expect(summary.writtenRows).toBe(7);
  });

  it("follows an engine that has moved to another port", async () => {
    const gone = await serve((_, response) => response.destroy());
    let url = gone;
    const client = createStoreClient(() => ({ ...connection, url }), { attempts: 1 });
    opened.push(client);
    await expect(client.rows({ name: "before", sql: "SELECT 1" })).rejects.toMatchObject({
      code: "FLOW_STORE_UNREACHABLE",
    });
    url = connection.url;
    expect(await client.rows({ name: "after", sql: "SELECT 1 AS one" })).toEqual([{ one: 1 }]);
  });
});

describe("a question that fails", () => {
  it.each([
    ["a wrong statement", "SELEC 1", "FLOW_STORE_QUESTION_FAILED"],
    [
      "too much memory",
      "SELECT groupArray(number) FROM numbers(10000000) SETTINGS max_memory_usage = 1000000",
      "FLOW_STORE_OUT_OF_MEMORY",
    ],
    [
      "a time limit of the server",
      "SELECT sleepEachRow(0.1) FROM numbers(100) SETTINGS max_execution_time = 0.2, max_block_size = 1",
      "FLOW_STORE_TIMEOUT",
    ],
  ])("says its name and a code: %s", async (_, sql, code) => {
    await expect(open().rows({ name: "which one", sql })).rejects.toMatchObject({
      name: "FlowStoreError",
      code,
      message: expect.stringContaining('could not answer "which one"'),
      context: expect.objectContaining({ question: "which one" }),
    });
  });

  it("says so in the middle of its rows", async () => {
    const read = async (): Promise<number> => {
      let rows = 0;
      for await (const piece of open().stream({
        name: "breaks",
        sql: "SELECT throwIf(number = 9000000) FROM numbers(10000000)",
      })) {
        rows += piece.length;
      }
      return rows;
    };
    await expect(read()).rejects.toMatchObject({ code: "FLOW_STORE_QUESTION_FAILED" });
  });

  it("tells a wrong password from an unreachable server and from one that is silent", async () => {
    await expect(open({ password: "wrong" }).rows({ name: "login", sql: "SELECT 1" })).rejects.toMatchObject({
      code: "FLOW_STORE_LOGIN_REFUSED",
    });
    await expect(
      open({ url: "http://127.0.0.1:9" }, { attempts: 1 }).rows({ name: "reach", sql: "SELECT 1" }),
    ).rejects.toMatchObject({
      code: "FLOW_STORE_UNREACHABLE",
    });
    const silent = await serve(() => {});
    await expect(
      open({ url: silent }, { requestTimeoutMs: 200 }).rows({ name: "wait", sql: "SELECT 1" }),
    ).rejects.toMatchObject({
      code: "FLOW_STORE_TIMEOUT",
    });
  });

  it("never tells the password", async () => {
    const error = await open({ password: "so secret" })
      .rows({ name: "login", sql: "SELECT 1" })
      .catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error) + String(error) + String((error as Error).stack)).not.toContain("so secret");
  });

  it("is asked again where the connection broke and asking twice does no harm, and else not", async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests++;
      response.destroy();
    });
    const client = open({ url }, { attempts: 3 });
    await expect(client.rows({ name: "read", sql: "SELECT 1" })).rejects.toThrow(FlowStoreError);
    expect(requests).toBe(3);
    requests = 0;
    await expect(client.command({ name: "write", sql: "INSERT INTO t SELECT 1" })).rejects.toThrow(
      FlowStoreError,
    );
    expect(requests).toBe(1);
    requests = 0;
    await expect(
      client.command({ name: "drop", sql: "DROP TABLE IF EXISTS t", idempotent: true }),
    ).rejects.toThrow(FlowStoreError);
    expect(requests).toBe(3);
  });

  it("ends on the server too when its caller gives it up", async () => {
    const client = open();
    const sql = "SELECT /* given up */ sum(sleepEachRow(0.05)) FROM numbers(600) SETTINGS max_block_size = 1";
    await expect(client.rows({ name: "long", sql, signal: AbortSignal.timeout(300) })).rejects.toMatchObject({
      code: "FLOW_STORE_CANCELLED",
    });
    const running = async (): Promise<number> => {
      const rows = await client.rows({
        name: "running",
        sql: "SELECT query_id FROM system.processes WHERE query LIKE '%given up%' AND query NOT LIKE '%system.processes%'",
      });
      return rows.length;
    };
    await expect.poll(running, { timeout: 10_000 }).toBe(0);
  });
});
