import type { StoreClient } from "../client/store-client.ts";
import type { StoreNumbers } from "../numbers.ts";
import { WINDOW_SECONDS } from "../schema/flow-columns.ts";

/**
 * Taking out what was stored. None of it may run beside a fold: a fold under way would write what it had read
 * before, and a request made here would be met by a fold that saw half. The store's door sees to that.
 */
export interface Forgetting {
  /**
   * Deletes the raw rows of an import and asks for the slices they touched to be folded again. Doing it again,
   * after a kill or for the fun of it, does what is left to do. What has outlived its raw rows stays counted.
   * @returns how many rows were deleted
   */
  forgetImport(importId: number): Promise<number>;
  /** Deletes everything of a network: raw rows, aggregates, hours, memory. Doing it again does what is left to do. */
  forgetNetwork(networkId: number): Promise<void>;
  /** How often the import has been forgotten: its deduplication tokens count anew each time. */
  timesForgotten(importId: number): number;
}

export interface ForgettingDependencies {
  readonly client: StoreClient;
  readonly numbers: StoreNumbers;
}

/** What is derived from raw rows and belongs to one network, in the order in which it may vanish. */
const DERIVED_TABLES = ["aggregates", "folds", "aggregates_hourly", "rollups", "served_endpoints", "fold_requests"] as const;

export async function createForgetting({ client, numbers }: ForgettingDependencies): Promise<Forgetting> {
  const times = new Map<number, number>();
  const known = await client.rows<{ import_id: number; times: string }>({
    name: "forgotten imports",
    sql: "SELECT import_id, count() AS times FROM forgotten_imports GROUP BY import_id",
  });
  for (const row of known) times.set(row.import_id, Number(row.times));

  async function noteForgotten(importId: number): Promise<void> {
    await client.command({
      name: "note a forgotten import",
      sql: "INSERT INTO forgotten_imports SELECT {import:UInt32}, now()",
      params: { import: importId },
    });
    times.set(importId, (times.get(importId) ?? 0) + 1);
  }

  /** Written before the rows go: after a kill in between, the request is there and the fold finds them gone. */
  async function requestFolds(where: string, params: Record<string, number>): Promise<void> {
    await client.command({
      name: "request folds",
      sql: `
INSERT INTO fold_requests (network_id, window, slice, wanted_fold, requested_at)
SELECT network_id, toDateTime(start, 'UTC'), slice, {wanted:UInt32}, now()
FROM (
  SELECT DISTINCT network_id, arrayJoin(range(toUInt32(window_first), toUInt32(window_last) + 1, ${WINDOW_SECONDS})) AS start, slice
  FROM flows WHERE ${where}
)`,
      params: { ...params, wanted: numbers.lastFold + 1 },
      idempotent: true,
    });
  }

  async function remove(table: string, where: string, params: Record<string, number>): Promise<void> {
    await client.command({
      name: `forget rows of ${table}`,
      sql: `DELETE FROM ${table} WHERE ${where}`,
      params,
      idempotent: true,
    });
  }

  return {
    timesForgotten: (importId) => times.get(importId) ?? 0,
    async forgetImport(importId) {
      const where = "import_id = {import:UInt32}";
      const params = { import: importId };
      await noteForgotten(importId);
      const { rows } = await client.row<{ rows: string }>({
        name: "rows of an import",
        sql: `SELECT count() AS rows FROM flows WHERE ${where}`,
        params,
      });
      if (rows === "0") return 0;
      await requestFolds(where, params);
      await remove("flows", where, params);
      return Number(rows);
    },
    async forgetNetwork(networkId) {
      const where = "network_id = {network:UInt32}";
      const params = { network: networkId };
      const imports = await client.rows<{ import_id: number }>({
        name: "imports of a network",
        sql: `SELECT DISTINCT import_id FROM flows WHERE ${where} AND import_id != 0`,
        params,
      });
      for (const { import_id } of imports) await noteForgotten(import_id);
      await requestFolds(where, params);
      await remove("flows", where, params);
      for (const table of DERIVED_TABLES) await remove(table, where, params);
    },
  };
}
