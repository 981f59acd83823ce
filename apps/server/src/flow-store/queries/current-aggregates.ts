import type { StoreClient } from "../client/store-client.ts";

/** Windows that start in [fromMs, toMs), ms since 1970. */
export interface WindowRange {
  readonly networkId: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What every text using `currentAggregates()` is given. */
export type RangeParams = {
  readonly network: number;
  readonly from_s: number;
  readonly to_s: number;
  /** The newest finished fold when the question began: later ones do not exist for it. */
  readonly fold_to: number;
};

const IN_RANGE = `network_id = {network:UInt32}
      AND window >= toDateTime({from_s:UInt32}, 'UTC') AND window < toDateTime({to_s:UInt32}, 'UTC')`;

/**
 * The fold of each slice that counts, as `(window, slice, fold)`: the newest finished one per floor_batch.
 * `fold_to` keeps all parts of one question, and all its statements, to the same folds: rows of a fold are
 * written before its entry here, and superseded ones stay a while.
 */
export const CURRENT_FOLDS = `SELECT window, slice, max(fold) AS newest_fold FROM folds
        WHERE ${IN_RANGE} AND fold <= {fold_to:UInt32}
        GROUP BY window, slice, floor_batch`;

/**
 * What may follow FROM to read the aggregates that count. `and` is a further condition on columns of
 * `aggregates`, `folds` a select with the same answer as CURRENT_FOLDS where that was stored beforehand.
 * Readers of `aggregates` use this and nothing else.
 */
export function currentAggregates(and = "", folds = CURRENT_FOLDS): string {
  return `(
    SELECT * FROM aggregates
    WHERE ${IN_RANGE}${and === "" ? "" : `\n      AND (${and})`}
      AND (window, slice, fold) IN (
        ${folds}
      )
  )`;
}

/** The parameters for a question that begins now. */
export async function rangeParams(client: StoreClient, range: WindowRange): Promise<RangeParams> {
  const newest = await client.row<{ fold: number }>({
    name: "newest fold",
    sql: "SELECT max(fold) AS fold FROM folds",
  });
  return {
    network: range.networkId,
    from_s: clampSeconds(Math.floor(range.fromMs / 1000)),
    to_s: clampSeconds(Math.ceil(range.toMs / 1000)),
    fold_to: newest.fold,
  };
}

function clampSeconds(seconds: number): number {
  return Math.min(0xffff_ffff, Math.max(0, seconds));
}
