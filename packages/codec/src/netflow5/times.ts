/** The uptime clock counts milliseconds in 32 bits: it starts again every 49.7 days. */
const UPTIME_WRAP_MS = 2 ** 32;

/**
 * A first, last or header uptime that lies on the other side of the wrap is believed when the distance is at
 * most this: active timeouts are minutes to an hour, a random 32-bit value is farther in 98 of 100 cases.
 */
const MAX_ACROSS_WRAP_MS = 86_400_000;

/** Old softflowd sends this for a flow older than its own start. */
const FIRST_NOT_KNOWN = 0xffffffff;

/** Absolute times of one record; `clamped` when what the record said was impossible. Reused. */
export interface FlowTimes {
  startMs: number;
  endMs: number;
  clamped: boolean;
}

/**
 * First and last uptime of a record to ms since 1970. `last` a little after the header's uptime is kept (exporters
 * stamp the header early); an impossible last becomes the time of export, an impossible first becomes the last.
 */
export function resolveTimes(
  exportMs: number,
  sysUptimeMs: number,
  first: number,
  last: number,
  into: FlowTimes,
): void {
  into.clamped = false;
  let endMs = exportMs - (sysUptimeMs - last);
  if (last > sysUptimeMs) {
    const ahead = last - sysUptimeMs;
    if (UPTIME_WRAP_MS - ahead <= MAX_ACROSS_WRAP_MS) endMs = exportMs - (UPTIME_WRAP_MS - ahead);
    else if (ahead > MAX_ACROSS_WRAP_MS) {
      into.startMs = exportMs;
      into.endMs = exportMs;
      into.clamped = true;
      return;
    }
  }
  let durationMs = last - first;
  if (first === FIRST_NOT_KNOWN || durationMs < 0) {
    const wrapped = durationMs + UPTIME_WRAP_MS;
    if (first !== FIRST_NOT_KNOWN && wrapped <= MAX_ACROSS_WRAP_MS) durationMs = wrapped;
    else {
      durationMs = 0;
      into.clamped = true;
    }
  }
  into.startMs = endMs - durationMs;
  into.endMs = endMs;
}
