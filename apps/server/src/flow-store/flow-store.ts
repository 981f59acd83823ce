import type { FlowBatch } from "@flowlens/flow";
import type { Logger } from "#telemetry";
import { createStoreClient, type StoreClient, type StoreConnection } from "./client/store-client.ts";
import type { FlowStoreConfig } from "./config.ts";
import { FlowStoreError } from "./errors.ts";
import { createExclusive } from "./exclusive.ts";
import { createFold, type Fold, type FoldRequest, type FoldResult } from "./fold/create-fold.ts";
import { createForgetting, type Forgetting } from "./forgetting/forgetting.ts";
import { createFlowInserter, type FlowInserter, type InsertTarget } from "./insert/flow-inserter.ts";
import { loadNumbers } from "./numbers.ts";
import { createQueries, type Queries } from "./queries/queries.ts";
import { migrate } from "./schema/migrate.ts";

export interface FlowStoreDependencies {
  /** Asked before each request, since an engine that was restarted may have moved. Names the database, or the settings do. */
  readonly connection: () => Omit<StoreConnection, "database"> & { readonly database?: string };
  readonly logger: Logger;
}

/** Every function rejects with a FlowStoreError, FLOW_STORE_NOT_STARTED before `start` and after `stop`. */
export interface FlowStore {
  /** Makes the database where it is missing and brings its schema up. One process at a time owns a database. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when ClickHouse answers. */
  ping(): Promise<void>;
  /** Removes the whole database: for measuring in a store of its own. The store is stopped afterwards. */
  dropDatabase(): Promise<void>;
  insertFlows(batch: FlowBatch, target: InsertTarget): Promise<void>;
  fold(request: FoldRequest): Promise<FoldResult>;
  /** Waits for a fold under way. What the import added to the counts is gone after the next fold. Can be repeated. */
  /** Removes every row of the import; what was folded of them is to be folded again. */
  forgetImport(importId: number): Promise<void>;
  /** Waits for a fold under way. Nothing of the network is left, whatever had been made of it. Can be repeated. */
  forgetNetwork(networkId: number): Promise<void>;
  readonly queries: Queries;
}

interface Started {
  readonly client: StoreClient;
  readonly inserter: FlowInserter;
  readonly fold: Fold;
  readonly forgetting: Forgetting;
}

export function createFlowStore(
  config: FlowStoreConfig,
  { connection, logger }: FlowStoreDependencies,
): FlowStore {
  let running: Started | undefined;
  /** Folds, and what may not happen beside one. */
  const exclusive = createExclusive();

  function started(): Started {
    if (running !== undefined) return running;
    throw new FlowStoreError("FLOW_STORE_NOT_STARTED", "The flow store is not started.");
  }

  const database = (): string => connection().database ?? config.database;

  async function makeDatabase(): Promise<void> {
    const client = createStoreClient(() => ({ ...connection(), database: "default" }));
    try {
      await client.command({
        name: "make the database",
        sql: `CREATE DATABASE IF NOT EXISTS ${quoted(database())}`,
        idempotent: true,
      });
    } finally {
      await client.close();
    }
  }

  async function stop(): Promise<void> {
    const stopping = running;
    running = undefined;
    await stopping?.client.close();
  }

  return {
    async start() {
      if (running !== undefined) return;
      await makeDatabase();
      const client = createStoreClient(() => ({ ...connection(), database: database() }));
      try {
        const applied = await migrate(client);
        if (applied.length > 0) logger.info({ migrations: applied }, "the flow schema was brought up");
        const numbers = await loadNumbers(client);
        const forgetting = await createForgetting({ client, numbers });
        const inserter = createFlowInserter({
          client,
          numbers,
          timesForgotten: forgetting.timesForgotten,
          giveUpAfterMs: config.insertGiveUpAfterMs,
        });
        const fold = createFold(
          { client, numbers, settledBatch: inserter.settledBatch },
          { maxRowsPerChunk: config.foldRowsPerChunk },
        );
        running = { client, inserter, fold, forgetting };
      } catch (error) {
        await client.close();
        throw error;
      }
    },
    stop,
    ping: async () => void (await started().client.row({ name: "ping", sql: "SELECT 1" })),
    async dropDatabase() {
      await started().client.command({
        name: "drop the database",
        sql: `DROP DATABASE IF EXISTS ${quoted(database())} SYNC`,
      });
      await stop();
    },
    insertFlows: async (batch, target) => started().inserter.insertFlows(batch, target),
    fold: (request) =>
      exclusive(async () => {
        const { fold, forgetting } = started();
        await forgetting.settle();
        return fold(request);
      }),
    forgetImport: (importId) =>
      exclusive(async () => {
        const rows = await started().forgetting.forgetImport(importId);
        logger.info({ importId, rows }, "forgot an import");
      }),
    forgetNetwork: (networkId) =>
      exclusive(async () => {
        await started().forgetting.forgetNetwork(networkId);
        logger.info({ networkId }, "forgot a network");
      }),
    queries: createQueries(() => started().client),
  };
}

function quoted(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
