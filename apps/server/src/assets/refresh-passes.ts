import type { LookBack } from "./observe-host.ts";

const HOUR_MS = 3_600_000;
const WINDOW_MS = 300_000;
/** Passes that hosts seen within one look-back may cost, about: each counts all of it. */
const MOST_PASSES = 4;

/** Hosts that are described with one look-back. */
export interface Pass {
  readonly period: LookBack;
  readonly hosts: ReadonlySet<string>;
}

export interface PassOptions {
  readonly lookBackHours: number;
  /**
   * `look_back`: one pass takes every host whose newest traffic lies in its look-back. `hour`: only those last seen
   * within an hour of the newest, so that each look-back ends with its hosts' own traffic; of all live traffic that
   * is one pass. Where the hosts' times lie far apart the reach grows with that, to some four passes.
   */
  readonly reach: "look_back" | "hour";
}

/** Groups hosts by when they were last seen (ms since 1970, by address); the newest first. Each host is in one pass. */
export function* refreshPasses(
  newestMs: ReadonlyMap<string, number>,
  { lookBackHours, reach }: PassOptions,
): Generator<Pass, void, void> {
  const waiting = [...newestMs].sort(([, a], [, b]) => b - a);
  if (waiting.length === 0) return;
  const lookBackMs = lookBackHours * HOUR_MS;
  const spreadMs = waiting[0][1] - waiting[waiting.length - 1][1];
  const reachMs =
    reach === "look_back" ? lookBackMs : Math.min(lookBackMs, Math.max(HOUR_MS, spreadMs / MOST_PASSES));
  let at = 0;
  while (at < waiting.length) {
    const toMs = (Math.floor(waiting[at][1] / WINDOW_MS) + 1) * WINDOW_MS;
    const hosts = new Set<string>();
    while (at < waiting.length && waiting[at][1] >= toMs - reachMs) hosts.add(waiting[at++][0]);
    yield { period: { fromMs: toMs - lookBackMs, toMs }, hosts };
  }
}
