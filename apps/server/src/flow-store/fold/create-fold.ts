import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError } from "../errors.ts";
import type { StoreNumbers } from "../numbers.ts";
import type { FoldChunk } from "./chunk.ts";
import { findDirtySlices, readExpiredBatch, readWatermark, type DirtySlice } from "./dirty-slices.ts";
import { foldChunk } from "./fold-chunk.ts";
import { planChunks, sliceKey } from "./plan-chunks.ts";
import { purgeSuperseded } from "./purge-superseded.ts";
import { readSliceSizes } from "./slice-sizes.ts";
import { dropStageSql, STAGE_PREFIX, type StageTables } from "./stage-tables.ts";

export interface FoldDependencies {
  readonly client: StoreClient;
  readonly numbers: StoreNumbers;
  /** Highest batch number such that it and all below are in the store or never will be. */
  readonly settledBatch: () => Promise<number>;
  /** Looks at the tables of each chunk before they go: for measuring. */
  readonly onChunk?: (chunk: FoldChunk, tables: StageTables) => Promise<void>;
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
  /** Raw rows in them, one once for each window it touches, and rows written to `aggregates`. */
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly ms: number;
}

export type Fold = (request: FoldRequest) => Promise<FoldResult>;

const ROWS_PER_CHUNK = 2_000_000;
const GROUPING_BYTES = 1024 ** 3;
const PURGE_EVERY_MS = 10 * 60_000;

/**
 * Turns dirty slices into aggregates (ARCHITECTURE: the life of a flow). The caller runs one at a time. Interrupted
 * anywhere it leaves what readers see as it was, and the next call does the rest: what is dirty is worked out from
 * the store alone, and a chunk counts only from its rows in `folds` on.
 */
export function createFold(dependencies: FoldDependencies, settings: FoldSettings = {}): Fold {
  const fitted: Required<FoldSettings> = {
    maxRowsPerChunk: ROWS_PER_CHUNK,
    maxGroupingBytes: GROUPING_BYTES,
    knownPorts: true,
    ...settings,
  };
  let purgedMs = 0;
  return async (request) => {
    const result = await runCycle(dependencies, fitted, request);
    if (Math.abs(request.nowMs - purgedMs) >= PURGE_EVERY_MS) {
      await purgeSuperseded(dependencies.client, request.nowMs);
      purgedMs = request.nowMs;
    }
    return result;
  };
}

async function runCycle(
  dependencies: FoldDependencies,
  settings: Required<FoldSettings>,
  request: FoldRequest,
): Promise<FoldResult> {
  const { client } = dependencies;
  const { signal, networkIds } = request;
  const startedMs = performance.now();
  const batchTo = await dependencies.settledBatch();
  const [watermark, expiredBatch] = await Promise.all([readWatermark(client), readExpiredBatch(client)]);
  const dirty = await findDirtySlices(client, { watermark, batchTo, networkIds, signal });
  const totals = { chunks: 0, slices: 0, rowsRead: 0, rowsWritten: 0 };
  if (dirty.length > 0) {
    await dropLeftovers(client);
    const sizes = await readSliceSizes(client, dirty, { batchTo, signal });
    let chunks = planChunks(dirty, sizes, { maxRows: settings.maxRowsPerChunk, expiredBatch });
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    while (chunks.length > 0) {
      const [chunk, ...rest] = chunks;
      signal?.throwIfAborted();
      try {
        totals.rowsWritten += await foldChunk(dependencies, settings, {
          chunk,
          batchTo,
          nowMs: request.nowMs,
          signal,
        });
      } catch (error) {
        if (!isOutOfMemory(error) || chunk.targets.length === 1) throw error;
        // What did not fit at once may fit in halves; a single slice that does not fit is the caller's to hear of.
        const pieces = planChunks(dirtyIn(chunk, dirty), sizes, {
          maxRows: Math.ceil(chunk.rows / 2),
          expiredBatch,
        });
        if (pieces.length === 1) throw error;
        chunks = [...pieces, ...rest];
        continue;
      }
      chunks = rest;
      totals.chunks++;
      totals.slices += chunk.targets.length;
      totals.rowsRead += chunk.rows;
      const planned = totals.chunks + rest.length;
      request.onProgress?.({ chunksDone: totals.chunks, chunks: planned, rowsDone: totals.rowsRead, rows });
    }
  }
  if (networkIds === undefined && batchTo > watermark) {
    await client.command({
      name: "end of fold cycle",
      sql: `INSERT INTO fold_cycles (batch_to, finished_at) VALUES (${batchTo}, ${Math.floor(request.nowMs / 1000)})`,
      idempotent: true,
    });
  }
  return { cycles: Number(dirty.length > 0), ...totals, ms: performance.now() - startedMs };
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof FlowStoreError && error.code === "FLOW_STORE_OUT_OF_MEMORY";
}

function dirtyIn(chunk: FoldChunk, dirty: readonly DirtySlice[]): DirtySlice[] {
  const inside = new Set(chunk.targets.map(sliceKey));
  return dirty.filter((slice) => inside.has(sliceKey(slice)));
}

async function dropLeftovers(client: StoreClient): Promise<void> {
  const left = await client.rows<{ name: string }>({
    name: "leftovers of folds",
    sql: `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, '${STAGE_PREFIX}')`,
  });
  for (const sql of dropStageSql(left.map(({ name }) => name))) {
    await client.command({ name: "fold: clean up", sql, idempotent: true });
  }
}
