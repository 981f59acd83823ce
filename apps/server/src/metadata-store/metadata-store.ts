import type { Logger } from "#telemetry";
import { createAssets, type Assets } from "./assets/assets.ts";
import type { MetadataStoreConfig } from "./config.ts";
import { closedDatabase, openDatabase, type OpenDatabase } from "./connection/database.ts";
import { clientOptions, type PostgresConnection } from "./connection/postgres-connection.ts";
import { connectPatiently } from "./connection/prepare-server.ts";
import { showSignOfLife, type SignOfLife } from "./connection/sign-of-life.ts";
import { classifyError } from "./connection/classify-error.ts";
import { MetadataStoreError } from "./errors.ts";
import { createExporters, type Exporters } from "./exporters.ts";
import { createImports, type Imports } from "./imports.ts";
import { createNetworks, type Networks } from "./networks.ts";
import { migrate } from "./schema/migrate.ts";
import { createSettings, type Settings } from "./settings.ts";
import { createTasks, type Tasks } from "./tasks.ts";
import { createTokens, type Tokens } from "./tokens.ts";
import { createAssetTypes, type AssetTypes } from "./types.ts";

export interface MetadataStoreDependencies {
  /** Asked for each new connection, since an engine that was restarted may have moved. */
  readonly connection: () => PostgresConnection;
  readonly logger: Logger;
}

/** Every function rejects with a MetadataStoreError, METADATA_STORE_NOT_STARTED before `start` and after `stop`. */
export interface MetadataStore {
  /**
   * Connects (trying again while PostgreSQL does not answer), makes the database when the server lacks it, and brings
   * its schema up. Several processes may start at once.
   * @throws METADATA_STORE_SCHEMA_NEWER, METADATA_STORE_SERVER_UNFIT, METADATA_STORE_UNREACHABLE, …
   */
  start(): Promise<void>;
  /** Waits for queries under way. */
  stop(): Promise<void>;
  /** Resolves when PostgreSQL answers. */
  ping(): Promise<void>;
  readonly networks: Networks;
  readonly assets: Assets;
  readonly assetTypes: AssetTypes;
  readonly exporters: Exporters;
  readonly imports: Imports;
  readonly tasks: Tasks;
  readonly tokens: Tokens;
  readonly settings: Settings;
}

export function createMetadataStore(
  config: MetadataStoreConfig,
  { connection, logger }: MetadataStoreDependencies,
): MetadataStore {
  let started: { readonly database: OpenDatabase; readonly signOfLife: SignOfLife } | undefined;
  const closed = closedDatabase();
  const database = () => started?.database ?? closed;
  const signs = () => {
    if (started !== undefined) return started.signOfLife.signs();
    throw new MetadataStoreError(
      "METADATA_STORE_NOT_STARTED",
      "The metadata store was stopped. Start it again.",
    );
  };

  return {
    async start() {
      if (started !== undefined) return;
      const timeouts = { statementMs: config.statementTimeoutMs, connectMs: config.connectTimeoutMs };
      // Changing the schema of a large table may take longer than any query may.
      const unhurried = () => clientOptions(connection(), { ...timeouts, statementMs: 0 });
      const client = await connectPatiently(unhurried, config.startTimeoutMs);
      try {
        const applied = await migrate(client);
        if (applied.length > 0) logger.info({ migrations: applied }, "the metadata schema was brought up");
        const signOfLife = await showSignOfLife(unhurried, logger);
        started = { database: openDatabase(config, connection, logger), signOfLife };
      } catch (error) {
        throw classifyError("start", error);
      } finally {
        await client.end().catch(() => {});
      }
    },
    async stop() {
      const stopping = started;
      started = undefined;
      await stopping?.database.close();
      await stopping?.signOfLife.end();
    },
    ping: () => database().query("ping", async (queries) => void (await queries.execute("select 1"))),
    networks: createNetworks(database),
    assets: createAssets(database),
    assetTypes: createAssetTypes(database),
    exporters: createExporters(database),
    imports: createImports(database, signs),
    tasks: createTasks(database),
    tokens: createTokens(database),
    settings: createSettings(database),
  };
}
