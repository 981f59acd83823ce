import type { ExpiryDependencies } from "./expire-derived.ts";
import { dayText, firstDayKept } from "./parts.ts";

type TrimDependencies = Pick<ExpiryDependencies, "client" | "numbers" | "deletions">;

/** Of these only the highest row is ever read. */
const HIGHEST_ONLY = [
  { table: "fold_cycles", column: "batch_to" },
  { table: "raw_expiries", column: "batch_to" },
  { table: "aggregate_expiries", column: "fold_to" },
] as const;

/** A fold that was interrupted longer ago than that lies in partitions that expire. */
const DEAD_FOLD_DAYS = 3;

/** Removes the aggregates of folds that were interrupted: they never counted and never will. Not beside a fold. */
export async function purgeDeadFolds(
  { client, numbers, deletions }: TrimDependencies,
  nowMs: number,
): Promise<void> {
  const dead = await client.rows<{ fold: number; partition: string }>({
    name: "dead folds",
    sql: `
      SELECT DISTINCT fold, _partition_id AS partition FROM aggregates
      WHERE folded_on >= {day:Date} AND fold <= {fold:UInt32} AND fold NOT IN (SELECT fold FROM folds)`,
    params: { day: dayText(firstDayKept(nowMs, DEAD_FOLD_DAYS)), fold: numbers.lastFold },
  });
  if (dead.length === 0) return;
  const folds = [...new Set(dead.map(({ fold }) => fold))];
  const partitions = [...new Set(dead.map(({ partition }) => partition))];
  await deletions.remove("aggregates", `fold IN (${folds.join(",")})`, { partitions });
}

/** Removes entries that say nothing any more. */
export async function trimBookkeeping(
  { client, deletions }: TrimDependencies,
  nowMs: number,
  rawDays: number,
): Promise<void> {
  for (const { table, column } of HIGHEST_ONLY) {
    const { highest } = await client.row<{ highest: string | number }>({
      name: `highest of ${table}`,
      sql: `SELECT max(${column}) AS highest FROM ${table}`,
    });
    await deletions.remove(table, `${column} < ${highest}`);
  }
  await trimForgottenImports({ client, deletions }, firstDayKept(nowMs, rawDays));
}

/**
 * An import may count its tokens from 0 again when the store remembers none of them: it forgets a token with the
 * partition that the token counts in, and an import's partitions are no younger than the forgetting.
 */
async function trimForgottenImports(
  { client, deletions }: Pick<TrimDependencies, "client" | "deletions">,
  firstDay: Date,
): Promise<void> {
  const old = await client.rows<{ import_id: number }>({
    name: "imports forgotten long ago",
    sql: `
      SELECT import_id FROM forgotten_imports
      GROUP BY import_id HAVING max(forgotten_at) < toDateTime({before:UInt32}, 'UTC')`,
    params: { before: firstDay.getTime() / 1000 },
  });
  if (old.length === 0) return;
  const ids = old.map(({ import_id }) => import_id).join(",");
  const back = await client.rows<{ import_id: number }>({
    name: "imports that are back",
    sql: `SELECT DISTINCT import_id FROM flows WHERE import_id IN (${ids})`,
  });
  const isBack = new Set(back.map(({ import_id }) => import_id));
  const gone = old.filter(({ import_id }) => !isBack.has(import_id));
  if (gone.length === 0) return;
  await deletions.remove(
    "forgotten_imports",
    `import_id IN (${gone.map(({ import_id }) => import_id).join(",")})`,
  );
}
