import type { StoreClient } from "../client/store-client.ts";
import { WINDOW_SECONDS } from "../schema/flow-columns.ts";

/** A slice of a window that must be folded. */
export interface DirtySlice {
  readonly networkId: number;
  /** Seconds since 1970. */
  readonly window: number;
  readonly slice: number;
  /** The newest rung of folds that stands for it: see the table `folds`. */
  readonly current:
    | { readonly floorBatch: number; readonly batchFrom: number; readonly batchTo: number }
    | undefined;
}

export interface DirtyOptions {
  /** Batches up to here have been folded wholly. */
  readonly watermark: number;
  /** Batches up to here are in the store. */
  readonly batchTo: number;
  /** Only these networks; all where undefined. */
  readonly networkIds: readonly number[] | undefined;
  readonly signal: AbortSignal | undefined;
}

export async function readWatermark(client: StoreClient): Promise<number> {
  const row = await client.row<{ batch_to: string }>({
    name: "fold watermark",
    sql: "SELECT max(batch_to) AS batch_to FROM fold_cycles",
  });
  return Number(row.batch_to);
}

/** Raw rows of batches up to here may be gone. */
export async function readExpiredBatch(client: StoreClient): Promise<number> {
  const row = await client.row<{ batch_to: string }>({
    name: "expired batches",
    sql: "SELECT max(batch_to) AS batch_to FROM raw_expiries",
  });
  return Number(row.batch_to);
}

/**
 * Slices whose newest row, or whose request, is newer than their newest fold. A dirty window makes the same slice
 * of the next one dirty where that has been folded, since what has begun earlier does not begin there.
 */
export async function findDirtySlices(client: StoreClient, options: DirtyOptions): Promise<DirtySlice[]> {
  const { networkIds, watermark, batchTo } = options;
  if (networkIds?.length === 0) return [];
  const chosen = networkIds === undefined ? "1" : `network_id IN (${networkIds.map(Number).join(",")})`;
  const sql = `
    WITH touched AS (
      SELECT network_id, arrayJoin(range(toUInt32(first), toUInt32(last) + 1, ${WINDOW_SECONDS})) AS start, slice, max(newest_batch) AS newest
      FROM (
        SELECT network_id, window_first AS first, window_last AS last, slice, max(batch) AS newest_batch
        FROM flows
        WHERE batch > ${watermark} AND batch <= ${batchTo} AND ${chosen}
        GROUP BY network_id, first, last, slice
      )
      GROUP BY network_id, start, slice
    ),
    wished AS (
      SELECT network_id, toUInt32(window) AS start, slice, max(wanted_fold) AS wanted
      FROM fold_requests WHERE ${chosen}
      GROUP BY network_id, start, slice
    ),
    folded AS (
      SELECT network_id, toUInt32(window) AS start, slice, max(fold) AS newest_fold,
        argMax((floor_batch, batch_from, batch_to), (floor_batch, fold)) AS rung
      FROM folds WHERE ${chosen}
        AND (network_id, window, slice) IN (
          SELECT network_id, toDateTime(start + shift, 'UTC'), slice
          FROM (SELECT network_id, start, slice FROM touched UNION ALL SELECT network_id, start, slice FROM wished)
          ARRAY JOIN [0, ${WINDOW_SECONDS}] AS shift)
      GROUP BY network_id, start, slice
    ),
    wanting AS (
      SELECT network_id, start, slice, max(newest) AS newest, max(wanted) AS wanted, max(itself) AS is_itself
      FROM (
        SELECT network_id, start, slice, newest, toUInt32(0) AS wanted, 1 AS itself FROM touched
        UNION ALL SELECT network_id, start + ${WINDOW_SECONDS}, slice, newest, 0, 0 FROM touched
        UNION ALL SELECT network_id, start, slice, 0, wanted, 1 FROM wished
        UNION ALL SELECT network_id, start + ${WINDOW_SECONDS}, slice, 0, wanted, 0 FROM wished
      )
      GROUP BY network_id, start, slice
    )
    SELECT w.network_id AS network_id, w.start AS start, w.slice AS slice,
      f.newest_fold != 0 AS is_folded, f.rung.1 AS floor_batch, f.rung.2 AS batch_from, f.rung.3 AS batch_to
    FROM wanting AS w
    LEFT ANY JOIN folded AS f ON w.network_id = f.network_id AND w.start = f.start AND w.slice = f.slice
    WHERE (w.newest > f.rung.3 OR w.wanted > f.newest_fold) AND (w.is_itself OR is_folded)
    ORDER BY network_id, start, slice`;
  const rows = await client.rows<{
    network_id: number;
    start: number | string;
    slice: number;
    is_folded: number;
    floor_batch: string;
    batch_from: string;
    batch_to: string;
  }>({ name: "dirty slices", sql, ...(options.signal === undefined ? {} : { signal: options.signal }) });
  return rows.map((row) => ({
    networkId: row.network_id,
    window: Number(row.start),
    slice: row.slice,
    current:
      row.is_folded === 0
        ? undefined
        : {
            floorBatch: Number(row.floor_batch),
            batchFrom: Number(row.batch_from),
            batchTo: Number(row.batch_to),
          },
  }));
}

/**
 * The floor of the next fold of a slice. Where rows that the newest fold has read may be gone, that fold stays and
 * the next one stands beside it, for what came since.
 */
export function nextFloor(dirty: DirtySlice, expiredBatch: number): number {
  const { current } = dirty;
  if (current === undefined) return 0;
  const mayMissRows = current.batchFrom > 0 && current.batchFrom <= expiredBatch;
  return mayMissRows ? current.batchTo : current.floorBatch;
}
