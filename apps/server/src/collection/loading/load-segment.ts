import type { SpoolReader, SpoolSegment } from "#spool";
import type { Logger } from "#telemetry";
import { judgeFailure } from "./judge-failure.ts";
import type { LoadedFlows } from "./spool-loader-types.ts";

export interface LoadingContext {
  readonly spool: SpoolReader;
  readonly flows: LoadedFlows;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Around each insert. */
  readonly onInsert: (rows: number, insert: () => Promise<void>) => Promise<void>;
  /** An attempt failed; resolves when it is time for the next. */
  readonly pause: (error: unknown) => Promise<void>;
}

export type LoadOutcome = "loaded" | "set_aside" | "stopped";

/** A segment that is refused so often for what is in it is set aside. */
const DOUBTS_AT_MOST = 5;

/**
 * Inserts a segment's parts and then, only then, deletes it. Tries for as long as it takes; sets it aside where
 * trying cannot help. Never throws.
 */
export async function loadSegment(segment: SpoolSegment, context: LoadingContext): Promise<LoadOutcome> {
  const { spool, signal } = context;
  const inserted = new Set<number>();
  let doubts = 0;
  while (!signal.aborted) {
    try {
      await insertParts(segment, inserted, context);
      if (signal.aborted) break;
      const { bytes, rows } = segment.damage;
      if (bytes === 0) {
        await spool.release(segment);
        return "loaded";
      }
      await spool.setAside(segment, `${bytes} bytes (${rows} records known) are damaged, the rest is loaded`);
      return "set_aside";
    } catch (error) {
      const verdict = judgeFailure(error);
      if (verdict === "doubtful") doubts++;
      if (verdict === "hopeless" || doubts === DOUBTS_AT_MOST) {
        const done = await setAside(segment, error, context);
        if (done) return "set_aside";
      }
      await context.pause(error);
    }
  }
  spool.giveBack(segment);
  return "stopped";
}

async function insertParts(
  segment: SpoolSegment,
  inserted: Set<number>,
  { flows, signal, onInsert }: LoadingContext,
): Promise<void> {
  for await (const { part, networkId, receivedAtMs, batch } of segment.batches()) {
    if (signal.aborted) return;
    if (inserted.has(part)) continue;
    const target = { networkId, importId: 0, token: `spool.${segment.id}.${part}`, receivedAtMs };
    await onInsert(batch.length, () => flows.insertFlows(batch, target));
    inserted.add(part);
  }
}

async function setAside(
  segment: SpoolSegment,
  error: unknown,
  { spool, logger }: LoadingContext,
): Promise<boolean> {
  try {
    await spool.setAside(segment, error instanceof Error ? error.message : String(error));
    return true;
  } catch (failure) {
    logger.error(
      { err: failure, segment: segment.id },
      "a segment could not be set aside; it is tried again",
    );
    return false;
  }
}
