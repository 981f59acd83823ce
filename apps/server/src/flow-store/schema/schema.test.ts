import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FLOW_COLUMNS } from "@flowlens/flow";
import { withClickHouse } from "#engines/testing";
import { createStoreClient, type StoreClient } from "../client/store-client.ts";
import { AGGREGATE_COLUMNS, HOURLY_COLUMNS } from "./aggregate-columns.ts";
import { createTable, schemaText } from "./ddl.ts";
import { FLOW_STORE_COLUMNS } from "./flow-columns.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations/list.ts";
import { TABLES } from "./tables.ts";

const clickhouse = withClickHouse();
const clients: StoreClient[] = [];
let outside: StoreClient;

beforeAll(() => {
  outside = createStoreClient(() => ({ ...clickhouse, database: "default" }));
});
afterAll(async () => {
  for (const client of clients) {
    await outside.command({ name: "drop", sql: `DROP DATABASE ${client.database} SYNC` });
    await client.close();
  }
  await outside.close();
});

async function emptyDatabase(): Promise<StoreClient> {
  const database = `schema_${clients.length}`;
  await outside.command({ name: "make", sql: `CREATE DATABASE ${database}` });
  const client = createStoreClient(() => ({ ...clickhouse, database }));
  clients.push(client);
  return client;
}

/** What the server has made of the statements, by table. */
async function tablesOf(client: StoreClient): Promise<Record<string, string>> {
  const rows = await client.rows<{ name: string; made: string }>({
    name: "tables",
    sql: "SELECT name, create_table_query AS made FROM system.tables WHERE database = currentDatabase() ORDER BY name",
  });
  return Object.fromEntries(rows.map(({ name, made }) => [name, made.replaceAll(`${client.database}.`, "")]));
}

describe("the schema's catalogues", () => {
  it("are what the committed schema.sql says (npm run generate)", () => {
    expect(readFileSync(new URL("schema.sql", import.meta.url), "utf8")).toBe(schemaText());
  });

  it("store every column of a flow record under its own name, in its order", () => {
    const names = FLOW_STORE_COLUMNS.map((column) => column.name);
    const first = names.indexOf(FLOW_COLUMNS[0].name);
    expect(names.slice(first, first + FLOW_COLUMNS.length)).toEqual(
      FLOW_COLUMNS.map((column) => column.name),
    );
  });

  it("keep the same columns by hour as by window", () => {
    const kept = AGGREGATE_COLUMNS.filter((column) => column.combine !== "generation").map(
      ({ name }) => name,
    );
    const hourly = HOURLY_COLUMNS.filter((column) => column.combine !== "generation").map(({ name }) => name);
    expect(hourly).toEqual(kept.map((name) => (name === "window" ? "hour" : name)));
  });

  it("take another engine where a deployment wants one", () => {
    const flows = TABLES.find((table) => table.name === "flows")!;
    const replicated = createTable(
      flows,
      (engine, table) => `Replicated${engine}('/flowlens/${table}', '{replica}')`,
    );
    expect(replicated).toContain("ENGINE = ReplicatedMergeTree('/flowlens/flows', '{replica}')");
    const texts = MIGRATIONS[0].statements((engine) => `Replicated${engine}`);
    expect(texts.filter((text) => !/ENGINE = Replicated/.test(text))).toEqual([]);
  });
});

describe("migrations", () => {
  it("lead to the tables of the catalogues, one by one", async () => {
    const migrated = await emptyDatabase();
    expect(await migrate(migrated)).toEqual(MIGRATIONS.map((migration) => migration.number));
    const direct = await emptyDatabase();
    for (const table of TABLES) await direct.command({ name: table.name, sql: createTable(table) });
    const made = await tablesOf(migrated);
    expect(made).toEqual(await tablesOf(direct));
    expect(Object.keys(made)).toHaveLength(TABLES.length);
  });

  it("are numbered from 1 without gaps", () => {
    expect(MIGRATIONS.map((migration) => migration.number)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  });

  it("do nothing the second time", async () => {
    const client = await emptyDatabase();
    await migrate(client);
    expect(await migrate(client)).toEqual([]);
  });

  it("go on where a kill has interrupted one", async () => {
    const client = await emptyDatabase();
    const [first] = MIGRATIONS[0].statements((engine) => engine);
    await client.command({ name: "half a migration", sql: first });
    expect(await migrate(client)).toContain(1);
    expect(Object.keys(await tablesOf(client))).toHaveLength(TABLES.length);
  });

  it("are applied in order, each once, as they are added", async () => {
    const client = await emptyDatabase();
    await migrate(client);
    const more = [
      ...MIGRATIONS,
      {
        number: MIGRATIONS.length + 1,
        name: "a column more",
        statements: () => ["ALTER TABLE fold_cycles ADD COLUMN IF NOT EXISTS note String"],
      },
    ];
    expect(await migrate(client, (engine) => engine, more)).toEqual([MIGRATIONS.length + 1]);
    expect((await tablesOf(client)).fold_cycles).toContain("note");
  });

  it("refuse a database that a newer FlowLens has changed, and say which", async () => {
    const client = await emptyDatabase();
    await migrate(client);
    await client.command({
      name: "the future",
      sql: "INSERT INTO schema_migrations VALUES (999, 'shards', now())",
    });
    await expect(migrate(client)).rejects.toMatchObject({
      code: "FLOW_STORE_SCHEMA_NEWER",
      message: expect.stringMatching(/"schema_\d" is at migration 999 \(shards\), this FlowLens knows \d/),
    });
  });
});
