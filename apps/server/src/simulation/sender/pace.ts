import { setTimeout as sleep } from "node:timers/promises";

/** One datagram and when it is due, 0–1 of its step. */
export interface Due {
  readonly exporter: number;
  readonly datagram: Uint8Array;
  readonly at: number;
}

/** With 2,304 bytes of buffer a datagram, a sixth of the smallest receive buffer that Linux gives by default. */
const BURST_DATAGRAMS = 16;
const LEAST_PAUSE_MS = 1;

/** The datagrams of several exporters in one step, each exporter's evenly over it, in order of time. */
export function spread(byExporter: readonly (readonly Uint8Array[])[]): Due[] {
  const due = byExporter.flatMap((datagrams, exporter) =>
    datagrams.map((datagram, i) => ({ exporter, datagram, at: (i + 0.5) / datagrams.length })),
  );
  return due.sort((a, b) => a.at - b.at);
}

export interface PaceOptions {
  /** Real time at which the step begins and how long it is, ms. */
  readonly fromMs: number;
  readonly lastsMs: number;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly send: (due: Due) => Promise<void>;
}

/**
 * Sends what is due when it is due, at most a burst at a time with at least a timer's tick between two bursts: who is
 * late catches up without flooding anybody's receive buffer. Once aborted, the rest of the step follows at that pace,
 * so that what was counted has been sent.
 */
export async function pace(due: readonly Due[], options: PaceOptions): Promise<void> {
  const { fromMs, lastsMs, signal, nowMs, send } = options;
  let next = 0;
  while (next < due.length) {
    const waitMs = signal.aborted ? 0 : fromMs + due[next].at * lastsMs - nowMs();
    if (waitMs > LEAST_PAUSE_MS) await tick(waitMs, signal);
    else await sleep(LEAST_PAUSE_MS);
    const until = signal.aborted ? Infinity : nowMs();
    const burst: Promise<void>[] = [];
    while (next < due.length && burst.length < BURST_DATAGRAMS && fromMs + due[next].at * lastsMs <= until) {
      burst.push(send(due[next++]));
    }
    await Promise.all(burst);
  }
}

/** Waits; an abort ends the wait. */
export async function tick(waitMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(waitMs, undefined, { signal });
  } catch {
    // Aborted: the caller looks at the signal.
  }
}
