import type { StoreClient } from "../client/store-client.ts";

/** Hours that start in [fromMs, toMs), ms since 1970. */
export interface HourRange {
  readonly networkId: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What every text using `currentHourly()` is given. */
export type HourlyParams = {
  readonly network: number;
  readonly from_s: number;
  readonly to_s: number;
  /** The newest finished roll-up when the question began: later ones do not exist for it. */
  readonly rollup_to: number;
};

const IN_RANGE = `network_id = {network:UInt32}
      AND hour >= toDateTime({from_s:UInt32}, 'UTC') AND hour < toDateTime({to_s:UInt32}, 'UTC')`;

/**
 * What may follow FROM to read the hours that count: for look-backs longer than aggregates are kept. An hour is
 * there from a while after its end on; with late rows it follows at the next roll-up. A key may have two rows in an
 * hour, as in the aggregates: late ones beside those whose aggregates had expired. `and` is a further condition on
 * columns of `aggregates_hourly`. Readers of that table use this and nothing else.
 */
export function currentHourly(and = ""): string {
  return `(
    SELECT * FROM aggregates_hourly
    WHERE ${IN_RANGE}${and === "" ? "" : `\n      AND (${and})`}
      AND (hour, rollup) IN (
        SELECT hour, max(rollup) FROM rollups
        WHERE ${IN_RANGE} AND rollup <= {rollup_to:UInt32}
        GROUP BY hour, floor_fold
      )
  )`;
}

/** The parameters for a question that begins now. */
export async function hourlyParams(client: StoreClient, range: HourRange): Promise<HourlyParams> {
  const newest = await client.row<{ rollup: number }>({
    name: "newest roll-up",
    sql: "SELECT max(rollup) AS rollup FROM rollups",
  });
  return {
    network: range.networkId,
    from_s: clampSeconds(Math.floor(range.fromMs / 1000)),
    to_s: clampSeconds(Math.ceil(range.toMs / 1000)),
    rollup_to: newest.rollup,
  };
}

function clampSeconds(seconds: number): number {
  return Math.min(0xffff_ffff, Math.max(0, seconds));
}
