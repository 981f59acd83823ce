import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError } from "../errors.ts";
import { createTable, SINGLE_SERVER, type TableEngine } from "./ddl.ts";
import { MIGRATIONS } from "./migrations/list.ts";
import type { Migration } from "./migrations/migration.ts";
import { TABLES } from "./tables.ts";

/**
 * Brings the database to the newest schema; the numbers it applied, none when it was there already.
 * Throws FLOW_STORE_SCHEMA_NEWER where a newer FlowLens has been here.
 */
export async function migrate(
  client: StoreClient,
  engineOf: TableEngine = SINGLE_SERVER,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<number[]> {
  const register = TABLES.find((table) => table.name === "schema_migrations")!;
  await client.command({
    name: "create schema_migrations",
    sql: createTable(register, engineOf),
    idempotent: true,
  });
  const applied = await client.rows<{ number: number; name: string }>({
    name: "applied migrations",
    sql: "SELECT number, any(name) AS name FROM schema_migrations GROUP BY number ORDER BY number",
  });
  const newest = migrations.at(-1)?.number ?? 0;
  const foreign = applied.find((row) => row.number > newest);
  if (foreign !== undefined) {
    throw new FlowStoreError(
      "FLOW_STORE_SCHEMA_NEWER",
      `The flow store's database "${client.database}" is at migration ${foreign.number} (${foreign.name}), this FlowLens knows ${newest}. Start the newer FlowLens again, or name another database.`,
      { context: { database: client.database, found: foreign.number, known: newest } },
    );
  }
  const done = new Set(applied.map((row) => row.number));
  const todo = migrations.filter((migration) => !done.has(migration.number));
  for (const migration of todo) {
    const name = `migration ${migration.number} (${migration.name})`;
    for (const sql of migration.statements(engineOf)) await client.command({ name, sql, idempotent: true });
    await client.command({
      name: `register ${name}`,
      sql: "INSERT INTO schema_migrations SELECT {number:UInt32}, {name:String}, now()",
      params: { number: migration.number, name: migration.name },
      idempotent: true,
    });
  }
  return todo.map((migration) => migration.number);
}
