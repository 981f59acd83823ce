import type { StoreClient } from "../client/store-client.ts";
import type { Deletions } from "../forgetting/deletions.ts";

/** Roll-ups that a newer one of the same hour and floor, up to that number, stands in for. */
function superseded(rollupTo: number): string {
  return `
    SELECT network_id, hour, arrayJoin(arrayFilter(x -> x < newest, numbers)) AS rollup
    FROM (
      SELECT network_id, hour, groupArray(rollup) AS numbers, max(rollup) AS newest
      FROM rollups WHERE rollup <= ${rollupTo}
      GROUP BY network_id, hour, floor_fold
      HAVING count() > 1
    )`;
}

/**
 * Removes what newer roll-ups, up to `rollupTo`, have superseded. The hours go before their entries, so that being
 * interrupted leaves work but no trace.
 */
export async function purgeSupersededHours(
  client: StoreClient,
  deletions: Deletions,
  rollupTo: number,
): Promise<void> {
  const { left } = await client.row<{ left: string }>({
    name: "superseded roll-ups",
    sql: `SELECT count() AS left FROM (${superseded(rollupTo)})`,
  });
  if (left === "0") return;
  const where = `(network_id, hour, rollup) IN (SELECT network_id, hour, rollup FROM (${superseded(rollupTo)}))`;
  await deletions.remove("aggregates_hourly", where);
  await deletions.remove("rollups", where);
}

/** Removes the rows of roll-ups that were interrupted, of numbers up to `rollupTo`: they never counted and never will. */
export async function purgeDeadHours(
  client: StoreClient,
  deletions: Deletions,
  rollupTo: number,
): Promise<void> {
  const dead = await client.rows<{ rollup: number }>({
    name: "dead roll-ups",
    sql: `
      SELECT DISTINCT rollup FROM aggregates_hourly
      WHERE rollup <= {rollup_to:UInt32} AND rollup NOT IN (SELECT rollup FROM rollups)`,
    params: { rollup_to: rollupTo },
  });
  if (dead.length > 0)
    await deletions.remove("aggregates_hourly", `rollup IN (${dead.map(({ rollup }) => rollup).join(",")})`);
}
