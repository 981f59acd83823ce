import { and, desc, eq, getTableColumns, lt } from "drizzle-orm";
import type { Database, Queries } from "../connection/database.ts";
import { badArgument } from "../errors.ts";
import { assets } from "../schema/assets.ts";
import { classificationHistory } from "../schema/decisions.ts";
import type { TypeChange } from "./asset.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";

const {
  assetId: _assetId,
  changedBy: _changedBy,
  ...HISTORY_COLUMNS
} = getTableColumns(classificationHistory);

const PER_PAGE_MAX = 1_000;

export interface HistoryRequest {
  readonly id: number;
  /** `nextCursor` of the page before, of the same asset. */
  readonly cursor?: string;
  /** 1 to 1000. */
  readonly limit: number;
}

export interface HistoryPage {
  /** Newest first. */
  readonly changes: readonly TypeChange[];
  /** Null on the last page. */
  readonly nextCursor: string | null;
  readonly total: number;
}

/** The changes of an asset's type, a page at a time; undefined when there is no such asset. */
export async function assetHistory(
  database: Database,
  { id, cursor, limit }: HistoryRequest,
): Promise<HistoryPage | undefined> {
  if (!Number.isInteger(limit) || limit < 1 || limit > PER_PAGE_MAX) {
    throw badArgument(`A page holds 1 to ${PER_PAGE_MAX} changes.`, { field: "limit" });
  }
  const order = `history ${id}`;
  const before = cursor === undefined ? undefined : decodeCursor(order, cursor).id;
  return database.transaction("read the history of an asset", async (queries) => {
    const [asset] = await queries.select({ id: assets.id }).from(assets).where(eq(assets.id, id));
    if (asset === undefined) return undefined;
    const found = await changesOf(queries, id, { before, limit: limit + 1 });
    const changes = found.slice(0, limit);
    return {
      changes,
      nextCursor:
        found.length > limit ? encodeCursor(order, { value: "", id: changes[changes.length - 1].id }) : null,
      total: await queries.$count(classificationHistory, eq(classificationHistory.assetId, id)),
    };
  });
}

/** The newest changes, those with an id below `before` when it is given. */
export function changesOf(
  queries: Queries,
  assetId: number,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
) {
  return queries
    .select(HISTORY_COLUMNS)
    .from(classificationHistory)
    .where(
      and(
        eq(classificationHistory.assetId, assetId),
        before === undefined ? undefined : lt(classificationHistory.id, before),
      ),
    )
    .orderBy(desc(classificationHistory.id))
    .limit(limit);
}
