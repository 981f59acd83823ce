import { formatAddress, parseAddress } from "@flowlens/flow";
import { sql, type SQL } from "drizzle-orm";
import { customType, timestamp, type AnyPgColumn } from "drizzle-orm/pg-core";

/**
 * One host address as `inet`: sorts as numbers, IPv4 before IPv6, and its B-tree index serves `<<=` (lies in a
 * range). Text on both sides; read back as `formatAddress` writes it, since PostgreSQL writes ::1.2.3.4 for ::102:304.
 */
export const address = customType<{ data: string; driverData: string }>({
  dataType: () => "inet",
  fromDriver: addressFromDatabase,
});

/** The text of an address as PostgreSQL sent it, in the one form that FlowLens writes. */
function addressFromDatabase(text: string): string {
  const bytes = parseAddress(text);
  return bytes === undefined ? text : formatAddress(bytes);
}

/** Address ranges, `10.0.0.0/8`. */
export const addressRange = customType<{ data: string; driverData: string }>({ dataType: () => "cidr" });
export const addressRanges = customType<{ data: readonly string[]; driverData: readonly string[] }>({
  dataType: () => "cidr[]",
});

/**
 * Feature values in the order of their catalogue; null is missing. A vector is written within a bulk statement as
 * JSON, so only reading is mapped.
 */
export const featureVector = customType<{
  data: readonly (number | null)[];
  driverData: readonly (number | null)[];
}>({
  dataType: () => "double precision[]",
});

export const digest = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });

/** A moment, to the millisecond: what a JavaScript Date holds, so that a value read can be compared with the one stored. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: "date" });

export const CLASSIFICATION_METHODS = ["ml", "heuristic", "manual", "rule", "none"] as const;
export const IMPORT_STATES = ["running", "complete", "incomplete", "undoing"] as const;
export const TASK_STATUSES = ["pending", "running", "completed", "failed", "cancelled"] as const;
export const USER_ROLES = ["admin", "editor", "viewer"] as const;
export const MODEL_KINDS = ["shipped", "custom"] as const;
export const MODEL_ALGORITHMS = ["random_forest", "gradient_boosting"] as const;

/** `column IN ('a', 'b')`, for a CHECK. The values are constants of this folder, never input. */
export function oneOf(column: AnyPgColumn, values: readonly string[]): SQL {
  return sql`${column} in (${sql.raw(values.map((value) => `'${value}'`).join(", "))})`;
}

/** 0–1, for a CHECK; null passes. */
export function isShare(column: AnyPgColumn): SQL {
  return sql`${column} between 0 and 1`;
}
