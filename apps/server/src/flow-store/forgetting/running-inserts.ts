import { setTimeout as sleep } from "node:timers/promises";
import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError } from "../errors.ts";

const LIMIT_MS = 60_000;

/**
 * Resolves when the inserts that run now have ended. One whose process died, or that was given up, may still be at
 * work: its rows would appear after those of its import were deleted.
 */
export async function insertsEnd(client: StoreClient): Promise<void> {
  const begun = performance.now();
  let waitingFor: readonly string[] | undefined;
  for (;;) {
    const rows = await client.rows<{ query_id: string }>({
      name: "running inserts",
      sql: "SELECT query_id FROM system.processes WHERE current_database = currentDatabase() AND startsWith(query_id, 'flowlens-insert-')",
    });
    const running = new Set(rows.map((row) => row.query_id));
    waitingFor = waitingFor === undefined ? [...running] : waitingFor.filter((id) => running.has(id));
    if (waitingFor.length === 0) return;
    if (performance.now() - begun > LIMIT_MS) {
      throw new FlowStoreError(
        "FLOW_STORE_TIMEOUT",
        `Nothing was deleted: ${waitingFor.length} inserts that began before have been running for ${LIMIT_MS / 1000} s. Try again when they are done.`,
        { context: { question: "running inserts" } },
      );
    }
    await sleep(20);
  }
}
