import type { StoreClient } from "../client/store-client.ts";

export const HOUR_SECONDS = 3600;

/** An hour of a network, and which of its folds its roll-up is to cover. */
export interface HourToRoll {
  readonly networkId: number;
  /** Its start, seconds since 1970. */
  readonly hour: number;
  /** Only folds above: 0, or the aggregates of older ones have expired and an earlier roll-up stands for them. */
  readonly floorFold: number;
  /** The newest fold of its windows. */
  readonly foldTo: number;
}

export interface DirtyHoursOptions {
  /** Folds up to here are finished. */
  readonly foldTo: number;
  /** Hours that end by then, seconds since 1970. */
  readonly endBy: number;
  readonly signal?: AbortSignal | undefined;
}

/** Aggregates of folds up to here may be gone; 0 where none are. */
async function readExpiredFold(client: StoreClient): Promise<number> {
  const row = await client.row<{ fold_to: number }>({
    name: "expired folds",
    sql: "SELECT max(fold_to) AS fold_to FROM aggregate_expiries",
  });
  return row.fold_to;
}

/** Hours with a fold that is newer than what their newest roll-up has read, in order of network and time. */
export async function findDirtyHours(client: StoreClient, options: DirtyHoursOptions): Promise<HourToRoll[]> {
  const expired = await readExpiredFold(client);
  const rows = await client.rows<{
    network_id: number;
    start: number;
    newest: number;
    top_floor: number;
    top_fold: number;
  }>({
    name: "dirty hours",
    sql: `
      SELECT f.network_id AS network_id, f.start AS start, f.newest AS newest, r.top.1 AS top_floor, r.top.2 AS top_fold
      FROM (
        SELECT network_id, toUInt32(intDiv(toUInt32(window), ${HOUR_SECONDS}) * ${HOUR_SECONDS}) AS start, max(fold) AS newest
        FROM folds WHERE fold <= {fold_to:UInt32}
        GROUP BY network_id, start
      ) AS f
      LEFT ANY JOIN (
        SELECT network_id, toUInt32(hour) AS start, max(fold_to) AS rolled, argMax((floor_fold, fold_to), (floor_fold, rollup)) AS top
        FROM rollups
        GROUP BY network_id, start
      ) AS r ON f.network_id = r.network_id AND f.start = r.start
      WHERE f.newest > r.rolled AND toUInt64(f.start) + ${HOUR_SECONDS} <= {end_by:UInt64}
      ORDER BY network_id, start`,
    params: { fold_to: options.foldTo, end_by: Math.max(0, Math.floor(options.endBy)) },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return rows.map((row) => ({
    networkId: row.network_id,
    hour: row.start,
    // The newest roll-up's own folds are gone: it stays, and the next one stands beside it.
    floorFold: row.top_fold > 0 && row.top_fold <= expired ? expired : row.top_floor,
    foldTo: row.newest,
  }));
}
