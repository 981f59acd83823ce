import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import type { Logger } from "#telemetry";
import type { MetadataStoreConfig } from "../config.ts";
import { MetadataStoreError } from "../errors.ts";
import { classifyError } from "./classify-error.ts";
import { clientOptions, type PostgresConnection } from "./postgres-connection.ts";

/** What queries are written against, inside a transaction or not. */
export type Queries = Pick<NodePgDatabase, "select" | "insert" | "update" | "delete" | "execute" | "$count">;

export interface Database {
  /** Runs queries that stand each for itself. The name goes into errors. */
  query<Result>(name: string, act: (queries: Queries) => Promise<Result>): Promise<Result>;
  /** Runs queries that happen together or not at all (READ COMMITTED). */
  transaction<Result>(name: string, act: (queries: Queries) => Promise<Result>): Promise<Result>;
}

export interface OpenDatabase extends Database {
  close(): Promise<void>;
}

/**
 * A pool of connections; none is made yet. Each new one asks `connection` where PostgreSQL is, since an engine that
 * was restarted may have moved. A broken connection fails the query that runs on it, with a coded error, and is
 * replaced for the next one; nothing is repeated here, for a query that got no answer may have been done.
 */
export function openDatabase(
  config: MetadataStoreConfig,
  connection: () => PostgresConnection,
  logger: Logger,
): OpenDatabase {
  const timeouts = { statementMs: config.statementTimeoutMs, connectMs: config.connectTimeoutMs };
  class ClientOfTheMoment extends pg.Client {
    constructor() {
      super(clientOptions(connection(), timeouts));
    }
  }
  const pool = new pg.Pool({
    Client: ClientOfTheMoment,
    max: config.connections,
    connectionTimeoutMillis: config.connectTimeoutMs,
    idleTimeoutMillis: 60_000,
  });
  // Idle connections end when PostgreSQL restarts; without a listener that would end the process.
  pool.on("error", (error) => {
    logger.warn({ reason: error.message }, "an idle connection to PostgreSQL ended");
  });
  // A connection in use reports its end both to its query and here.
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = drizzle(pool);

  return {
    query: (name, act) => classified(name, () => act(db)),
    transaction: (name, act) => classified(name, () => db.transaction((tx) => act(tx))),
    close: () => pool.end(),
  };
}

/** A database that is not there yet, or not any more. */
export function closedDatabase(): Database {
  const refuse = (name: string) =>
    Promise.reject(
      new MetadataStoreError(
        "METADATA_STORE_NOT_STARTED",
        `The metadata store was asked to do "${name}" while it was not started. This is a fault of FlowLens.`,
        { context: { query: name } },
      ),
    );
  return { query: refuse, transaction: refuse };
}

async function classified<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw classifyError(name, error);
  }
}
