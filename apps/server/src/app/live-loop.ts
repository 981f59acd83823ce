import { setTimeout as sleep } from "node:timers/promises";
import type { FlowStore } from "#flow-store";
import type { Network } from "#metadata-store";
import type { Logger, Metrics } from "#telemetry";
import type { Describer } from "./describer.ts";
import { orAborted } from "./or-aborted.ts";

export interface LiveLoopDependencies {
  readonly flows: Pick<FlowStore, "fold">;
  readonly describer: Pick<Describer, "waiting" | "changed">;
  /** Hosts of such a network wait: half an import is not what they are. */
  readonly isImporting: (network: Network) => boolean;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly timings?: Partial<LiveTimings>;
}

export interface LiveTimings {
  /** From the end of one fold to the next, at least; and at least so many times what the last one took. */
  readonly foldEveryMs: number;
  readonly foldShare: number;
  /** From the end of one description of a network to the next, at least; and so many times what the last one took. */
  readonly describeEveryMs: number;
  readonly describeShare: number;
  /** That is no longer than this, unless describing itself takes longer. */
  readonly describeAtLeastEveryMs: number;
  /** After a failure; doubled with each that follows, up to REST_AFTER_FAILURES_MS. */
  readonly retryAfterMs: number;
  /** Folds and looks even if nothing was loaded: an import that was undone leaves work too. */
  readonly lookEveryMs: number;
}

const TIMINGS: LiveTimings = {
  foldEveryMs: 2_000,
  foldShare: 4,
  describeEveryMs: 3_000,
  describeShare: 10,
  describeAtLeastEveryMs: 5 * 60_000,
  retryAfterMs: 2_000,
  lookEveryMs: 30_000,
};
const REST_AFTER_FAILURES_MS = 60_000;
/** No network has this id. */
const FOLDING = 0;
const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export interface LiveLoopStatus {
  readonly folds: number;
  readonly descriptions: number;
  readonly hostsDescribed: number;
  readonly failures: number;
}

export interface LiveLoop {
  start(): void;
  /** Breaks off what is under way; within 3 s. What was not done is done after the next start. */
  stop(): Promise<void>;
  /** Rows were loaded: there is something to fold. */
  loaded(): void;
  status(): LiveLoopStatus;
}

/**
 * Keeps aggregates and hosts up with what comes in: folds a little after rows were loaded, then describes the hosts that
 * changed, often in a small network and seldom in a large one. What it has to do it finds in the stores, so it goes on
 * after a restart where it was.
 */
export function createLiveLoop(dependencies: LiveLoopDependencies): LiveLoop {
  const { flows, describer, isImporting, logger, metrics } = dependencies;
  const timings: LiveTimings = { ...TIMINGS, ...dependencies.timings };
  const foldSeconds = metrics.histogram({
    name: "flowlens_live_fold_seconds",
    help: "Folds of what was received.",
    buckets: SECONDS,
  });
  const describeSeconds = metrics.histogram({
    name: "flowlens_live_describe_seconds",
    help: "Descriptions of the changed hosts of one network.",
    buckets: SECONDS,
  });
  const hostsDescribed = metrics.counter({
    name: "flowlens_live_hosts_described_total",
    help: "Descriptions of hosts because they had new traffic.",
  });
  const failed = metrics.counter({
    name: "flowlens_live_failures_total",
    help: "Folds and descriptions that failed and were tried again.",
  });

  let running: { readonly ending: AbortController; readonly done: Promise<void> } | undefined;
  let wake = Promise.withResolvers<void>();
  let hasRows = true;
  let mustLook = true;
  let nextFoldAt = 0;
  let nextLookAt = 0;
  const nextDescriptionAt = new Map<number, number>();
  let waiting: readonly Network[] = [];
  const failuresOf = new Map<number, number>();
  const status = { folds: 0, descriptions: 0, hostsDescribed: 0, failures: 0 };

  async function fold(signal: AbortSignal): Promise<void> {
    // What is loaded from here on may not be in this fold.
    hasRows = false;
    const begun = performance.now();
    try {
      const { slices } = await flows.fold({ nowMs: Date.now(), signal });
      if (slices > 0) mustLook = true;
      status.folds++;
    } catch (error) {
      hasRows = true;
      throw error;
    }
    const tookMs = performance.now() - begun;
    foldSeconds.observe(tookMs / 1000);
    nextFoldAt = performance.now() + Math.max(timings.foldEveryMs, timings.foldShare * tookMs);
  }

  async function look(): Promise<void> {
    waiting = await describer.waiting();
    mustLook = false;
    nextLookAt = performance.now() + timings.lookEveryMs;
  }

  /** Nothing was loaded for a while. */
  async function goRound(signal: AbortSignal): Promise<void> {
    await fold(signal);
    await look();
  }

  async function describe(network: Network, signal: AbortSignal): Promise<void> {
    const begun = performance.now();
    let hosts: number;
    try {
      // Work that waits in a row for another is not waited for: it begins, if ever, by seeing that it was aborted.
      ({ hosts } = await orAborted(describer.changed(network, signal), signal));
    } catch (error) {
      // The others need not wait for this one.
      if (!signal.aborted)
        nextDescriptionAt.set(network.id, performance.now() + afterFailure(error, network));
      return;
    }
    failuresOf.delete(network.id);
    const tookMs = performance.now() - begun;
    status.descriptions++;
    status.hostsDescribed += hosts;
    hostsDescribed.add(hosts);
    describeSeconds.observe(tookMs / 1000);
    waiting = waiting.filter((one) => one.id !== network.id);
    const restMs = Math.min(
      timings.describeAtLeastEveryMs,
      Math.max(timings.describeEveryMs, timings.describeShare * tookMs),
    );
    nextDescriptionAt.set(network.id, performance.now() + Math.max(restMs, tookMs));
  }

  /** Counts and tells it; how long to wait, ms. `network`: what could not be described. */
  function afterFailure(error: unknown, network?: Network): number {
    const before = failuresOf.get(network?.id ?? FOLDING) ?? 0;
    failuresOf.set(network?.id ?? FOLDING, before + 1);
    status.failures++;
    failed.add(1);
    const afterMs = Math.min(REST_AFTER_FAILURES_MS, timings.retryAfterMs * 2 ** before);
    logger.error(
      { err: error, afterMs, ...(network === undefined ? {} : { network: network.name }) },
      "hosts could not be brought up to date; it will be tried again",
    );
    return afterMs;
  }

  /** The next thing that is due; undefined: nothing is before that time. */
  function due(): ((signal: AbortSignal) => Promise<void>) | number {
    const now = performance.now();
    if (hasRows && nextFoldAt <= now) return fold;
    if (mustLook) return look;
    if (nextLookAt <= now) return goRound;
    let next = Math.min(nextLookAt, hasRows ? nextFoldAt : Infinity);
    for (const network of waiting) {
      const at = isImporting(network) ? now + timings.lookEveryMs : (nextDescriptionAt.get(network.id) ?? 0);
      if (at <= now) return (signal) => describe(network, signal);
      next = Math.min(next, at);
    }
    return next - now;
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const next = due();
        if (typeof next === "number") await rest(next, signal);
        else {
          await next(signal);
          if (next === fold || next === goRound) failuresOf.delete(FOLDING);
        }
      } catch (error) {
        if (signal.aborted) return;
        await sleep(afterFailure(error), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Until something is due or rows are loaded. */
  async function rest(ms: number, signal: AbortSignal): Promise<void> {
    wake = Promise.withResolvers();
    const waking = new AbortController();
    const stop = AbortSignal.any([signal, waking.signal]);
    const slept = sleep(Math.max(1, ms), undefined, { signal: stop }).catch(() => undefined);
    if (!hasRows) await Promise.race([slept, wake.promise]);
    else await slept;
    waking.abort();
  }

  return {
    start() {
      if (running !== undefined) return;
      const ending = new AbortController();
      hasRows = true;
      mustLook = true;
      nextFoldAt = 0;
      running = { ending, done: run(ending.signal) };
    },
    async stop() {
      const stopping = running;
      running = undefined;
      stopping?.ending.abort();
      await stopping?.done;
    },
    loaded() {
      hasRows = true;
      wake.resolve();
    },
    status: () => ({ ...status }),
  };
}
