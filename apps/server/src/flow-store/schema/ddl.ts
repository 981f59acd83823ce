import type { StoreColumn } from "./column.ts";
import { FSYNC_SETTINGS, TABLES, type TableSpec } from "./tables.ts";

/**
 * Turns an engine of the MergeTree family into the one a deployment uses. A single server keeps it as it is;
 * a cluster writes the Replicated form of it.
 */
export type TableEngine = (engine: TableSpec["engine"], table: string) => string;

export const SINGLE_SERVER: TableEngine = (engine) => engine;

/** CREATE TABLE IF NOT EXISTS for one table, in the connection's database. */
export function createTable(table: TableSpec, engineOf: TableEngine = SINGLE_SERVER): string {
  const body = [...table.columns.map(columnDefinition), ...(table.indexes ?? [])];
  return `CREATE TABLE IF NOT EXISTS ${table.name}\n(\n    ${body.join(",\n    ")}\n)\n${tableClauses(table, engineOf)}`;
}

/**
 * The whole schema with what each table and column means: what `schema.sql` holds. Meanings are SQL comments
 * and not COMMENT clauses, so that a better word needs no migration.
 */
export function schemaText(engineOf: TableEngine = SINGLE_SERVER): string {
  const heading =
    "-- Generated from the catalogues in schema/ by schema/write-schema-sql.ts; a test compares. Do not edit.\n";
  return heading + TABLES.map((table) => `\n${annotatedTable(table, engineOf)}`).join("");
}

function annotatedTable(table: TableSpec, engineOf: TableEngine): string {
  const lines = table.columns.map((column, i) => {
    const last = i === table.columns.length - 1 && table.indexes === undefined;
    return `    ${columnDefinition(column)}${last ? "" : ","} -- ${column.comment}\n`;
  });
  const indexes = table.indexes === undefined ? "" : `    ${table.indexes.join(",\n    ")}\n`;
  return `-- ${table.comment}.\nCREATE TABLE IF NOT EXISTS ${table.name}\n(\n${lines.join("")}${indexes})\n${tableClauses(table, engineOf)};\n`;
}

function tableClauses(table: TableSpec, engineOf: TableEngine): string {
  const settings = Object.entries({ ...FSYNC_SETTINGS, ...table.settings }).map(
    ([name, value]) => `${name} = ${value}`,
  );
  return [
    `ENGINE = ${engineOf(table.engine, table.name)}`,
    ...(table.partitionBy === undefined ? [] : [`PARTITION BY ${table.partitionBy}`]),
    `ORDER BY (${table.orderBy.join(", ")})`,
    `SETTINGS ${settings.join(", ")}`,
  ].join("\n");
}

function columnDefinition(column: StoreColumn): string {
  const materialized = column.materialized === undefined ? "" : ` MATERIALIZED ${column.materialized}`;
  const codec = column.codec === undefined ? "" : ` CODEC(${column.codec})`;
  return `${column.name} ${column.type}${materialized}${codec}`;
}
