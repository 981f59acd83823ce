import type { StoreColumn } from "./column.ts";
import { TABLES, type TableSpec } from "./tables.ts";

/**
 * Turns an engine of the MergeTree family into the one a deployment uses. A single server keeps it as it is;
 * a cluster writes the Replicated form of it.
 */
export type TableEngine = (engine: TableSpec["engine"], table: string) => string;

export const SINGLE_SERVER: TableEngine = (engine) => engine;

/** CREATE TABLE IF NOT EXISTS for one table, in the connection's database. */
export function createTable(table: TableSpec, engineOf: TableEngine = SINGLE_SERVER): string {
  const body = [...table.columns.map(columnDefinition), ...(table.indexes ?? [])];
  const settings = Object.entries(table.settings ?? {}).map(([name, value]) => `${name} = ${value}`);
  return [
    `CREATE TABLE IF NOT EXISTS ${table.name}`,
    `(\n${body.map((line) => `    ${line}`).join(",\n")}\n)`,
    `ENGINE = ${engineOf(table.engine, table.name)}`,
    ...(table.partitionBy === undefined ? [] : [`PARTITION BY ${table.partitionBy}`]),
    `ORDER BY (${table.orderBy.join(", ")})`,
    ...(settings.length === 0 ? [] : [`SETTINGS ${settings.join(", ")}`]),
    `COMMENT ${quoted(table.comment)}`,
  ].join("\n");
}

/** The whole schema as one text: what `schema.sql` holds. */
export function schemaText(engineOf: TableEngine = SINGLE_SERVER): string {
  const heading = "-- Generated from the catalogues in schema/ (npm run generate:ddl). Do not edit: a test compares.\n\n";
  return `${heading}${TABLES.map((table) => `${createTable(table, engineOf)};\n`).join("\n")}`;
}

function columnDefinition(column: StoreColumn): string {
  const materialized = column.materialized === undefined ? "" : ` MATERIALIZED ${column.materialized}`;
  const codec = column.codec === undefined ? "" : ` CODEC(${column.codec})`;
  return `\`${column.name}\` ${column.type}${materialized} COMMENT ${quoted(column.comment)}${codec}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
