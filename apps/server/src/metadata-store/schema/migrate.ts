import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ClientBase } from "pg";
import { MetadataStoreError } from "../errors.ts";

const FOLDER = new URL("../migrations/", import.meta.url);
/** Held by whoever brings the schema up: a second starter waits, then finds nothing to do. "FLOW". */
const MIGRATION_LOCK = 0x464c4f57;

export interface Migration {
  /** From 0, without gaps. */
  readonly number: number;
  /** `0000_tables` */
  readonly name: string;
  readonly statements: readonly string[];
  /** Of the file; tells a migration that was changed after it had been applied. */
  readonly sha256: string;
}

/** The migrations that drizzle-kit listed in its journal, in order. */
export function readMigrations(folder: URL = FOLDER): Migration[] {
  const journal = JSON.parse(readFileSync(new URL("meta/_journal.json", folder), "utf8")) as {
    entries: { idx: number; tag: string }[];
  };
  return journal.entries.map(({ idx, tag }) => {
    // Git may have given the file other line ends; that is no change.
    const text = readFileSync(new URL(`${tag}.sql`, folder), "utf8").replaceAll("\r\n", "\n");
    return {
      number: idx,
      name: tag,
      statements: text.split("--> statement-breakpoint").map((statement) => statement.trim()),
      sha256: createHash("sha256").update(text).digest("hex"),
    };
  });
}

/**
 * Brings the schema of the database up to the newest migration, in one transaction and under a lock.
 * @returns the names of the migrations that were applied
 * @throws METADATA_STORE_SCHEMA_NEWER when a newer FlowLens has been at work; METADATA_STORE_SCHEMA_ALTERED when a
 *   migration is not what was applied under its number
 */
export async function migrate(
  client: ClientBase,
  migrations: readonly Migration[] = readMigrations(),
): Promise<string[]> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await client.query(`CREATE TABLE IF NOT EXISTS schema_migrations (
      number integer PRIMARY KEY,
      name text NOT NULL,
      sha256 text NOT NULL,
      applied_at timestamp (3) with time zone DEFAULT now() NOT NULL
    )`);
    const { rows: applied } = await client.query<Pick<Migration, "number" | "name" | "sha256">>(
      "SELECT number, name, sha256 FROM schema_migrations ORDER BY number",
    );
    for (const one of applied) checkApplied(one, migrations);
    const missing = migrations.filter(({ number }) => !applied.some((one) => one.number === number));
    for (const { number, name, sha256, statements } of missing) {
      for (const statement of statements) await client.query(statement);
      await client.query("INSERT INTO schema_migrations (number, name, sha256) VALUES ($1, $2, $3)", [
        number,
        name,
        sha256,
      ]);
    }
    await client.query("COMMIT");
    return missing.map(({ name }) => name);
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

function checkApplied(
  applied: Pick<Migration, "number" | "name" | "sha256">,
  migrations: readonly Migration[],
): void {
  const known = migrations.find(({ number }) => number === applied.number);
  if (known === undefined) {
    throw new MetadataStoreError(
      "METADATA_STORE_SCHEMA_NEWER",
      `The database was brought up to schema ${applied.number} (${applied.name}) by a newer FlowLens; this one knows schemas up to ${migrations.length - 1}. Start the newer FlowLens, or restore a backup made before it.`,
      { context: { schema: applied.number, known: migrations.length - 1 } },
    );
  }
  if (known.sha256 !== applied.sha256) {
    throw new MetadataStoreError(
      "METADATA_STORE_SCHEMA_ALTERED",
      `Schema ${applied.number} of the database was made by "${applied.name}", which is not the "${known.name}" of this FlowLens. Use the FlowLens that made it, or an empty database.`,
      { context: { schema: applied.number } },
    );
  }
}
