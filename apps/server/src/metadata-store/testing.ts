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
import type { EngineAnswer } from "./assets/asset.ts";
import type { AssetObservation } from "./assets/observation.ts";
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

export const LOOK_BACK = {
  from: new Date("2026-02-28T00:00:00.000Z"),
  to: new Date("2026-03-01T00:00:00.000Z"),
};

/** What was observed of a host that serves HTTPS and is taken for a server, but for what `different` says. */
export function observation(address: string, different: Partial<AssetObservation> = {}): AssetObservation {
  const engine: EngineAnswer = {
    type: "server",
    confidence: 0.8,
    method: "heuristic",
    runnerUp: { type: "load_balancer", confidence: 0.3 },
    role: null,
    modelVersion: null,
  };
  return {
    address,
    internal: true,
    firstSeen: LOOK_BACK.from,
    lastSeen: LOOK_BACK.to,
    conversations: 120,
    bytesIn: 1_000,
    bytesOut: 50_000,
    clients: 12,
    servers: 1,
    servedEndpoints: [{ protocol: 6, port: 443, clients: 12 }],
    maxSamplingRate: 1,
    evidence: {
      periodFrom: LOOK_BACK.from,
      periodTo: LOOK_BACK.to,
      counts: { inboundConversations: 120, topServedPorts: [{ protocol: 6, port: 443 }] },
      vector: [4.8, null, 0],
      featureVersion: "features.v1",
      reasons: [
        {
          name: "server.web",
          direction: "for",
          effect: 0.4,
          sentence: "serves HTTPS (443/tcp) to 12 clients",
        },
      ],
      missing: [],
    },
    engine,
    decision: { type: engine.type, confidence: engine.confidence, method: engine.method },
    challenger: null,
    ...different,
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
