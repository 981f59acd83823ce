/** Events a second over the last minute, without keeping the events. */
export interface Rate {
  /** The counter stands at `total` at that time. Call it every few seconds. */
  note(nowMs: number, total: number): void;
  /** Between the oldest note of the last minute and now. */
  perSecond(nowMs: number, total: number): number;
}

const MINUTE_MS = 60_000;
const NOTES = 13;
/** Below this a rate would be made of one packet. */
const LEAST_MS = 1_000;

export function createRate(): Rate {
  const times = new Float64Array(NOTES);
  const totals = new Float64Array(NOTES);
  let noted = 0;

  return {
    note(nowMs, total) {
      times[noted % NOTES] = nowMs;
      totals[noted % NOTES] = total;
      noted++;
    },
    perSecond(nowMs, total) {
      for (let i = Math.max(0, noted - NOTES); i < noted; i++) {
        const ageMs = nowMs - times[i % NOTES];
        if (ageMs > MINUTE_MS) continue;
        return (total - totals[i % NOTES]) / (Math.max(LEAST_MS, ageMs) / 1000);
      }
      return 0;
    },
  };
}
