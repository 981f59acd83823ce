import { and, sql, type SQL } from "drizzle-orm";
import type { Database } from "../connection/database.ts";
import { badArgument } from "../errors.ts";
import { assets } from "../schema/assets.ts";
import { SUMMARY_COLUMNS, toSummary } from "./asset-columns.ts";
import type { AssetSummary } from "./asset.ts";
import { filterCondition, type AssetFilter } from "./list-filter.ts";
import { listOrder, type AssetOrder } from "./list-order.ts";

export const ASSETS_PER_PAGE = 100;
export const ASSETS_PER_PAGE_MAX = 1_000;

const DEFAULT_ORDER: AssetOrder = { by: "address", direction: "asc" };

/** So many matches or fewer are sorted. Of more, a page finds its rows soon enough by walking the index of the sort. */
const FEW = 2_000;

export interface AssetListRequest {
  readonly filter?: AssetFilter;
  /** Default: by address, ascending. Equal values are ordered by id. */
  readonly order?: AssetOrder;
  /** `nextCursor` of the page before, asked with the same order (and, to make sense, the same filter). */
  readonly cursor?: string;
  /** Default ASSETS_PER_PAGE, at most ASSETS_PER_PAGE_MAX. */
  readonly limit?: number;
  /** Also count all assets that pass the filter. */
  readonly withTotal?: boolean;
}

export interface AssetPage {
  readonly assets: readonly AssetSummary[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  /** Null unless asked for. */
  readonly total: number | null;
}

export async function listAssets(database: Database, request: AssetListRequest): Promise<AssetPage> {
  const { filter = {}, order = DEFAULT_ORDER, limit = ASSETS_PER_PAGE, cursor } = request;
  if (!Number.isInteger(limit) || limit < 1 || limit > ASSETS_PER_PAGE_MAX) {
    throw badArgument(`A page holds 1 to ${ASSETS_PER_PAGE_MAX} assets.`, { field: "limit" });
  }
  const condition = filterCondition(filter);
  // How many matches PostgreSQL guesses decides whether it walks the index of the sort or sorts the table, and after a
  // large import it guesses without knowing. So they are counted, as far as it matters, and it is told what to do.
  const few = condition === undefined ? undefined : await findFew(database, condition);
  const listed = listOrder(order, few === undefined);
  const among = few === undefined ? condition : sql`${assets.id} = any(${sql.param(few)}::bigint[])`;
  const place = cursor === undefined ? undefined : listed.after(cursor);
  const [chosen, total] = await Promise.all([
    database.transaction("list assets", async (queries) => {
      if (few === undefined) await queries.execute("set local enable_sort = off");
      return queries
        .select({ id: assets.id, sortValue: listed.sortValue })
        .from(assets)
        .where(and(among, place))
        .orderBy(...listed.orderBy)
        .limit(limit + 1);
    }),
    request.withTotal === true ? (few?.length ?? count(database, condition)) : null,
  ]);
  const shown = chosen.slice(0, limit);
  const last = shown.at(-1);
  return {
    assets: await readSummaries(
      database,
      shown.map(({ id }) => id),
    ),
    nextCursor:
      chosen.length > limit && last !== undefined
        ? listed.cursorAfter({ value: last.sortValue, id: last.id })
        : null,
    total,
  };
}

function count(database: Database, condition: SQL | undefined): Promise<number> {
  return database.query("count assets", (queries) => queries.$count(assets, condition));
}

/** The ids of all matches; undefined when they are more than FEW. */
async function findFew(database: Database, condition: SQL): Promise<number[] | undefined> {
  const matches = await database.query("find assets", (queries) =>
    queries
      .select({ id: assets.id })
      .from(assets)
      .where(condition)
      .limit(FEW + 1),
  );
  return matches.length > FEW ? undefined : matches.map(({ id }) => id);
}

/** Only ids and sort values went through the sort; the rest is read of the rows on the page. */
async function readSummaries(database: Database, ids: readonly number[]): Promise<AssetSummary[]> {
  if (ids.length === 0) return [];
  const rows = await database.query("read assets", (queries) =>
    queries
      .select(SUMMARY_COLUMNS)
      .from(assets)
      .where(sql`${assets.id} = any(${sql.param(ids)}::bigint[])`),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  // One that was removed since it was chosen is left out.
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row === undefined ? [] : [toSummary(row)];
  });
}
