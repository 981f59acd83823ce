/** What tests ask engines, to see that both keep what was stored and that nothing of them is left. */
import { readdirSync, readFileSync } from "node:fs";
import { Client } from "pg";
import { expect } from "vitest";
import { queryClickHouse } from "./clickhouse-http.ts";
import type { EngineAddresses } from "./engine-types.ts";
import { identify } from "./process-identity.ts";

export async function askPostgres({ postgres }: EngineAddresses, query: string): Promise<unknown[]> {
  const client = new Client({ ...postgres, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(query)).rows;
  } finally {
    await client.end();
  }
}

export async function askClickHouse({ clickhouse }: EngineAddresses, query: string): Promise<string> {
  return (await queryClickHouse(clickhouse, query, 10_000)).trim();
}

export async function store(addresses: EngineAddresses): Promise<void> {
  await askClickHouse(addresses, "CREATE DATABASE kept");
  await askClickHouse(addresses, "CREATE TABLE kept.numbers (n UInt64) ENGINE = MergeTree ORDER BY n");
  await askClickHouse(addresses, "INSERT INTO kept.numbers SELECT number FROM numbers(1000)");
  await askPostgres(addresses, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n");
}

export async function expectStored(addresses: EngineAddresses): Promise<void> {
  expect(await askClickHouse(addresses, "SELECT count() FROM kept.numbers")).toBe("1000");
  expect(await askPostgres(addresses, "SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 1000 }]);
}

/** Processes that name the directory on their command line or work in it. */
export function processesOf(directory: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return (
        readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(directory) && identify(Number(pid)) !== null
      );
    } catch {
      return false;
    }
  });
}
