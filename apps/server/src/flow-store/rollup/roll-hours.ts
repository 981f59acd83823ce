import type { StoreClient } from "../client/store-client.ts";
import { currentAggregates, type RangeParams } from "../queries/current-aggregates.ts";
import { AGGREGATE_COLUMNS, HOURLY_COLUMNS, type Combine } from "../schema/aggregate-columns.ts";
import { HOUR_SECONDS, type HourToRoll } from "./dirty-hours.ts";

/** Hours of one network and one floor, ascending, rolled up under one number. */
export interface RolledBatch {
  readonly hours: readonly HourToRoll[];
  readonly rollup: number;
}

export interface RollOptions {
  /** Folds up to here are finished; what a later one has to say waits. */
  readonly finishedFold: number;
  /** Only current folds up to here; all that are finished unless given. */
  readonly upToFold?: number;
  /** Seconds since 1970. */
  readonly rolledAt: number;
  readonly signal?: AbortSignal | undefined;
}

const DAY_SECONDS = 86_400;
/** A grouping that takes more goes to disk. */
const GROUPING_BYTES = 1024 ** 3;
const HOUR = `toDateTime(intDiv(toUInt32(window), ${HOUR_SECONDS}) * ${HOUR_SECONDS}, 'UTC')`;

/** The counted exporters first, as in the aggregates; none where only one saw it. */
const SEVERAL_EXPORTERS = `
  arraySort(groupUniqArrayIf(a.exporters[1], notEmpty(a.exporters))) AS counted_exporters,
  arrayConcat(counted_exporters, arraySort(arrayFilter(x -> NOT has(counted_exporters, x), groupUniqArrayArray(a.exporters))))`;
const NO_EXPORTERS = "1 AS counted_exporters, CAST([], 'Array(IPv6)')";

const COMBINED: Readonly<
  Record<Exclude<Combine, "key" | "generation" | "distinct">, (column: string, type: string) => string>
> = {
  // An hour of a scan may hold more than a column of a window was made for.
  sum: (column, type) =>
    type === "UInt32" ? `toUInt32(least(sum(a.${column}), 4294967295))` : `sum(a.${column})`,
  min: (column) => `min(a.${column})`,
  max: (column) => `max(a.${column})`,
  bit_or: (column) => `groupBitOr(a.${column})`,
};

/** Writes the rows of the hours. They count when `rollups` says so. Answers how many. */
export async function insertHours(
  client: StoreClient,
  { hours, rollup }: RolledBatch,
  options: RollOptions,
): Promise<number> {
  const first = hours[0];
  const end = hours[hours.length - 1].hour + HOUR_SECONDS;
  const conditions = [`fold > ${first.floorFold}`];
  if (options.upToFold !== undefined) conditions.push(`fold <= ${options.upToFold}`);
  if (end - first.hour > hours.length * HOUR_SECONDS)
    conditions.push(`toUInt32(${HOUR}) IN (${hours.map(({ hour }) => hour).join(",")})`);
  const range = { network: first.networkId, from_s: first.hour, to_s: end };
  const several = await hasSeveralExporters(client, range);
  const keys = AGGREGATE_COLUMNS.filter((column) => column.combine === "key").map(({ name }) => name);
  const selected = AGGREGATE_COLUMNS.flatMap(({ name, type, combine }) => {
    if (combine === "generation") return [];
    if (name === "window") return ["start"];
    if (combine === "distinct") return [several ? SEVERAL_EXPORTERS : NO_EXPORTERS];
    return [combine === "key" ? `a.${name}` : COMBINED[combine](name, type)];
  });
  const grouped = keys.map((name) => (name === "window" ? "start" : `a.${name}`));
  const params: RangeParams = { ...range, fold_to: options.finishedFold };
  const rolledOn = new Date(Math.floor(options.rolledAt / DAY_SECONDS) * DAY_SECONDS * 1000)
    .toISOString()
    .slice(0, 10);
  const { writtenRows } = await client.command({
    name: "roll up hours",
    sql: `
      INSERT INTO aggregates_hourly (${HOURLY_COLUMNS.map(({ name }) => name).join(", ")})
      SELECT * EXCEPT (counted_exporters), ${rollup}, toDate('${rolledOn}') FROM (
        SELECT ${selected.join(", ")}
        FROM (SELECT *, ${HOUR} AS start FROM ${currentAggregates(conditions.join(" AND "))}) AS a
        GROUP BY ${grouped.join(", ")}
      )`,
    params,
    settings: { max_bytes_before_external_group_by: String(GROUPING_BYTES) },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return writtenRows;
}

/** Sets of addresses make the grouping three times as dear, and most networks have none to put together. */
async function hasSeveralExporters(
  client: StoreClient,
  hours: Pick<RangeParams, "network" | "from_s" | "to_s">,
): Promise<boolean> {
  const found = await client.rows({
    name: "exporters of hours",
    sql: `
      SELECT 1 FROM aggregates
      WHERE network_id = {network:UInt32} AND window >= toDateTime({from_s:UInt32}, 'UTC') AND window < toDateTime({to_s:UInt32}, 'UTC')
        AND notEmpty(exporters)
      LIMIT 1`,
    params: hours,
  });
  return found.length > 0;
}

/** The switch: from here on readers see these roll-ups of their hours. One block, so that all appear at once. */
export async function switchHours(
  client: StoreClient,
  batches: readonly RolledBatch[],
  rolledAt: number,
): Promise<void> {
  const rows = batches.flatMap(({ hours, rollup }) =>
    hours.map(
      (hour) => `(${hour.networkId},${hour.hour},${hour.floorFold},${rollup},${hour.foldTo},${rolledAt})`,
    ),
  );
  await client.command({
    name: "switch hours",
    sql: `INSERT INTO rollups (network_id, hour, floor_fold, rollup, fold_to, rolled_at) VALUES ${rows.join(",")}`,
    idempotent: true,
  });
}
