import type { StoreClient } from "../client/store-client.ts";
import { createDeletions, type Deletions } from "../forgetting/deletions.ts";
import type { StoreNumbers } from "../numbers.ts";
import { findDirtyHours } from "./dirty-hours.ts";
import { batchSize } from "./hour-batches.ts";
import { purgeDeadHours, purgeSupersededHours } from "./purge-rollups.ts";
import { insertHours, switchHours } from "./roll-hours.ts";

export interface RollupDependencies {
  readonly client: StoreClient;
  readonly numbers: StoreNumbers;
}

export interface RollupSettings {
  /** Rows written by one statement, about, a single hour apart. Default 2,000,000: some 1 GB in the store. */
  readonly maxRowsPerStatement?: number;
  /** What is superseded stays for readers under way. Default 600,000. */
  readonly readersMs?: number;
}

export interface RollupRequest {
  /** The time, ms since 1970. */
  readonly nowMs: number;
  /** Also hours that are not over: their aggregates are about to expire. Default false. */
  readonly openHoursToo?: boolean;
  readonly signal?: AbortSignal;
}

export interface RollupResult {
  readonly hours: number;
  readonly rowsWritten: number;
  readonly ms: number;
}

export type Rollup = (request: RollupRequest) => Promise<RollupResult>;

const ROWS_PER_STATEMENT = 2_000_000;
const READERS_MS = 10 * 60_000;
/** Records come up to an active timeout after their traffic; an hour that ended so long ago is hardly rolled twice. */
const CLOSED_AFTER_MS = 15 * 60_000;

/**
 * Rolls aggregates up to hours, one run at a time, not beside the forgetting of a network or an expiry. It may run
 * beside a fold: a fold that ends meanwhile makes its hours dirty again. Interrupted anywhere it leaves what readers
 * see as it was, and the next run does the rest: what is dirty is worked out from the store alone.
 */
export function createRollup({ client, numbers }: RollupDependencies, settings: RollupSettings = {}): Rollup {
  const { maxRowsPerStatement = ROWS_PER_STATEMENT, readersMs = READERS_MS } = settings;
  const deletions = createDeletions(client);
  const marks = createReaderMarks(readersMs);
  let mayHoldDead = true;

  return async ({ nowMs, openHoursToo = false, signal }) => {
    const begun = performance.now();
    const elapsedMs = (): number => performance.now() - begun;
    if (mayHoldDead) await purgeDeadHours(client, deletions, numbers.lastRollup);
    mayHoldDead = true;
    const { finished } = await client.row<{ finished: number }>({
      name: "newest fold",
      sql: "SELECT max(fold) AS finished FROM folds",
    });
    let hours = await findDirtyHours(client, {
      foldTo: finished,
      endBy: openHoursToo ? Number.MAX_SAFE_INTEGER : (nowMs - CLOSED_AFTER_MS) / 1000,
      signal,
    });
    const totals = { hours: hours.length, rowsWritten: 0 };
    let rowsPerHour = maxRowsPerStatement;
    while (hours.length > 0) {
      signal?.throwIfAborted();
      const size = batchSize(hours, { rowsPerHour, maxRows: maxRowsPerStatement });
      const batch = { hours: hours.slice(0, size), rollup: numbers.nextRollup() };
      const rolledAt = Math.floor((nowMs + elapsedMs()) / 1000);
      const rows = await insertHours(client, batch, { finishedFold: finished, rolledAt, signal });
      await switchHours(client, [batch], rolledAt);
      totals.rowsWritten += rows;
      rowsPerHour = rows / size;
      hours = hours.slice(size);
    }
    mayHoldDead = false;
    await purgeOld(client, deletions, { marks, newest: numbers.lastRollup });
    return { ...totals, ms: elapsedMs() };
  };
}

interface ReaderMarks {
  /** Readers that begin from now on see this roll-up. */
  push(newest: number): void;
  /** The newest roll-up that every reader still at work has seen. */
  seenByAll(): number;
}

function createReaderMarks(readersMs: number): ReaderMarks {
  let marks: { readonly sinceMs: number; readonly newest: number }[] = [];
  return {
    push: (newest) => void marks.push({ sinceMs: performance.now(), newest }),
    seenByAll() {
      const old = marks.findLastIndex(({ sinceMs }) => performance.now() - sinceMs >= readersMs);
      if (old > 0) marks = marks.slice(old);
      return old < 0 ? 0 : marks[0].newest;
    },
  };
}

async function purgeOld(
  client: StoreClient,
  deletions: Deletions,
  { marks, newest }: { readonly marks: ReaderMarks; readonly newest: number },
): Promise<void> {
  marks.push(newest);
  const rollupTo = marks.seenByAll();
  if (rollupTo > 0) await purgeSupersededHours(client, deletions, rollupTo);
}
