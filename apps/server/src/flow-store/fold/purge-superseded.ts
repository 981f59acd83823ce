import type { StoreClient } from "../client/store-client.ts";

/** A reader keeps to the folds it saw when it began, so what is superseded stays for longer than a question may take. */
const GRACE_MS = 10 * 60_000;

/** Entries of `folds` that a newer one of the same slice and floor has stood in for since `before` (seconds). */
function superseded(before: number): string {
  return `
    SELECT network_id, window, slice, f.fold AS fold, toDate(f.folded_at, 'UTC') AS day
    FROM folds AS f
    INNER JOIN (
      SELECT network_id, window, slice, floor_batch, max(fold) AS newest, argMax(folded_at, fold) AS since
      FROM folds
      GROUP BY network_id, window, slice, floor_batch
      HAVING count() > 1 AND since <= toDateTime(${before}, 'UTC')
    ) AS n USING (network_id, window, slice, floor_batch)
    WHERE f.fold < n.newest`;
}

/**
 * Removes aggregates that no reader can come to any more: those of folds that others have superseded, ten minutes
 * later. The aggregates go first, so that being interrupted leaves work but no trace. Beside a fold it may not run.
 */
export async function purgeSuperseded(client: StoreClient, nowMs: number, graceMs = GRACE_MS): Promise<void> {
  const before = Math.floor((nowMs - graceMs) / 1000);
  if (before <= 0) return;
  const days = await client.rows<{ day: string }>({
    name: "superseded folds",
    sql: `SELECT DISTINCT day FROM (${superseded(before)}) ORDER BY day`,
  });
  for (const { day } of days) {
    await client.command({
      name: "purge aggregates",
      sql: `
        DELETE FROM aggregates
        WHERE folded_on = toDate('${day}') AND (network_id, window, slice, fold) IN (
          SELECT network_id, window, slice, fold FROM (${superseded(before)}) WHERE day = toDate('${day}'))`,
      idempotent: true,
    });
  }
  if (days.length === 0) return;
  await client.command({
    name: "purge folds",
    sql: `DELETE FROM folds WHERE (network_id, window, slice, fold) IN (SELECT network_id, window, slice, fold FROM (${superseded(before)}))`,
    idempotent: true,
  });
}
