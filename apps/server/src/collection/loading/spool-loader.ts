import { setTimeout as sleep } from "node:timers/promises";
import { silentMetrics } from "#telemetry";
import { loadSegment } from "./load-segment.ts";
import { loaderMetrics } from "./loader-metrics.ts";
import type { SpoolLoader, SpoolLoaderDependencies, SpoolLoaderStatus } from "./spool-loader-types.ts";

const INSERTS_AT_ONCE = 2;
const STOP_WITHIN_MS = 3000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** So that the backlog is told truly while nothing can be loaded. */
const SCAN_EVERY_MS = 1000;

/** The failure that loading waits for to pass. */
interface Trouble {
  readonly message: string;
  readonly code: string;
  readonly sinceMs: number;
}

/** `longestPauseMs`: between two attempts while the store does not take what is offered; default 10 s. */
export function createSpoolLoader(
  { spool, flows, logger, metrics = silentMetrics }: SpoolLoaderDependencies,
  { longestPauseMs = LONGEST_PAUSE_MS }: { readonly longestPauseMs?: number } = {},
): SpoolLoader {
  const listeners = new Set<(rows: number) => void>();
  const counters = {
    loadedRows: 0,
    loadedSegments: 0,
    setAsideSegments: 0,
    damagedRows: 0,
    damagedBytes: 0,
    retries: 0,
  };
  /** When each insert under way began. */
  const inFlight = new Set<{ readonly begunAt: number }>();
  let waitingFor: Trouble | null = null;
  let failures = 0;
  let running: { readonly abort: AbortController; readonly done: Promise<unknown> } | undefined;

  async function insert(rows: number, insertRows: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const own = { begunAt: performance.now() };
    inFlight.add(own);
    try {
      await insertRows();
    } finally {
      inFlight.delete(own);
    }
    if (waitingFor !== null) logger.info({ failures }, "the spool is being loaded again");
    waitingFor = null;
    failures = 0;
    counters.loadedRows += rows;
    if (!signal.aborted) for (const listener of listeners) listener(rows);
  }

  async function pause(error: unknown, signal: AbortSignal): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    const { code: given } = error as { code?: unknown };
    const code = typeof given === "string" ? given : "UNKNOWN";
    // Told once when it begins and when it changes; status and metrics tell the rest.
    if (waitingFor?.code !== code)
      logger.warn({ err: error }, "the spool cannot be loaded; it is tried again");
    waitingFor = { message, code, sinceMs: waitingFor?.sinceMs ?? Date.now() };
    counters.retries++;
    const ms = Math.min(longestPauseMs, FIRST_PAUSE_MS * 2 ** Math.min(failures++, 10));
    await rest(ms * (0.75 + Math.random() / 2), signal);
  }

  async function work(signal: AbortSignal): Promise<void> {
    for (;;) {
      const segment = await spool.next(signal);
      if (segment === undefined) return;
      const outcome = await loadSegment(segment, {
        spool,
        flows,
        logger,
        signal,
        onInsert: (rows, insertRows) => insert(rows, insertRows, signal),
        pause: (error) => pause(error, signal),
      });
      if (outcome === "loaded") counters.loadedSegments++;
      if (outcome !== "set_aside") continue;
      counters.setAsideSegments++;
      counters.damagedRows += segment.damage.rows;
      counters.damagedBytes += segment.damage.bytes;
    }
  }

  async function keepScanning(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await rest(SCAN_EVERY_MS, signal);
      if (!signal.aborted) await spool.scan().catch(() => undefined);
    }
  }

  function status(): SpoolLoaderStatus {
    const { segments, bytes, oldestAgeMs } = spool.status();
    const begun = [...inFlight].map(({ begunAt }) => begunAt);
    return {
      running: running !== undefined,
      backlog: { segments, bytes, oldestAgeMs },
      insertsInFlight: inFlight.size,
      longestInsertMs: begun.length === 0 ? 0 : performance.now() - Math.min(...begun),
      ...counters,
      waitingFor,
    };
  }

  loaderMetrics(metrics, status);
  return {
    start() {
      if (running !== undefined) return;
      const abort = new AbortController();
      const workers = Array.from({ length: INSERTS_AT_ONCE }, () => work(abort.signal));
      running = { abort, done: Promise.all([...workers, keepScanning(abort.signal)]) };
    },
    async stop() {
      const stopping = running;
      running = undefined;
      if (stopping === undefined) return;
      stopping.abort.abort();
      // An insert that takes longer is left to itself; its segment stays, and its token keeps it from counting twice.
      const limit = new AbortController();
      await Promise.race([stopping.done, rest(STOP_WITHIN_MS, limit.signal)]);
      limit.abort();
    },
    status,
    onLoaded(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Resolves after the time, or at once when the signal aborts. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
