import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { FlowBatch } from "@flowlens/flow";
import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError, type FlowStoreErrorCode } from "../errors.ts";
import type { StoreNumbers } from "../numbers.ts";
import { encodedBytes, encodeFlows, ENCODED_COLUMNS } from "./encode-flows.ts";

/**
 * Rows of one INSERT. ClickHouse makes one part of so many, so an insert is there wholly or not at all; more
 * than a million may be torn by a kill. A constant, since the tokens of a batch that is cut count its pieces.
 */
export const ROWS_PER_INSERT = 250_000;

export interface InsertTarget {
  readonly networkId: number;
  /** 0 for live traffic. */
  readonly importId: number;
  /**
   * Names the batch's content: a second batch with the token of one that is in the store is not inserted. A
   * replay must bring the same rows in the same order. After `forgetImport` an import's tokens count anew.
   */
  readonly token: string;
  /** When it was received, ms since 1970. A replay must give the same, since a token counts within its day (UTC). */
  readonly receivedAtMs: number;
}

export interface FlowInserter {
  /**
   * Stores the rows of the batch. They have been taken from it when this returns its promise: the caller may
   * fill it again at once. Retries for `giveUpAfterMs`, then throws the last `FlowStoreError`; whether the rows
   * are there is unknown then, and the same token may be inserted again.
   */
  insertFlows(batch: FlowBatch, target: InsertTarget): Promise<void>;
  /** The highest batch number such that it and all below are in the store or will never be. */
  settledBatch(): Promise<number>;
  readonly counters: Readonly<Record<InserterCounter, number>>;
}

export type InserterCounter = "rows" | "inserts" | "retries" | "failures" | "clampedValues" | "bytes";

export interface FlowInserterDependencies {
  readonly client: StoreClient;
  readonly numbers: StoreNumbers;
  /** How often the import's rows have been deleted. */
  readonly timesForgotten: (importId: number) => number;
  /** An insert is retried for so long. */
  readonly giveUpAfterMs: number;
  /** Told of everything that `counters` counts. */
  readonly onCount?: (counter: InserterCounter, amount: number) => void;
}

const RETRIED: ReadonlySet<FlowStoreErrorCode> = new Set([
  "FLOW_STORE_UNREACHABLE",
  "FLOW_STORE_TIMEOUT",
  "FLOW_STORE_OVERLOADED",
  "FLOW_STORE_OUT_OF_MEMORY",
]);

const BUFFERS_KEPT = 2;
/** A request that reached the server's socket is among its running queries by then. */
const DOUBT_LASTS_MS = 2000;
const SQL = `INSERT INTO flows (${ENCODED_COLUMNS.join(", ")}) FORMAT Native`;

export function createFlowInserter(dependencies: FlowInserterDependencies): FlowInserter {
  const { client, numbers } = dependencies;
  const queryPrefix = `flowlens-insert-${randomUUID()}`;
  const inFlight = new Set<number>();
  /** Given up, but the server may still be at it: its rows could appear below the settled number. By time of giving up. */
  const doubtful = new Map<number, number>();
  const spare: Uint8Array[] = [];
  const counters: Record<InserterCounter, number> = {
    rows: 0,
    inserts: 0,
    retries: 0,
    failures: 0,
    clampedValues: 0,
    bytes: 0,
  };

  function add(counter: InserterCounter, amount: number): void {
    counters[counter] += amount;
    dependencies.onCount?.(counter, amount);
  }

  function takeBuffer(bytes: number): Uint8Array {
    const i = spare.findIndex((buffer) => buffer.length >= bytes);
    if (i >= 0) return spare.splice(i, 1)[0];
    // A power of two, so that batches of slightly different length share it.
    return Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(bytes)));
  }

  function giveBack(buffer: Uint8Array): void {
    spare.push(buffer);
    spare.sort((a, b) => b.length - a.length);
    spare.length = Math.min(spare.length, BUFFERS_KEPT);
  }

  async function send(batch: number, body: Uint8Array, token: string): Promise<void> {
    const giveUpAt = performance.now() + dependencies.giveUpAfterMs;
    for (let attempt = 1; ; attempt++) {
      try {
        await client.insert({
          name: "insert flows",
          sql: SQL,
          body,
          queryId: `${queryPrefix}-${batch}-${attempt}`,
          settings: { insert_deduplicate: 1, insert_deduplication_token: token, async_insert: 0 },
        });
        return;
      } catch (error) {
        const pauseMs = Math.min(5000, 100 * 2 ** attempt) * (0.75 + Math.random() / 2);
        const retried = error instanceof FlowStoreError && RETRIED.has(error.code);
        if (!retried || performance.now() + pauseMs > giveUpAt) throw error;
        add("retries", 1);
        await sleep(pauseMs);
      }
    }
  }

  async function insertPiece(piece: {
    batch: number;
    body: Uint8Array;
    token: string;
    rows: number;
    buffer: Uint8Array;
  }): Promise<void> {
    try {
      await send(piece.batch, piece.body, piece.token);
      add("rows", piece.rows);
      add("inserts", 1);
      add("bytes", piece.body.length);
    } catch (error) {
      add("failures", 1);
      doubtful.set(piece.batch, performance.now());
      throw error;
    } finally {
      inFlight.delete(piece.batch);
      giveBack(piece.buffer);
    }
  }

  async function clearDoubts(): Promise<void> {
    const longAgo = performance.now() - DOUBT_LASTS_MS;
    const asked = [...doubtful].filter(([, since]) => since <= longAgo).map(([batch]) => batch);
    if (asked.length === 0) return;
    const running = await client.rows<{ query_id: string }>({
      name: "running inserts",
      sql: "SELECT query_id FROM system.processes WHERE startsWith(query_id, {prefix:String})",
      params: { prefix: queryPrefix },
    });
    const batches = new Set(
      running.map((row) => Number(row.query_id.slice(queryPrefix.length + 1).split("-")[0])),
    );
    for (const batch of asked) if (!batches.has(batch)) doubtful.delete(batch);
  }

  return {
    counters,
    async insertFlows(batch, target) {
      const generation = target.importId === 0 ? 0 : dependencies.timesForgotten(target.importId);
      const pieces = [];
      for (let from = 0; from < batch.length; from += ROWS_PER_INSERT) {
        const to = Math.min(batch.length, from + ROWS_PER_INSERT);
        const buffer = takeBuffer(encodedBytes(to - from));
        const number = numbers.nextBatch();
        inFlight.add(number);
        const head = { ...target, batch: number };
        const { body, clampedValues } = encodeFlows(batch, { from, to, head }, buffer);
        add("clampedValues", clampedValues);
        const token = `${target.importId}.${generation}:${target.token}#${from / ROWS_PER_INSERT}`;
        pieces.push({ batch: number, body, token, rows: to - from, buffer });
      }
      const ends = await Promise.allSettled(pieces.map(insertPiece));
      const failed = ends.find((end) => end.status === "rejected");
      if (failed !== undefined) throw failed.reason;
    },
    async settledBatch() {
      const candidates = numbers.lastBatch;
      await clearDoubts();
      let settled = Math.min(candidates, numbers.lastBatch);
      for (const batch of inFlight) settled = Math.min(settled, batch - 1);
      for (const batch of doubtful.keys()) settled = Math.min(settled, batch - 1);
      return settled;
    },
  };
}
