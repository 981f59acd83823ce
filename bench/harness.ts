/** What benchmarks share: facts about the machine, and an engine in a temporary directory that goes away with them. */
import { mkdtempSync, rmSync } from "node:fs";
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
