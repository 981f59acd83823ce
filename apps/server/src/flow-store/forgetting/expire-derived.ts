import type { StoreClient } from "../client/store-client.ts";
import type { StoreNumbers } from "../numbers.ts";
import type { Rollup } from "../rollup/rollup.ts";
import { sealHours } from "../rollup/seal-hours.ts";
import type { Deletions } from "./deletions.ts";
import { dayText, dropParts, firstDayKept, partsBefore } from "./parts.ts";

export interface ExpiryDependencies {
  readonly client: StoreClient;
  readonly numbers: StoreNumbers;
  readonly deletions: Deletions;
  readonly rollup: Rollup;
}

export interface Expiry {
  readonly nowMs: number;
  readonly days: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Drops aggregates that were folded before the first day that is kept. Their hours are rolled up before that and
 * stand for them afterwards; a late row of such an hour gets a roll-up beside. Answers how many slices went.
 */
export async function expireAggregates(dependencies: ExpiryDependencies, expiry: Expiry): Promise<number> {
  const { client, deletions, rollup } = dependencies;
  const { nowMs, signal } = expiry;
  const firstDay = firstDayKept(nowMs, expiry.days);
  const rungs = madeBefore(
    { table: "folds", keys: "network_id, window, slice, floor_batch", number: "fold", madeAt: "folded_at" },
    firstDay,
  );
  const expired = await client.row<{ slices: string; fold_to: number }>({
    name: "slices that expire",
    sql: `SELECT count() AS slices, max(newest) AS fold_to FROM (${rungs("max(fold) AS newest")})`,
  });
  if (expired.slices !== "0") {
    await rollup({ nowMs, openHoursToo: true, ...(signal === undefined ? {} : { signal }) });
    await sealHours(dependencies, { expiringFold: expired.fold_to, nowMs, signal });
    await client.command({
      name: "note expired folds",
      sql: "INSERT INTO aggregate_expiries (fold_to, expired_at) VALUES ({fold:UInt32}, {at:UInt32})",
      params: { fold: expired.fold_to, at: Math.floor(nowMs / 1000) },
      idempotent: true,
    });
    await deletions.remove("folds", `(network_id, window, slice, floor_batch) IN (${rungs()})`);
  }
  await dropParts(client, "aggregates", await partsBefore(client, "aggregates", dayText(firstDay)));
  await dropParts(
    client,
    "served_endpoints",
    await partsBefore(client, "served_endpoints", dayText(firstDay)),
  );
  return Number(expired.slices);
}

/** Drops months of hours that were rolled up before the first day that is kept. Answers how many hours went. */
export async function expireHours(
  { client, deletions }: ExpiryDependencies,
  { nowMs, days }: Expiry,
): Promise<number> {
  const kept = firstDayKept(nowMs, days);
  const firstMonth = new Date(Date.UTC(kept.getUTCFullYear(), kept.getUTCMonth()));
  const rungs = madeBefore(
    { table: "rollups", keys: "network_id, hour, floor_fold", number: "rollup", madeAt: "rolled_at" },
    firstMonth,
  );
  const { hours } = await client.row<{ hours: string }>({
    name: "hours that expire",
    sql: `SELECT count() AS hours FROM (${rungs()})`,
  });
  if (hours !== "0") await deletions.remove("rollups", `(network_id, hour, floor_fold) IN (${rungs()})`);
  const month = dayText(firstMonth).slice(0, 7).replace("-", "");
  await dropParts(client, "aggregates_hourly", await partsBefore(client, "aggregates_hourly", month));
  return Number(hours);
}

interface Switches {
  readonly table: string;
  /** Columns of which each combination has one entry that counts: the one of the highest number. */
  readonly keys: string;
  readonly number: string;
  /** Column that says when an entry was made. */
  readonly madeAt: string;
}

/** Groups of switches whose counting entry was made before the day: few of the many that have an entry at all. */
function madeBefore({ table, keys, number, madeAt }: Switches, firstDay: Date): (more?: string) => string {
  const before = `< toDateTime(${firstDay.getTime() / 1000}, 'UTC')`;
  return (more) => `
    SELECT ${keys}${more === undefined ? "" : `, ${more}`} FROM ${table}
    WHERE (${keys}) IN (SELECT ${keys} FROM ${table} WHERE ${madeAt} ${before})
    GROUP BY ${keys} HAVING argMax(${madeAt}, ${number}) ${before}`;
}
