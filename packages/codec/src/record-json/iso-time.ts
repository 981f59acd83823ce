/** ISO 8601 in UTC with milliseconds; times beyond what a Date holds (year 275760) become the last or first it does hold. */
export function isoTime(timeMs: number): string {
  const limit = 8.64e15;
  return new Date(Math.max(-limit, Math.min(limit, Math.floor(timeMs)))).toISOString();
}
