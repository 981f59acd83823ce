import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { silentLogger } from "#telemetry";
import { PROCESS_LOCK_CLASS } from "./connection/sign-of-life.ts";
import { MetadataStoreError } from "./errors.ts";
import { createMetadataStore } from "./metadata-store.ts";
import { readMigrations } from "./schema/migrate.ts";
import { DEFAULT_CONFIG, withTestDatabase } from "./testing.ts";

const database = withTestDatabase();

const refusal = async (promise: Promise<unknown>): Promise<MetadataStoreError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MetadataStoreError);
  return error as MetadataStoreError;
};

describe("the start of the metadata store", () => {
  it("makes the database and its schema once, however many start at the same moment", async () => {
    const stores = Array.from({ length: 4 }, () => database.store());
    await Promise.all(stores.map((store) => store.start()));
    const client = await database.client();
    const { rows } = await client.query("SELECT name FROM schema_migrations ORDER BY number");
    expect(rows.map(({ name }: { name: string }) => name)).toEqual(readMigrations().map(({ name }) => name));
    await Promise.all(stores.map((store) => store.ping()));
    await Promise.all(stores.map((store) => store.stop()));
  });

  it("refuses a database that a newer FlowLens has brought up, and changes nothing", async () => {
    const client = await database.client();
    await client.query("INSERT INTO schema_migrations VALUES (9999, '9999_from_the_future', 'x')");
    const error = await refusal(database.store().start());
    expect(error.code).toBe("METADATA_STORE_SCHEMA_NEWER");
    expect(error.message).toMatch(/9999_from_the_future.*newer FlowLens.*Start the newer FlowLens/);
    await client.query("DELETE FROM schema_migrations WHERE number = 9999");
    await database.store().start();
  });

  it("refuses a database whose schema was made by another migration of the same number", async () => {
    const client = await database.client();
    await client.query("UPDATE schema_migrations SET sha256 = 'other' WHERE number = 0");
    expect((await refusal(database.store().start())).code).toBe("METADATA_STORE_SCHEMA_ALTERED");
    await client.query("UPDATE schema_migrations SET sha256 = $1 WHERE number = 0", [
      readMigrations()[0].sha256,
    ]);
    await database.store().start();
  });

  it("refuses a wrong password with a sentence that does not repeat it", async () => {
    const connection = () => ({ ...database.connection(), password: "not-the-password" });
    const error = await refusal(
      createMetadataStore(DEFAULT_CONFIG, { connection, logger: silentLogger }).start(),
    );
    expect(error.code).toBe("METADATA_STORE_LOGIN_REFUSED");
    expect(error.message).toContain("Check the PostgreSQL user");
    expect(JSON.stringify([error.message, error.context])).not.toContain("not-the-password");
  });

  it("gives up after its patience when nobody answers", async () => {
    const connection = () => ({ ...database.connection(), host: "127.0.0.1", port: 1 });
    const config = { ...DEFAULT_CONFIG, startTimeoutMs: 600 };
    const begun = performance.now();
    const error = await refusal(createMetadataStore(config, { connection, logger: silentLogger }).start());
    expect(error.code).toBe("METADATA_STORE_UNREACHABLE");
    expect(performance.now() - begun).toBeGreaterThan(250);
  });

  it("leaves no connection behind when it is stopped", async () => {
    const store = database.store();
    await store.start();
    await Promise.all(Array.from({ length: 5 }, () => store.networks.list()));
    const client = await database.client();
    const ours = async () => {
      const { rows } = await client.query<{ count: number }>(
        "SELECT count(*)::integer FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'flowlens%'",
      );
      return rows[0].count;
    };
    const before = await ours();
    await store.stop();
    // Backends leave a moment after their sockets.
    for (let tries = 0; tries < 50 && (await ours()) > before - 2; tries++) await sleep(20);
    expect(await ours()).toBeLessThanOrEqual(before - 2);
  });
});

describe("a metadata store that is not started", () => {
  it("refuses every question with a code", async () => {
    const store = database.store();
    expect((await refusal(store.networks.list())).code).toBe("METADATA_STORE_NOT_STARTED");
    expect((await refusal(store.assets.list())).code).toBe("METADATA_STORE_NOT_STARTED");
    expect((await refusal(store.imports.begin({ networkId: 1, path: "x" }))).code).toBe(
      "METADATA_STORE_NOT_STARTED",
    );
    await store.stop();
  });
});

describe("a connection that is cut", () => {
  it("fails the question on it with a code, and no other", async () => {
    const store = database.store();
    await store.start();
    const client = await database.client();
    await client.query("BEGIN");
    await client.query("LOCK TABLE networks");
    const waiting = refusal(store.networks.list());
    const onlooker = await database.client();
    const cut = async () => {
      const { rowCount } = await onlooker.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'flowlens' AND wait_event_type = 'Lock'`,
      );
      return rowCount === 1;
    };
    while (!(await cut())) await sleep(10);
    expect((await waiting).code).toBe("METADATA_STORE_UNREACHABLE");
    await client.query("ROLLBACK");
    expect(await store.networks.list()).toEqual([]);
  });

  it("that waits for too long is cancelled with a code", async () => {
    const store = database.store({ statementTimeoutMs: 1_000 });
    await store.start();
    const client = await database.client();
    await client.query("BEGIN");
    await client.query("LOCK TABLE networks");
    expect((await refusal(store.networks.list())).code).toBe("METADATA_STORE_TIMEOUT");
    await client.query("ROLLBACK");
    await store.ping();
  });
});

describe("the sign of life of a process", () => {
  it("is given again within a second when its connection ends, and takes the place of one that is stuck", async () => {
    const store = database.store();
    await store.start();
    const networkId = (await store.networks.ensure("alive")).id;
    const { import: begun } = await store.imports.begin({ networkId, path: "long.pcap" });
    const client = await database.client();
    const locks = async (granted: boolean) => {
      const { rows } = await client.query<{ pid: number; objid: number }>(
        `SELECT pid, objid::integer FROM pg_locks JOIN imports ON owner = objid::integer
         WHERE locktype = 'advisory' AND classid = $1::oid AND granted = $2 AND imports.id = $3`,
        [PROCESS_LOCK_CLASS, granted, begun.id],
      );
      return rows;
    };
    const [former] = await locks(true);
    // What a cut in the network leaves: a connection that nobody hears of, with the lock.
    const stuck = await database.client();
    let stuckIsGone = false;
    stuck.on("end", () => (stuckIsGone = true));
    stuck.query("SELECT pg_advisory_lock($1, $2)", [PROCESS_LOCK_CLASS, former.objid]).catch(() => {});
    while ((await locks(false)).length === 0) await sleep(10);
    await client.query("SELECT pg_terminate_backend($1)", [former.pid]);

    const other = database.store();
    await other.start();
    for (let tries = 0; tries < 300 && !stuckIsGone; tries++) await sleep(10);
    expect(stuckIsGone).toBe(true);
    expect(await other.imports.claimStale()).toEqual([]);
    expect((await store.imports.fail(begun.id, "the test is over")).state).toBe("undoing");
  });
});

describe("a restart of PostgreSQL", () => {
  it("fails questions with a code, ends no process, and is forgotten when it is over", async (context) => {
    const engine = database.engine();
    if (engine === undefined) return context.skip("the PostgreSQL was given by URL and cannot be restarted");
    const store = database.store({ startTimeoutMs: 20_000 });
    await store.start();
    const network = await store.networks.ensure("restarted");
    const begun = await store.imports.begin({ networkId: network.id, path: "before.pcap" });
    await Promise.all(Array.from({ length: 6 }, () => store.networks.list())); // idle connections in the pool

    await engine.stop();
    expect((await refusal(store.ping())).code).toBe("METADATA_STORE_UNREACHABLE");
    expect((await refusal(store.imports.begin({ networkId: network.id, path: "while.pcap" }))).code).toBe(
      "METADATA_STORE_UNREACHABLE",
    );

    // A start while the server is away waits for it.
    const late = database.store({ startTimeoutMs: 20_000 });
    const starting = late.start();
    await engine.start();
    await starting;
    await store.ping();
    expect((await store.networks.get("restarted"))?.id).toBe(network.id);

    // The import of a process that lives is not taken from it, though its lock was gone for a moment.
    expect(await late.imports.claimStale()).toEqual([]);
    const failed = await store.imports.fail(begun.import.id, "the test is over");
    expect(failed.state).toBe("undoing");
  });
});
