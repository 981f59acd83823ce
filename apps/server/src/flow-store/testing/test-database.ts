/** A migrated database of its own in the ClickHouse of a test file. */
import { randomBytes } from "node:crypto";
import type { ClickHouseAddress } from "#engines";
import { createStoreClient, type StoreClient } from "../client/store-client.ts";
import { migrate } from "../schema/migrate.ts";
import { TABLES } from "../schema/tables.ts";

export interface TestDatabase {
  readonly client: StoreClient;
  readonly name: string;
  /** Empties every table but the register of migrations. */
  empty(): Promise<void>;
  drop(): Promise<void>;
}

export async function openTestDatabase(address: ClickHouseAddress): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const outside = createStoreClient(() => ({ ...address, database: "default" }));
  await outside.command({ name: "make", sql: `CREATE DATABASE ${name}` });
  const client = createStoreClient(() => ({ ...address, database: name }));
  await migrate(client);
  const tables = TABLES.map((table) => table.name).filter((table) => table !== "schema_migrations");
  return {
    client,
    name,
    async empty() {
      for (const table of tables) await client.command({ name: "empty", sql: `TRUNCATE TABLE ${table}` });
    },
    async drop() {
      await client.close();
      await outside.command({ name: "drop", sql: `DROP DATABASE ${name} SYNC` });
      await outside.close();
    },
  };
}
