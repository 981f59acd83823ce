const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * Midnight, on the clock of `timeZone`, at which the newest Monday to Friday began that is over at `nowMs`; ms since
 * 1970. Throws a RangeError on an unknown time zone.
 */
export function newestFullWeekday(nowMs: number, timeZone: string): number {
  const today = civilDate(nowMs, timeZone);
  for (let daysAgo = 1; ; daysAgo++) {
    const day = new Date(today - daysAgo * DAY_MS);
    if (day.getUTCDay() !== 0 && day.getUTCDay() !== 6) return midnightOf(day.getTime(), timeZone);
  }
}

/** Midnight, on the clock of `timeZone`, of the day that it is at `atMs`. Throws a RangeError on an unknown time zone. */
export function startOfDay(atMs: number, timeZone: string): number {
  return midnightOf(civilDate(atMs, timeZone), timeZone);
}

/** The date on the zone's clock, as the UTC midnight of a day of that name. */
function civilDate(atMs: number, timeZone: string): number {
  const { year, month, day } = clockOf(atMs, timeZone);
  return Date.UTC(year, month - 1, day);
}

/** The instant at which the zone's clock shows that date's 00:00, or the first that it shows (clocks put forward). */
function midnightOf(date: number, timeZone: string): number {
  // Zones lie within 14 hours of UTC.
  let at = date - 14 * HOUR_MS;
  while (civilDate(at, timeZone) < date) at += HOUR_MS;
  // Zones of half and quarter hours.
  while (civilDate(at - HOUR_MS / 4, timeZone) === date) at -= HOUR_MS / 4;
  return at;
}

function clockOf(atMs: number, timeZone: string): { year: number; month: number; day: number } {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
  }).formatToParts(atMs);
  const number = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return { year: number("year"), month: number("month"), day: number("day") };
}
