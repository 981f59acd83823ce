import { Worker } from "node:worker_threads";
import { whole } from "../checked-options.ts";
import { ForestError, stopIfAborted } from "../forest-error.ts";
import type { Job, Order, Piece, Report } from "./jobs.ts";

export interface InWorkers {
  /** Threads beside the caller's, 1 to 256. The result does not depend on how many. */
  readonly workers: number;
  /** Ends the threads at once, whatever they are at. */
  readonly signal?: AbortSignal;
}

export interface WorkerPool {
  /**
   * Has all workers do a job together; `take` gets their trees as they come and answers false when it wants no more.
   * After that no further job can be given.
   */
  run(job: Job, take?: (piece: Piece) => boolean): Promise<void>;
}

const MAX_WORKERS = 256;

/**
 * Starts workers for as long as `use` takes, and ends them whatever happens.
 * @throws ForestError FOREST_ABORTED; FOREST_WORKER_DIED when a thread ends by itself
 */
export async function withWorkers<Result>(
  { workers: count, signal }: InWorkers,
  use: (pool: WorkerPool) => Promise<Result>,
): Promise<Result> {
  whole("workers", count, [1, MAX_WORKERS]);
  stopIfAborted(signal);
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL("forest-worker.ts", import.meta.url), { name: "forest", execArgv: [] }),
  );
  const failure = Promise.withResolvers<never>();
  // It may come when nobody waits for it.
  failure.promise.catch(() => {});
  const abort = (): void => failure.reject(new ForestError("FOREST_ABORTED", "The training was broken off."));
  signal?.addEventListener("abort", abort, { once: true });
  for (const worker of workers) {
    worker.on("error", (cause) => failure.reject(diedOf(cause)));
    worker.on("exit", (code) => failure.reject(diedOf(`it ended with code ${code}`)));
  }
  const pool: WorkerPool = {
    run: (job, take) => Promise.race([askAll(workers, job, take), failure.promise]),
  };
  try {
    return await use(pool);
  } finally {
    signal?.removeEventListener("abort", abort);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function askAll(
  workers: readonly Worker[],
  job: Job,
  take: (piece: Piece) => boolean = () => true,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let busy = workers.length;
  for (const [worker, thread] of workers.entries()) {
    const listen = (report: Report): void => {
      if (report.kind === "done") {
        thread.off("message", listen);
        busy--;
        if (busy === 0) resolve();
        return;
      }
      try {
        if (!take(report)) resolve();
      } catch (error) {
        reject(error);
      }
    };
    thread.on("message", listen);
    const order: Order = { job, worker, workers: workers.length };
    thread.postMessage(order, []);
  }
  await promise;
}

function diedOf(cause: unknown): ForestError {
  const what = cause instanceof Error ? cause.message : String(cause);
  return new ForestError("FOREST_WORKER_DIED", `A worker thread died: ${what}.`, { cause });
}
