import type { StoreClient } from "../client/store-client.ts";
import type { StoreNumbers } from "../numbers.ts";
import { HOUR_SECONDS, type HourToRoll } from "./dirty-hours.ts";
import { batchSize } from "./hour-batches.ts";
import { insertHours, switchHours } from "./roll-hours.ts";

export interface SealRequest {
  /** Aggregates of folds up to here are about to expire. */
  readonly expiringFold: number;
  readonly nowMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** An hour some of whose folds expire: its roll-up is cut in two, at the fold that expires last. */
interface MixedHour {
  readonly expiring: HourToRoll;
  readonly staying: HourToRoll;
}

const HOURS_PER_STATEMENT = { rowsPerHour: 1, maxRows: 6 };

/**
 * Cuts the roll-ups of hours that rest on folds that expire and on others that stay. The one half is then final;
 * the other can be made anew when its slices are folded again, and neither loses or doubles what the other counts.
 * To be called when no hour is dirty.
 */
export async function sealHours(
  { client, numbers }: { readonly client: StoreClient; readonly numbers: StoreNumbers },
  request: SealRequest,
): Promise<void> {
  const rolledAt = Math.floor(request.nowMs / 1000);
  const { signal } = request;
  let hours = await findMixedHours(client, request);
  while (hours.length > 0) {
    signal?.throwIfAborted();
    const size = batchSize(
      hours.map(({ expiring }) => expiring),
      HOURS_PER_STATEMENT,
    );
    const some = hours.slice(0, size);
    const expiring = { hours: some.map((hour) => hour.expiring), rollup: numbers.nextRollup() };
    const staying = { hours: some.map((hour) => hour.staying), rollup: numbers.nextRollup() };
    const options = { finishedFold: numbers.lastFold, rolledAt, signal };
    await insertHours(client, expiring, { ...options, upToFold: request.expiringFold });
    await insertHours(client, staying, options);
    await switchHours(client, [expiring, staying], rolledAt);
    hours = hours.slice(size);
  }
}

async function findMixedHours(
  client: StoreClient,
  { expiringFold, signal }: SealRequest,
): Promise<MixedHour[]> {
  const rows = await client.rows<{
    network_id: number;
    start: number;
    low: number;
    high: number;
    top_floor: number;
  }>({
    name: "hours that expire in part",
    sql: `
      SELECT f.network_id AS network_id, f.start AS start, f.low AS low, f.high AS high, r.top_floor AS top_floor
      FROM (
        SELECT network_id, toUInt32(intDiv(toUInt32(window), ${HOUR_SECONDS}) * ${HOUR_SECONDS}) AS start,
          maxIf(newest, newest <= {fold:UInt32}) AS low, maxIf(newest, newest > {fold:UInt32}) AS high
        FROM (
          SELECT network_id, window, max(fold) AS newest FROM folds
          WHERE (network_id, intDiv(toUInt32(window), ${HOUR_SECONDS})) IN (
            SELECT network_id, intDiv(toUInt32(window), ${HOUR_SECONDS}) FROM folds WHERE fold <= {fold:UInt32})
          GROUP BY network_id, window, slice, floor_batch
        )
        GROUP BY network_id, start
        HAVING low > 0 AND high > 0
      ) AS f
      LEFT ANY JOIN (
        SELECT network_id, toUInt32(hour) AS start, max(floor_fold) AS top_floor FROM rollups GROUP BY network_id, start
      ) AS r ON f.network_id = r.network_id AND f.start = r.start
      WHERE top_floor < {fold:UInt32}
      ORDER BY network_id, top_floor, start`,
    params: { fold: expiringFold },
    ...(signal === undefined ? {} : { signal }),
  });
  return rows.map(({ network_id: networkId, start: hour, low, high, top_floor: floorFold }) => ({
    expiring: { networkId, hour, floorFold, foldTo: low },
    staying: { networkId, hour, floorFold: expiringFold, foldTo: high },
  }));
}
