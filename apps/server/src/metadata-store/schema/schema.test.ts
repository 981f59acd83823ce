import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { describe, expect, it } from "vitest";
import { withMetadataStore } from "../testing.ts";
import * as tables from "./tables.ts";

const test = withMetadataStore();

const described = Object.values(tables).flatMap((one) =>
  one instanceof PgTable ? [getTableConfig(one)] : [],
);

describe("the schema", () => {
  it("of a database after all migrations has the columns that the code describes, and no others", async () => {
    const client = await test.database.client();
    const { rows } = await client.query<Record<"table" | "column" | "type", string> & { required: boolean }>(
      `SELECT relname AS "table", attname AS "column", format_type(atttypid, atttypmod) AS type, attnotnull AS required
       FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
         AND relname <> 'schema_migrations'`,
    );
    const found = rows.map(
      ({ table, column, type, required }) => `${table}.${column} ${type} ${required ? "required" : ""}`,
    );
    const wanted = described.flatMap(({ name, columns }) =>
      columns.map(
        (column) =>
          `${name}.${column.name} ${typeOf(column.getSQLType())} ${column.notNull ? "required" : ""}`,
      ),
    );
    expect(found.toSorted()).toEqual(wanted.toSorted());
    expect(wanted.length).toBeGreaterThan(150);
  });

  it("says in the database what each table is", async () => {
    const client = await test.database.client();
    const { rows } = await client.query<{ relname: string }>(
      `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
         AND relname <> 'schema_migrations' AND obj_description(oid, 'pg_class') IS NULL`,
    );
    expect(rows).toEqual([]);
  });

  it("has an index on every reference to another table, so that a removal does not read whole tables", async () => {
    const client = await test.database.client();
    const { rows } = await client.query<{ reference: string }>(
      `SELECT conname AS reference FROM pg_constraint
       WHERE contype = 'f' AND NOT EXISTS (
         SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1] AND indpred IS NULL)`,
    );
    expect(rows).toEqual([]);
  });

  it("brings the nine core types and unknown", async () => {
    const client = await test.database.client();
    const { rows } = await client.query("SELECT name FROM asset_types WHERE built_in");
    expect(rows).toHaveLength(10);
  });

  it("sorts addresses as numbers, IPv4 first", async () => {
    const client = await test.database.client();
    const { rows } = await client.query<{ address: string }>(
      `SELECT v.address::text FROM (VALUES ('10.0.0.10'::inet), ('10.0.0.9'), ('9.255.0.1'), ('2001:db8::'), ('::1')) AS v (address) ORDER BY v.address`,
    );
    expect(rows.map(({ address }) => address)).toEqual(
      ["9.255.0.1", "10.0.0.9", "10.0.0.10", "::1", "2001:db8::"].map(
        (text) => `${text}/${text.includes(":") ? 128 : 32}`,
      ),
    );
  });

  it.each([
    [
      "a password that is not hashed",
      "INSERT INTO users (name, role, password_hash) VALUES ('eve', 'admin', 'secret')",
    ],
    ["two users of one name", "INSERT INTO users (name, role) VALUES ('ann', 'admin'), ('Ann', 'viewer')"],
    ["a role that is none", "INSERT INTO users (name, role) VALUES ('bob', 'king')"],
    ["a rule that says nothing", "INSERT INTO rules (position, asset_type) VALUES (1, 'server')"],
    [
      "a rule for a type that is none",
      "INSERT INTO rules (position, asset_type, address_range) VALUES (1, 'toaster', '10.0.0.0/8')",
    ],
    ["a type whose name is none", "INSERT INTO asset_types (name, label) VALUES ('My Type', 'x')"],
    [
      "a network as an asset",
      "INSERT INTO assets (network_id, address, internal) SELECT id, '10.0.0.0/8', true FROM networks",
    ],
    [
      "two active models",
      `INSERT INTO ml_model_registry (version, kind, algorithm, feature_version, classes, is_active, metrics, confusion_matrix, importances, calibration, fingerprint, seed, artefact_sha256, trained_at)
       SELECT v, 'shipped', 'random_forest', 'features.v1', '{}', true, '{}', '{}', '{}', '{}', '{}', 1, decode(repeat('00', 32), 'hex'), now() FROM (VALUES ('a'), ('b')) AS t (v)`,
    ],
    [
      "a finished import without a hash",
      "INSERT INTO imports (network_id, path, state, bytes, records, finished_at) SELECT id, 'x', 'complete', 1, 1, now() FROM networks",
    ],
    [
      "a failed task without a reason",
      "INSERT INTO background_tasks (type, name, triggered_by, status, finished_at) VALUES ('x', 'x', 'x', 'failed', now())",
    ],
  ])("refuses %s", async (_what, statement) => {
    await test.store.networks.ensure("default");
    const client = await test.database.client();
    await expect(client.query(statement)).rejects.toMatchObject({
      code: expect.stringMatching(/^23/) as string,
    });
  });
});

/** PostgreSQL's own spelling of a type as drizzle writes it. */
function typeOf(type: string): string {
  return type.replace(/^timestamp \(3\) with time zone$/, "timestamp(3) with time zone");
}
