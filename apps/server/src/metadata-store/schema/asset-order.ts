import { sql, type SQL } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";

// Expressions that the asset list sorts by where a bare column will not do. Never null, so that any row can be compared
// with any place in the list. The indexes and the list must use the same ones.

/** How texts sort must not depend on the locale a server was set up with, nor on its version. */
export function textInOrder(column: AnyPgColumn): SQL {
  return sql`(${column} collate "C")`;
}

/** Case is ignored; what has no name comes last in both directions, as most assets have none. */
export function nameInOrder(column: AnyPgColumn, direction: "asc" | "desc"): SQL {
  const [unnamed, named] = direction === "asc" ? ["1", "0"] : ["0", "1"];
  return sql`((case when ${column} = '' then ${sql.raw(`'${unnamed}'`)} else ${sql.raw(`'${named}'`)} || lower(${column}) end) collate "C")`;
}

/** Never seen is before all others. */
export function seenOrBefore(column: AnyPgColumn): SQL {
  return sql`coalesce(${column}, '-infinity'::timestamptz)`;
}
