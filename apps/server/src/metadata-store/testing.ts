/**
 * A metadata store for tests, on an empty database of its own: in a PostgreSQL that is started for the test file, or in
 * the one that FLOWLENS_TEST_POSTGRES_URL names. Not here: anything a running FlowLens uses.
 */
import { randomBytes } from "node:crypto";
import pg from "pg";
import { startTestPostgres, type TestEngine } from "#engines/testing";
import { silentLogger } from "#telemetry";
import { Value } from "typebox/value";
import { afterAll, beforeAll } from "vitest";
import { METADATA_STORE_CONFIG, type MetadataStoreConfig } from "./config.ts";
import type { PostgresConnection } from "./connection/postgres-connection.ts";
import { createMetadataStore, type MetadataStore } from "./metadata-store.ts";

const START_LIMIT_MS = 60_000;

export const DEFAULT_CONFIG: MetadataStoreConfig = Value.Create(METADATA_STORE_CONFIG);

export interface TestDatabase {
  /** Of a database that does not exist yet. Not to be read before the hooks have run. */
  connection(): PostgresConnection;
  /** Undefined when the server was given by URL: it cannot be restarted. */
  engine(): TestEngine<PostgresConnection>["engine"] | undefined;
  /** A connection that sees and changes everything, for what the store has no function for. Ended after the tests. */
  client(): Promise<pg.Client>;
  /** Another store on the same database, as another process would have. Stopped after the tests. */
  store(config?: Partial<MetadataStoreConfig>): MetadataStore;
}

/** Registers hooks of vitest: the server runs while the tests of this file do, and the database goes afterwards. */
export function withTestDatabase(): TestDatabase {
  const database = `flowlens_test_${randomBytes(6).toString("hex")}`;
  const stores: MetadataStore[] = [];
  const clients: pg.Client[] = [];
  let engine: TestEngine<PostgresConnection> | undefined;
  let server: PostgresConnection | undefined;

  const connection = (): PostgresConnection => {
    if (server === undefined) throw new Error("the database has no address outside of tests and hooks");
    return { ...server, database };
  };

  beforeAll(async () => {
    server = givenServer();
    if (server !== undefined) return;
    engine = await startTestPostgres();
    server = engine.address;
  }, START_LIMIT_MS);

  afterAll(async () => {
    await Promise.all(stores.map((store) => store.stop()));
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
    if (engine === undefined) await dropDatabase({ ...connection(), database: "postgres" }, database);
    await engine?.stop();
  }, START_LIMIT_MS);

  return {
    connection,
    engine: () => engine?.engine,
    async client() {
      const client = new pg.Client(connection());
      client.on("error", () => {});
      clients.push(client);
      await client.connect();
      return client;
    },
    store(config = {}) {
      const store = createMetadataStore(
        { ...DEFAULT_CONFIG, ...config },
        { connection, logger: silentLogger },
      );
      stores.push(store);
      return store;
    },
  };
}

/** As `withTestDatabase`, with a store that is started before the tests. Read `store` inside tests and hooks. */
export function withMetadataStore(): { readonly store: MetadataStore; readonly database: TestDatabase } {
  const database = withTestDatabase();
  let started: MetadataStore | undefined;
  beforeAll(async () => {
    started = database.store();
    await started.start();
  }, START_LIMIT_MS);
  return {
    database,
    get store() {
      if (started === undefined) throw new Error("the store is not there outside of tests and hooks");
      return started;
    },
  };
}

function givenServer(): PostgresConnection | undefined {
  const text = process.env["FLOWLENS_TEST_POSTGRES_URL"];
  if (text === undefined || text === "") return undefined;
  const url = new URL(text);
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: "postgres",
    ssl: false,
  };
}

async function dropDatabase(maintenance: PostgresConnection, database: string): Promise<void> {
  const client = new pg.Client(maintenance);
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(database)} WITH (FORCE)`);
  await client.end();
}
