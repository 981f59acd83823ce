import type { FlowBatch } from "@flowlens/flow";
import { silentMetrics, type Logger, type Metrics } from "#telemetry";
import { boundedClient, type QuestionLimits } from "./client/bounded-client.ts";
import { checkServerVersion } from "./client/check-version.ts";
import { measuredClient } from "./client/measured-client.ts";
import { createStoreClient, type StoreClient, type StoreConnection } from "./client/store-client.ts";
import type { FlowStoreConfig } from "./config.ts";
import { FlowStoreError } from "./errors.ts";
import { createExclusive } from "./exclusive.ts";
import { createFold, type Fold, type FoldRequest, type FoldResult } from "./fold/create-fold.ts";
import type { ExpireRequest, ExpireResult } from "./forgetting/expire.ts";
import { createForgetting, type Forgetting } from "./forgetting/forgetting.ts";
import { createFlowInserter, type FlowInserter, type InsertTarget } from "./insert/flow-inserter.ts";
import { insertMetrics } from "./insert/insert-metrics.ts";
import { loadNumbers } from "./numbers.ts";
import { dropLeftScratch } from "./queries/host-counts/scratch.ts";
import { createQueries, type Queries } from "./queries/queries.ts";
import { createRollup, type Rollup, type RollupRequest, type RollupResult } from "./rollup/rollup.ts";
import { migrate } from "./schema/migrate.ts";

export interface FlowStoreDependencies {
  /** Asked before each request, since an engine that was restarted may have moved. Names the database, or the settings do. */
  readonly connection: () => Omit<StoreConnection, "database"> & { readonly database?: string };
  readonly logger: Logger;
  readonly metrics?: Metrics;
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
  /** Rolls up to hours what is over and has been folded. Waits for a fold under way. */
  rollup(request: RollupRequest): Promise<RollupResult>;
  /** Drops what is older than it is kept. Waits for a fold under way. Where the result says so: fold, then once more. */
  expire(request: ExpireRequest): Promise<ExpireResult>;
  /** Waits for a fold under way. What the import added to the counts is gone after the next fold. Can be repeated. */
  forgetImport(importId: number): Promise<void>;
  /** Waits for a fold under way. Nothing of the network is left, whatever had been made of it. Can be repeated. */
  forgetNetwork(networkId: number): Promise<void>;
  readonly queries: Queries;
  /** The same questions, each given up at a limit: for those that strangers ask. */
  queriesWithin(limits: QuestionLimits): Queries;
}

interface Started {
  readonly client: StoreClient;
  readonly inserter: FlowInserter;
  readonly fold: Fold;
  readonly rollup: Rollup;
  readonly forgetting: Forgetting;
}

export function createFlowStore(
  config: FlowStoreConfig,
  { connection, logger, metrics = silentMetrics }: FlowStoreDependencies,
): FlowStore {
  const database = (): string => connection().database ?? config.database;
  const client = measuredClient(
    createStoreClient(() => ({ ...connection(), database: database() })),
    metrics,
  );
  const onCount = insertMetrics(metrics);
  let running: Started | undefined;
  /** Folds, and what may not happen beside one. */
  const exclusive = createExclusive();

  function started(): Started {
    if (running !== undefined) return running;
    throw new FlowStoreError("FLOW_STORE_NOT_STARTED", "The flow store is not started.");
  }

  async function makeDatabase(): Promise<void> {
    const outside = createStoreClient(() => ({ ...connection(), database: "default" }));
    try {
      await checkServerVersion(outside);
      await outside.command({
        name: "make the database",
        sql: `CREATE DATABASE IF NOT EXISTS ${quoted(database())}`,
        idempotent: true,
      });
    } finally {
      await outside.close();
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
      try {
        const applied = await migrate(client);
        if (applied.length > 0) logger.info({ migrations: applied }, "the flow schema was brought up");
        await dropLeftScratch(client);
        const numbers = await loadNumbers(client);
        const rollup = createRollup({ client, numbers });
        const forgetting = await createForgetting({ client, numbers, rollup });
        const inserter = createFlowInserter({
          client,
          numbers,
          timesForgotten: forgetting.timesForgotten,
          giveUpAfterMs: config.insertGiveUpAfterMs,
          onCount,
        });
        const fold = createFold(
          { client, numbers, settledBatch: inserter.settledBatch },
          { maxRowsPerChunk: config.foldRowsPerChunk },
        );
        running = { client, inserter, fold, rollup, forgetting };
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
    rollup: (request) => exclusive(async () => started().rollup(request)),
    expire: (request) => exclusive(async () => started().forgetting.expire(request)),
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
    queriesWithin: (limits) => createQueries(() => boundedClient(started().client, limits)),
  };
}

function quoted(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}
