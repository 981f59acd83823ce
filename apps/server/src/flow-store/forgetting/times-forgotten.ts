import type { StoreClient } from "../client/store-client.ts";

/**
 * How often each import's rows were deleted. Its deduplication tokens carry that number: the store remembers the
 * tokens of rows that are gone, and would take the same rows for a replay when the import is done again.
 */
export interface TimesForgotten {
  of(importId: number): number;
  /** Counts one more time, for good. Before the rows go: after a kill in between, those that follow must not count as replays. */
  note(importIds: readonly number[]): Promise<void>;
  /** Reads all anew. */
  reload(): Promise<void>;
}

export async function loadTimesForgotten(client: StoreClient): Promise<TimesForgotten> {
  let times: ReadonlyMap<number, number> = new Map();
  async function reload(): Promise<void> {
    const rows = await client.rows<{ import_id: number; times: string }>({
      name: "forgotten imports",
      sql: "SELECT import_id, count() AS times FROM forgotten_imports GROUP BY import_id",
    });
    times = new Map(rows.map((row) => [row.import_id, Number(row.times)]));
  }
  await reload();
  return {
    of: (importId) => times.get(importId) ?? 0,
    async note(importIds) {
      if (importIds.length === 0) return;
      await client.command({
        name: "note forgotten imports",
        sql: "INSERT INTO forgotten_imports SELECT arrayJoin({imports:Array(UInt32)}), now()",
        params: { imports: importIds },
        // Counted twice is as good as once, as long as what is counted here is what is in the store.
        idempotent: true,
      });
      await reload();
    },
    reload,
  };
}
