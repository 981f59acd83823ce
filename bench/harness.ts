/** What benchmarks share: facts about the machine, and an engine in a temporary directory that goes away with them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createEngines,
  type ClickHouseAddress,
  type EngineStatus,
} from "../apps/server/src/engines/index.ts";
import { silentLogger } from "../apps/server/src/telemetry/index.ts";

export { machineFacts, type MachineFacts } from "../apps/server/src/telemetry/index.ts";

/** Starts the engines, runs `measure` with ClickHouse's address, stops them and removes their data, whatever happens. */
export async function withClickHouse<Result>(
  measure: (address: ClickHouseAddress, status: () => EngineStatus) => Promise<Result>,
  options: { readonly memoryBytes?: number } = {},
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), "flowlens-bench-"));
  const engines = createEngines(
    {
      dataDirectory: directory,
      ...(options.memoryBytes === undefined ? {} : { clickhouseMemoryBytes: options.memoryBytes }),
    },
    { logger: silentLogger },
  );
  try {
    const { clickhouse } = await engines.start();
    return await measure(clickhouse, () => engines.status()[0]);
  } finally {
    await engines.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Asks ClickHouse something beside the flow store: its version, or to make data for a measurement. Answers its text. */
export async function askClickHouse(
  address: ClickHouseAddress,
  sql: string,
  database = "default",
): Promise<string> {
  const url = new URL(address.url);
  url.searchParams.set("database", database);
  url.searchParams.set("wait_end_of_query", "1");
  const authorization = `Basic ${Buffer.from(`${address.username}:${address.password}`).toString("base64")}`;
  const response = await fetch(url, { method: "POST", headers: { authorization }, body: sql });
  const text = await response.text();
  if (!response.ok) throw new Error(`ClickHouse refused: ${text.slice(0, 500)}`);
  return text.trim();
}

/** CPU time of a process so far in seconds, from Linux's /proc; null elsewhere. */
export function cpuSeconds(pid: number | null): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user, system] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return (user + system) / 100;
  } catch {
    return null;
  }
}
