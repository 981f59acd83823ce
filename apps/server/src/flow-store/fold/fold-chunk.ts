import type { ClickHouseSettings } from "@clickhouse/client";
import type { FoldChunk } from "./chunk.ts";
import type { FoldDependencies, FoldSettings } from "./create-fold.ts";
import { insertVerdicts, insertWitnesses } from "./orientation/witness-score.ts";
import { insertAggregates } from "./sql/aggregates.ts";
import { insertFolds, insertServedEndpoints, insertTargets } from "./sql/bookkeeping.ts";
import { insertConversationRows, insertScoredRows } from "./sql/conversation-rows.ts";
import {
  insertCombined,
  insertCombinedTuples,
  insertSeveralRows,
  insertUnplainTuples,
} from "./sql/several-rows.ts";
import { createStageSql, dropStageSql, stageTables } from "./stage-tables.ts";

export interface ChunkRun {
  readonly chunk: FoldChunk;
  readonly batchTo: number;
  readonly nowMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Endpoints seen to serve within so long count for the orientation. */
const MEMORY_SECONDS = 7 * 86_400;
/** Compiling takes half a second a fold, won back from some hundred thousand rows on. */
const ROWS_WORTH_COMPILING = 300_000;

/**
 * Folds one chunk under a number of its own and switches its slices over to it; rows written to `aggregates`.
 * What fails before the switch is never seen: its aggregates belong to no fold.
 */
export async function foldChunk(
  dependencies: FoldDependencies,
  settings: Required<FoldSettings>,
  run: ChunkRun,
): Promise<number> {
  const { client, numbers } = dependencies;
  const { chunk, batchTo, nowMs, signal } = run;
  const fold = numbers.nextFold();
  const tables = stageTables(fold);
  const foldedOn = new Date(nowMs).toISOString().slice(0, 10);
  const rowsOptions = { chunk, tables, knownPorts: settings.knownPorts };
  const fromWindow = Math.min(...chunk.spans.map((span) => span.fromWindow));
  const toWindow = Math.max(...chunk.spans.map((span) => span.toWindow));
  const clickhouse: ClickHouseSettings = {
    compile_aggregate_expressions: chunk.rows >= ROWS_WORTH_COMPILING ? 1 : 0,
    min_count_to_compile_aggregate_expression: "0",
    max_bytes_before_external_group_by: String(settings.maxGroupingBytes),
    max_query_size: String(16 * 1024 ** 2),
  };
  const step = async (name: string, sql: string): Promise<number> => {
    const statement = { name: `fold: ${name}`, sql, settings: clickhouse };
    const { writtenRows } = await client.command(signal === undefined ? statement : { ...statement, signal });
    return writtenRows;
  };
  try {
    for (const sql of createStageSql(tables)) await step("stage", sql);
    await step("targets", insertTargets(tables, chunk.targets));
    await step("conversations", insertConversationRows({ chunk, tables, batchTo, part: "targets" }));
    if (chunk.hasRowsBefore) {
      await step("conversations before", insertConversationRows({ chunk, tables, batchTo, part: "before" }));
    }
    await step("scores", insertScoredRows(rowsOptions));
    await step("let go", `TRUNCATE TABLE ${tables.grouped}`);
    let open = await step("several rows", insertSeveralRows(rowsOptions));
    if (open > 0) {
      await step("combined", insertCombined(rowsOptions));
      await step("combined scores", insertCombinedTuples(rowsOptions));
    }
    open += await step("unplain", insertUnplainTuples(rowsOptions));
    if (open > 0) {
      const memory = { fromHour: Math.max(0, fromWindow - MEMORY_SECONDS), toHour: toWindow };
      await step("witnesses", insertWitnesses({ tables, memory }));
      await step("verdicts", insertVerdicts({ tables }));
    }
    const written = await step("aggregates", insertAggregates({ chunk, tables, fold, foldedOn }));
    await step("served endpoints", insertServedEndpoints({ tables, fromWindow, toWindow, foldedOn }));
    await step("switch", insertFolds({ tables, fold, batchTo, foldedAt: Math.floor(nowMs / 1000) }));
    await dependencies.onChunk?.(chunk, tables);
    return written;
  } finally {
    // The connection may be what failed; the next fold drops what this leaves.
    for (const sql of dropStageSql(Object.values(tables))) {
      await client.command({ name: "fold: clean up", sql, idempotent: true }).catch(() => undefined);
    }
  }
}
