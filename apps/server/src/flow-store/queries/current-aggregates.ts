/** Values for the places in `CURRENT_AGGREGATES`: windows that start in [from, to), ms since 1970. */
export interface WindowRange {
  readonly networkId: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The parameters that every text using `currentAggregates()` needs. */
export function rangeParams(range: WindowRange): Record<string, number> {
  return {
    network: range.networkId,
    from_s: Math.max(0, Math.floor(range.fromMs / 1000)),
    to_s: Math.min(0xffff_ffff, Math.max(0, Math.ceil(range.toMs / 1000))),
  };
}

const IN_RANGE = `network_id = {network:UInt32}
      AND window >= toDateTime({from_s:UInt32}, 'UTC') AND window < toDateTime({to_s:UInt32}, 'UTC')`;

/**
 * What may follow FROM to read the aggregates that count: of each slice the rows of its newest finished fold
 * (per floor_batch, see the table `folds`). `and` is a further condition on columns of `aggregates`.
 * Nothing else in the program reads `aggregates`.
 */
export function currentAggregates(and = ""): string {
  return `(
    SELECT * FROM aggregates
    WHERE ${IN_RANGE}${and === "" ? "" : `\n      AND (${and})`}
      AND (network_id, window, slice, fold) IN (
        SELECT network_id, window, slice, max(fold) FROM folds
        WHERE ${IN_RANGE}
        GROUP BY network_id, window, slice, floor_batch
      )
  )`;
}
