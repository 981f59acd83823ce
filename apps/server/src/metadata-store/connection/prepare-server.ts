import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { MetadataStoreError } from "../errors.ts";
import { classifyError, isPassing } from "./classify-error.ts";

/** PostgreSQL 15, the oldest that is still maintained. */
const OLDEST_SERVER = 150_000;
const RETRY_EVERY_MS = 250;

/**
 * A connection to the database, which is made when the server does not have it. Goes on trying for `patienceMs` while
 * the server does not answer or is starting. The caller ends it.
 * @throws METADATA_STORE_SERVER_UNFIT when the server is too old or the database cannot hold every text
 */
export async function connectPatiently(
  options: () => pg.ClientConfig,
  patienceMs: number,
): Promise<pg.Client> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      const client = await connectOrCreate(options());
      await checkServer(client);
      return client;
    } catch (cause) {
      const error = classifyError("start", cause);
      if (!isPassing(error) || Date.now() + RETRY_EVERY_MS > deadline) throw error;
      await sleep(RETRY_EVERY_MS);
    }
  }
}

async function connectOrCreate(options: pg.ClientConfig): Promise<pg.Client> {
  try {
    return await connect(options);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== "3D000") throw error;
    await createDatabase(options);
    return connect(options);
  }
}

async function connect(options: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(options);
  client.on("error", () => {}); // reported by the query that meets it
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

async function createDatabase(options: pg.ClientConfig): Promise<void> {
  const client = await connect({ ...options, database: "postgres" });
  try {
    await client.query(
      `CREATE DATABASE ${client.escapeIdentifier(options.database ?? "")} TEMPLATE template0 ENCODING 'UTF8'`,
    );
  } catch (error) {
    // 42P04 duplicate_database, or 23505 from its catalogue: another starter was quicker.
    if (!(error instanceof pg.DatabaseError) || !["42P04", "23505"].includes(error.code ?? "")) throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; release: string; encoding: string }>(
    `SELECT current_setting('server_version_num')::integer AS version, current_setting('server_version') AS release,
            current_setting('server_encoding') AS encoding`,
  );
  const { version, release, encoding } = rows[0];
  if (version >= OLDEST_SERVER && encoding === "UTF8") return;
  await client.end().catch(() => {});
  throw version < OLDEST_SERVER
    ? new MetadataStoreError(
        "METADATA_STORE_SERVER_UNFIT",
        `PostgreSQL is ${release}; FlowLens needs 15 or newer. Update the server, or leave FLOWLENS_POSTGRES_URL unset to use the one that comes with FlowLens.`,
        { context: { release } },
      )
    : new MetadataStoreError(
        "METADATA_STORE_SERVER_UNFIT",
        `The PostgreSQL database is encoded as ${encoding}, which cannot hold every text. Make one with: CREATE DATABASE flowlens TEMPLATE template0 ENCODING 'UTF8'.`,
        { context: { encoding } },
      );
}
