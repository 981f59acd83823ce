/** How patient the engines' watchers are. All in milliseconds but the last. */
export type EngineTimings = {
  /** For a child of ours to answer. */
  readonly startLimitMs: number;
  /** For a server that somebody else runs, which may come up later than we do. */
  readonly givenStartLimitMs: number;
  /** For a child to end cleanly before it is killed. */
  readonly stopLimitMs: number;
  readonly heartbeatIntervalMs: number;
  /** Silence after which a child is killed and a given server is called down. */
  readonly silenceLimitMs: number;
  readonly firstBackOffMs: number;
  readonly maxBackOffMs: number;
  /** A child that lived longer than this was not a quick failure. */
  readonly settledAfterMs: number;
  /** So many quick failures in a row and we give up. */
  readonly maxQuickFailures: number;
};

export const DEFAULT_TIMINGS: EngineTimings = {
  startLimitMs: 60_000,
  givenStartLimitMs: 30_000,
  stopLimitMs: 4_500,
  heartbeatIntervalMs: 2_000,
  silenceLimitMs: 10_000,
  firstBackOffMs: 200,
  maxBackOffMs: 10_000,
  settledAfterMs: 60_000,
  maxQuickFailures: 6,
};
