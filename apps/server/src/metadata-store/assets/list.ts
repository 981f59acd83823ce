import { and, eq, sql, type SQL } from "drizzle-orm";
import type { Database, Queries } from "../connection/database.ts";
import { badArgument } from "../errors.ts";
import { assets } from "../schema/assets.ts";
import { SUMMARY_COLUMNS, toSummary } from "./asset-columns.ts";
import type { AssetSummary } from "./asset.ts";
import { filterCondition, type AssetFilter } from "./list-filter.ts";
import { listOrder, type AssetOrder, type ListOrder } from "./list-order.ts";

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
  return database.query("list assets", async (queries) => {
    // How PostgreSQL guesses the matches of a filter decides between a millisecond and a walk over the whole table.
    // So they are counted, as far as it matters.
    const few = condition === undefined ? undefined : await findFew(queries, condition);
    const listed = listOrder(order, few === undefined);
    const among = few === undefined ? condition : sql`${assets.id} = any(${sql.param(few)}::bigint[])`;
    const place = cursor === undefined ? undefined : listed.after(cursor);
    const rows = await readPage(queries, listed, { condition: and(among, place), limit: limit + 1 });
    const total =
      few?.length ?? (request.withTotal === true ? await queries.$count(assets, condition) : null);

    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      assets: shown.map(({ sortValue: _sortValue, ...row }) => toSummary(row)),
      nextCursor:
        rows.length > limit && last !== undefined
          ? listed.cursorAfter({ value: last.sortValue, id: last.id })
          : null,
      total: request.withTotal === true ? total : null,
    };
  });
}

/** The ids of all matches; undefined when they are more than FEW. */
async function findFew(queries: Queries, condition: SQL): Promise<number[] | undefined> {
  const matches = await queries
    .select({ id: assets.id })
    .from(assets)
    .where(condition)
    .limit(FEW + 1);
  return matches.length > FEW ? undefined : matches.map(({ id }) => id);
}

/** Only ids and sort values go through the sort; the rest is read of the rows on the page. */
async function readPage(
  queries: Queries,
  { sortValue, orderBy }: ListOrder,
  page: { condition: SQL | undefined; limit: number },
) {
  const chosen = queries
    .select({ id: assets.id, sortValue: sortValue.as("sort_value") })
    .from(assets)
    .where(page.condition)
    .orderBy(...orderBy)
    .limit(page.limit)
    .as("chosen");
  return queries
    .select({ ...SUMMARY_COLUMNS, sortValue: chosen.sortValue })
    .from(chosen)
    .innerJoin(assets, eq(assets.id, chosen.id))
    .orderBy(...orderBy);
}
