import type { StoreClient } from "./client/store-client.ts";

/**
 * The ascending numbers of batches, folds and roll-ups. One process owns a store's database and hands them
 * out in memory; after a restart they go on above everything that was written, finished or not.
 */
export interface StoreNumbers {
  nextBatch(): number;
  nextFold(): number;
  nextRollup(): number;
  /** Highest number handed out so far: of these some may not be in the store yet. */
  readonly lastBatch: number;
  readonly lastFold: number;
  readonly lastRollup: number;
}

/**
 * Unfinished runs count too: a number used twice would bring a dead run's rows back to life. They can only lie
 * in partitions since the newest finished run; two days are left for a clock that was set back.
 */
const LAST_NUMBERS = `
  SELECT
    toUInt64((SELECT max(batch_to) FROM fold_cycles)) AS watermark,
    greatest(
      watermark,
      (SELECT max(batch_to) FROM folds),
      (SELECT max(batch_to) FROM raw_expiries),
      (SELECT max(batch) FROM flows WHERE batch > (SELECT max(batch_to) FROM fold_cycles))
    ) AS batch,
    greatest(
      (SELECT max(fold) FROM folds),
      (SELECT max(wanted_fold) FROM fold_requests),
      (SELECT max(fold_to) FROM aggregate_expiries),
      (SELECT max(fold) FROM aggregates
       WHERE folded_on >= (SELECT toDate(greatest(max(folded_at), toDateTime(172800, 'UTC')) - 172800, 'UTC') FROM folds))
    ) AS fold,
    greatest(
      (SELECT max(rollup) FROM rollups),
      (SELECT max(rollup) FROM aggregates_hourly
       WHERE rolled_on >= (SELECT toDate(greatest(max(rolled_at), toDateTime(172800, 'UTC')) - 172800, 'UTC') FROM rollups))
    ) AS rollup`;

export async function loadNumbers(client: StoreClient): Promise<StoreNumbers> {
  const last = await client.row<{ batch: string; fold: number; rollup: number }>({
    name: "last numbers",
    sql: LAST_NUMBERS,
  });
  let batch = Number(last.batch);
  let fold = last.fold;
  let rollup = last.rollup;
  return {
    nextBatch: () => ++batch,
    nextFold: () => ++fold,
    nextRollup: () => ++rollup,
    get lastBatch() {
      return batch;
    },
    get lastFold() {
      return fold;
    },
    get lastRollup() {
      return rollup;
    },
  };
}
