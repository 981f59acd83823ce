import type { StoreClient } from "../client/store-client.ts";
import { WINDOW_SECONDS } from "../schema/flow-columns.ts";

export interface RowsToGo {
  /** SQL that is true for the rows of `flows`. */
  readonly where: string;
  readonly params: Readonly<Record<string, number>>;
  /** Above every fold that may have read them. */
  readonly wantedFold: number;
}

/** Asks for every slice that the rows touch to be folded again. To be written before they go, since it reads them. */
export async function requestFolds(
  client: StoreClient,
  { where, params, wantedFold }: RowsToGo,
): Promise<void> {
  await client.command({
    name: "request folds",
    sql: `
      INSERT INTO fold_requests (network_id, window, slice, wanted_fold, requested_at)
      SELECT DISTINCT network_id,
        toDateTime(arrayJoin(range(toUInt32(window_first), toUInt32(window_last) + 1, ${WINDOW_SECONDS})), 'UTC'),
        slice, {wanted:UInt32}, now()
      FROM (SELECT DISTINCT network_id, window_first, window_last, slice FROM flows WHERE ${where})`,
    params: { ...params, wanted: wantedFold },
    idempotent: true,
  });
}

/** How many slices wait for a fold that was requested, and how many requests are written down at all. */
export async function countRequests(
  client: StoreClient,
): Promise<{ readonly waiting: number; readonly all: number }> {
  const row = await client.row<{ waiting: string; all_requests: string }>({
    name: "fold requests",
    sql: `
      SELECT count() AS all_requests, countIf(wanted > newest) AS waiting
      FROM (SELECT network_id, window, slice, max(wanted_fold) AS wanted FROM fold_requests GROUP BY network_id, window, slice) AS r
      LEFT ANY JOIN (
        SELECT network_id, window, slice, max(fold) AS newest FROM folds
        WHERE (network_id, window, slice) IN (SELECT network_id, window, slice FROM fold_requests)
        GROUP BY network_id, window, slice
      ) AS f ON r.network_id = f.network_id AND r.window = f.window AND r.slice = f.slice`,
  });
  return { waiting: Number(row.waiting), all: Number(row.all_requests) };
}

/** Removes the requests once every one of them is met: each costs every fold a look. */
export async function clearRequests(client: StoreClient): Promise<void> {
  const { waiting, all } = await countRequests(client);
  if (waiting > 0 || all === 0) return;
  await client.command({
    name: "clear fold requests",
    sql: "TRUNCATE TABLE fold_requests",
    idempotent: true,
  });
}
