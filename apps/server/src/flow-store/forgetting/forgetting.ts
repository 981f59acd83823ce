import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError } from "../errors.ts";
import type { StoreNumbers } from "../numbers.ts";
import type { Rollup } from "../rollup/rollup.ts";
import { createDeletions } from "./deletions.ts";
import { expire, type ExpireRequest, type ExpireResult } from "./expire.ts";
import { requestFolds } from "./fold-requests.ts";
import { insertsEnd } from "./running-inserts.ts";
import { loadTimesForgotten } from "./times-forgotten.ts";

/**
 * Taking out what was stored. None of it, `timesForgotten` apart, may run beside a fold: a fold under way would
 * write what it had read before. The store's door sees to that.
 */
export interface Forgetting {
  /**
   * Deletes the raw rows of an import and asks for the slices they touched to be folded again; nothing, quickly,
   * where it has none. Nobody may insert rows of the import meanwhile. Doing it again, after a kill anywhere in
   * between, does what is left to do. What has been folded and has outlived its raw rows stays counted.
   * @returns how many rows were deleted
   */
  forgetImport(importId: number): Promise<number>;
  /** Deletes everything of a network: raw rows, aggregates, hours, memory. Doing it again does what is left to do. */
  forgetNetwork(networkId: number): Promise<void>;
  /**
   * Drops what is older than it is kept, by when it was received, folded or rolled up, and trims the bookkeeping.
   * Nothing goes that has not been folded, and no aggregates before their hours are rolled up. Doing it again, after
   * a kill anywhere in between, does what is left to do.
   */
  expire(request: ExpireRequest): Promise<ExpireResult>;
  /** How often the import has been forgotten: its deduplication tokens count anew each time. */
  timesForgotten(importId: number): number;
  /** To be waited for before each fold: resolves when no deletion is under way that an earlier try, or process, began. */
  settle(): Promise<void>;
}

export interface ForgettingDependencies {
  readonly client: StoreClient;
  readonly numbers: StoreNumbers;
  /** What a run of it has not seen is rolled up before it expires. */
  readonly rollup: Rollup;
}

/** What is derived from raw rows and belongs to one network. First what makes rows count, then the rows. */
const DERIVED_TABLES = [
  "rollups",
  "folds",
  "aggregates_hourly",
  "aggregates",
  "served_endpoints",
  "fold_requests",
] as const;

export async function createForgetting({
  client,
  numbers,
  rollup,
}: ForgettingDependencies): Promise<Forgetting> {
  const deletions = createDeletions(client);
  const times = await loadTimesForgotten(client);

  /**
   * Requests first: after a kill at any point, the next fold takes out of the counts whatever is gone by then, and
   * what is still there is found again, and asked for again, when this is done again.
   */
  async function removeRaw(where: string, params: Readonly<Record<string, number>>): Promise<number> {
    await deletions.settle();
    await insertsEnd(client);
    const found = await client.rows<{ partition: string; rows: string; imports: number[] }>({
      name: "rows to forget",
      sql: `
        SELECT _partition_id AS partition, count() AS rows, groupUniqArrayIf(import_id, import_id != 0) AS imports
        FROM flows WHERE ${where} GROUP BY partition`,
      params,
    });
    if (found.length === 0) return 0;
    await requestFolds(client, { where, params, wantedFold: numbers.lastFold + 1 });
    await times.note([...new Set(found.flatMap(({ imports }) => imports))]);
    await deletions.remove("flows", where, { params, partitions: found.map(({ partition }) => partition) });
    return found.reduce((sum, { rows }) => sum + Number(rows), 0);
  }

  return {
    timesForgotten: times.of,
    settle: deletions.settle,
    async expire(request) {
      const result = await expire({ client, numbers, deletions, rollup }, request);
      await times.reload();
      return result;
    },
    async forgetImport(importId) {
      checkId("import", importId);
      return removeRaw("import_id = {import:UInt32}", { import: importId });
    },
    async forgetNetwork(networkId) {
      checkId("network", networkId);
      const where = "network_id = {network:UInt32}";
      const params = { network: networkId };
      await removeRaw(where, params);
      for (const table of DERIVED_TABLES) await deletions.remove(table, where, { params });
    },
  };
}

/** 0 stands for live traffic among the imports: never to be deleted as a whole. */
function checkId(what: string, id: number): void {
  if (Number.isInteger(id) && id > 0 && id <= 0xffff_ffff) return;
  throw new FlowStoreError(
    "FLOW_STORE_BAD_ARGUMENT",
    `${id} is no ${what}'s number; those are whole and above 0.`,
    {
      context: { [what]: id },
    },
  );
}
