import { sql, type SQL } from "drizzle-orm";
import { nameInOrder, seenOrBefore, textInOrder } from "../schema/asset-order.ts";
import { assets } from "../schema/assets.ts";
import { badCursor, decodeCursor, encodeCursor, type CursorPlace } from "./cursor.ts";

export const ASSET_SORT_KEYS = [
  "address",
  "name",
  "type",
  "method",
  "confidence",
  "first_seen",
  "last_seen",
  "conversations",
  "bytes_in",
  "bytes_out",
  "clients",
  "servers",
] as const;

export type AssetSortKey = (typeof ASSET_SORT_KEYS)[number];
export type SortDirection = "asc" | "desc";

export interface AssetOrder {
  readonly by: AssetSortKey;
  readonly direction: SortDirection;
}

interface SortExpression {
  /** Never null, so that a row can be compared with any place. The indexes of `assets` are on these very expressions. */
  readonly expression: (direction: SortDirection) => SQL;
  readonly sqlType: keyof typeof SORT_TYPES;
}

const column = (value: SQL, sqlType: SortExpression["sqlType"]): SortExpression => ({
  expression: () => value,
  sqlType,
});

const EXPRESSIONS: Readonly<Record<AssetSortKey, SortExpression>> = {
  address: column(sql`${assets.address}`, "inet"),
  name: { expression: (direction) => nameInOrder(assets.name, direction), sqlType: "text" },
  type: column(textInOrder(assets.assetType), "text"),
  method: column(textInOrder(assets.classificationMethod), "text"),
  confidence: column(sql`${assets.confidence}`, "double precision"),
  first_seen: column(seenOrBefore(assets.firstSeen), "timestamptz"),
  last_seen: column(seenOrBefore(assets.lastSeen), "timestamptz"),
  conversations: column(sql`${assets.conversations}`, "bigint"),
  bytes_in: column(sql`${assets.bytesIn}`, "bigint"),
  bytes_out: column(sql`${assets.bytesOut}`, "bigint"),
  clients: column(sql`${assets.clients}`, "integer"),
  servers: column(sql`${assets.servers}`, "integer"),
};

/**
 * The types of sort values. `form`: what one looks like as text, so that a cursor that somebody made up is told apart
 * before PostgreSQL meets it. `unindexed`: appended, keeps the value and makes it another expression than the index's.
 */
const SORT_TYPES = {
  inet: { form: /^[0-9a-f:.]{2,45}\/\d{1,3}$/, unindexed: " + 0" },
  // PostgreSQL texts hold any character but NUL.
  text: { form: /^\P{Cc}*$/u, unindexed: " || ''" },
  "double precision": { form: /^\d+(\.\d+)?(e-?\d+)?$/, unindexed: " + 0" },
  timestamptz: {
    form: /^(-infinity|\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?\+00( BC)?)$/,
    unindexed: " + interval '0'",
  },
  bigint: { form: /^\d{1,18}$/, unindexed: " + 0" },
  integer: { form: /^\d{1,9}$/, unindexed: " + 0" },
} as const;

export interface ListOrder {
  /** For the SELECT list: the sort value as text, from which `cursorAfter` makes a cursor. */
  readonly sortValue: SQL<string>;
  readonly orderBy: SQL[];
  /** Rows after the cursor. */
  after(cursor: string): SQL;
  cursorAfter(place: CursorPlace): string;
}

/**
 * `throughIndex`: whether PostgreSQL may walk the index of the sort and drop what does not pass the filter. That is
 * quick when many rows pass, and reads the whole table in scattered order when few do.
 */
export function listOrder({ by, direction }: AssetOrder, throughIndex: boolean): ListOrder {
  const { expression, sqlType } = EXPRESSIONS[by];
  const { form, unindexed } = SORT_TYPES[sqlType];
  const plain = expression(direction);
  const value = throughIndex ? plain : sql`(${plain}${sql.raw(unindexed)})`;
  const name = `assets ${by} ${direction}`;
  const toward = sql.raw(direction);
  return {
    sortValue: sql<string>`(${plain})::text`,
    orderBy: [sql`${value} ${toward}`, sql`${assets.id} ${toward}`],
    after(cursor) {
      const place = decodeCursor(name, cursor);
      if (!form.test(place.value)) throw badCursor("It is none that was given out.");
      const comparison = sql.raw(direction === "asc" ? ">" : "<");
      return sql`(${value}, ${assets.id}) ${comparison} (${place.value}::${sql.raw(sqlType)}, ${place.id}::bigint)`;
    },
    cursorAfter: (place) => encodeCursor(name, place),
  };
}
