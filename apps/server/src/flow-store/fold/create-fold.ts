import type { ClickHouseSettings } from "@clickhouse/client";
import type { StoreClient } from "../client/store-client.ts";
import type { StoreNumbers } from "../numbers.ts";
import type { FoldChunk } from "./chunk.ts";
import { findDirtySlices, readExpiredBatch, readWatermark } from "./dirty-slices.ts";
import { insertVerdicts, insertWitnesses } from "./orientation/witness-score.ts";
import { planChunks } from "./plan-chunks.ts";
import { readSliceSizes } from "./slice-sizes.ts";
import { insertAggregates } from "./sql/aggregates.ts";
import { insertFolds, insertServedEndpoints, insertTargets } from "./sql/bookkeeping.ts";
import { insertConversationRows, insertScoredRows } from "./sql/conversation-rows.ts";
import { insertCombined, insertCombinedTuples, insertSeveralRows, insertUnplainTuples } from "./sql/several-rows.ts";
import { createStageSql, dropStageSql, STAGE_PREFIX, stageTables, type StageTables } from "./stage-tables.ts";

export interface FoldDependencies {
  readonly client: StoreClient;
  readonly numbers: StoreNumbers;
  /** Highest batch number such that it and all below are in the store or never will be. */
  readonly settledBatch: () => Promise<number>;
}

export interface FoldSettings {
  /** Raw rows of one chunk, about. Memory grows with it: some 250 bytes a row. Default 2,000,000. */
  readonly maxRowsPerChunk?: number;
  /** A grouping that takes more goes to disk. Default 1 GiB. */
  readonly maxGroupingBytes?: number;
  /** False: orientation without the table of known ports, for measuring. Default true. */
  readonly knownPorts?: boolean;
}

export interface FoldRequest {
  /** The time, ms since 1970: when the fold counts as made. */
  readonly nowMs: number;
  /** Only these networks; the watermark stays, since others may be dirty. */
  readonly networkIds?: readonly number[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FoldProgress) => void;
}

export interface FoldProgress {
  readonly chunksDone: number;
  readonly chunks: number;
  readonly rowsDone: number;
  readonly rows: number;
}

export interface FoldResult {
  /** 1 when something was dirty, else 0. */
  readonly cycles: number;
  readonly chunks: number;
  /** Slices of windows that were folded. */
  readonly slices: number;
  /** Raw rows in them, and rows written to `aggregates`. */
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly ms: number;
}

export type Fold = (request: FoldRequest) => Promise<FoldResult>;

/** What an orientation benchmark looks at between the fold's last step and its cleaning up. */
export type ChunkWitness = (chunk: FoldChunk, tables: StageTables) => Promise<void>;

const DAY_MS = 86_400_000;
const ROWS_WORTH_COMPILING = 300_000;
/** Endpoints seen to serve within so long count for the orientation. */
const MEMORY_SECONDS = 7 * 86_400;

/**
 * Turns dirty slices into aggregates (ARCHITECTURE: the life of a flow). The caller runs one
 * at a time. Interrupted anywhere it leaves what readers see as it was, and the next call does the rest:
 * what is dirty is worked out from the store alone, and a chunk counts only from its rows in `folds` on.
 */
export function createFold(dependencies: FoldDependencies, settings: FoldSettings = {}, onChunk?: ChunkWitness): Fold {
  return (request) => runCycle(dependencies, settings, request, onChunk);
}

async function runCycle(dependencies: FoldDependencies, settings: FoldSettings, request: FoldRequest, onChunk: ChunkWitness | undefined): Promise<FoldResult> {
  const { client } = dependencies;
  const startedMs = performance.now();
  const signal = request.signal;
  const batchTo = await dependencies.settledBatch();
  const [watermark, expiredBatch] = await Promise.all([readWatermark(client), readExpiredBatch(client)]);
  const dirty = await findDirtySlices(client, { watermark, batchTo, networkIds: request.networkIds, signal });
  const totals = { slices: 0, rowsRead: 0, rowsWritten: 0 };
  let chunks: FoldChunk[] = [];
  if (dirty.length > 0) {
    await dropLeftovers(client);
    const sizes = await readSliceSizes(client, dirty, { batchTo, signal });
    chunks = planChunks(dirty, sizes, { maxRows: settings.maxRowsPerChunk ?? 2_000_000, expiredBatch });
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    for (const [i, chunk] of chunks.entries()) {
      signal?.throwIfAborted();
      totals.rowsWritten += await foldChunk(dependencies, settings, { chunk, batchTo, request, onChunk });
      totals.slices += chunk.targets.length;
      totals.rowsRead += chunk.rows;
      request.onProgress?.({ chunksDone: i + 1, chunks: chunks.length, rowsDone: totals.rowsRead, rows });
    }
  }
  if (request.networkIds === undefined && batchTo > watermark) {
    await client.command({
      name: "end of fold cycle",
      sql: `INSERT INTO fold_cycles (batch_to, finished_at) VALUES (${batchTo}, ${Math.floor(request.nowMs / 1000)})`,
      idempotent: true,
    });
  }
  return { cycles: dirty.length > 0 ? 1 : 0, chunks: chunks.length, ...totals, ms: performance.now() - startedMs };
}

interface ChunkRun {
  readonly chunk: FoldChunk;
  readonly batchTo: number;
  readonly request: FoldRequest;
  readonly onChunk: ChunkWitness | undefined;
}

/** Rows written to `aggregates`. */
async function foldChunk(dependencies: FoldDependencies, settings: FoldSettings, run: ChunkRun): Promise<number> {
  const { client, numbers } = dependencies;
  const { chunk, batchTo, request } = run;
  const fold = numbers.nextFold();
  const tables = stageTables(fold);
  const foldedOn = new Date(Math.floor(request.nowMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
  const knownPorts = settings.knownPorts ?? true;
  const fromWindow = Math.min(...chunk.spans.map((span) => span.fromWindow));
  const toWindow = Math.max(...chunk.spans.map((span) => span.toWindow));
  const clickhouse: ClickHouseSettings = {
    // Compiling takes half a second a fold: won back from some hundred thousand rows on, and then at first use.
    compile_aggregate_expressions: chunk.rows >= ROWS_WORTH_COMPILING ? 1 : 0,
    min_count_to_compile_aggregate_expression: "0",
    max_bytes_before_external_group_by: String(settings.maxGroupingBytes ?? 1024 ** 3),
    max_query_size: String(16 * 1024 ** 2),
  };
  const step = (name: string, sql: string) =>
    client.command({ name: `fold: ${name}`, sql, settings: clickhouse, ...(request.signal === undefined ? {} : { signal: request.signal }) });
  try {
    for (const sql of createStageSql(tables)) await step("stage", sql);
    await step("targets", insertTargets(tables, chunk.targets));
    await step("conversations", insertConversationRows({ chunk, tables, batchTo, knownPorts }));
    await step("scores", insertScoredRows({ chunk, tables, batchTo, knownPorts }));
    await step("let go", `TRUNCATE TABLE ${tables.grouped}`);
    const several = await step("several rows", insertSeveralRows({ chunk, tables, knownPorts }));
    if (several.writtenRows > 0) {
      await step("combined", insertCombined({ chunk, tables, knownPorts }));
      await step("combined scores", insertCombinedTuples({ chunk, tables, knownPorts }));
    }
    const unplain = await step("unplain", insertUnplainTuples({ tables }));
    if (several.writtenRows + unplain.writtenRows > 0) {
      const memory = { fromHour: Math.max(0, fromWindow - MEMORY_SECONDS), toHour: toWindow };
      await step("witnesses", insertWitnesses({ tables, memory }));
      await step("verdicts", insertVerdicts({ tables }));
    }
    const { writtenRows } = await step("aggregates", insertAggregates({ chunk, tables, fold, foldedOn }));
    await step("served endpoints", insertServedEndpoints(tables, fromWindow, toWindow, foldedOn));
    await step("switch", insertFolds({ tables, fold, batchTo, foldedAt: Math.floor(request.nowMs / 1000) }));
    await run.onChunk?.(chunk, tables);
    return writtenRows;
  } finally {
    // The connection may be what failed; the next fold drops what this leaves.
    for (const sql of dropStageSql(Object.values(tables))) await client.command({ name: "fold: clean up", sql, idempotent: true }).catch(() => undefined);
  }
}

async function dropLeftovers(client: StoreClient): Promise<void> {
  const left = await client.rows<{ name: string }>({
    name: "leftovers of folds",
    sql: `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, '${STAGE_PREFIX}')`,
  });
  for (const sql of dropStageSql(left.map(({ name }) => name))) await client.command({ name: "fold: clean up", sql, idempotent: true });
}
