const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEKEND = new Set(["Sat", "Sun"]);

/** Midnight at which the newest day from Monday to Friday that is over began, on the clock of an IANA time zone. */
export function newestWeekday(nowMs: number, timeZone: string): number {
  // Twelve hours from midnight lie in the day before or after, whatever the clocks did in the night.
  let at = midnight(midnight(nowMs, timeZone) - DAY_MS / 2, timeZone);
  while (WEEKEND.has(partsOf(at, timeZone).weekday)) at = midnight(at - DAY_MS / 2, timeZone);
  return at;
}

/** The midnight after a midnight. */
export function nextMidnight(midnightMs: number, timeZone: string): number {
  return midnight(midnightMs + 1.5 * DAY_MS, timeZone);
}

function midnight(ms: number, timeZone: string): number {
  return ms - millisecondsOfDay(ms, timeZone);
}

/** By its clock: on a day of 23 or 25 hours not quite what has passed of it, but right at night. */
function millisecondsOfDay(ms: number, timeZone: string): number {
  const { hour, minute, second } = partsOf(ms, timeZone);
  const guess = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second) * 1000 + (ms % 1000);
  const shown = partsOf(ms - guess, timeZone);
  // The clocks were put forward or back in between.
  const offHours = Number(shown.hour);
  return offHours === 0 ? guess : guess + (offHours > 12 ? offHours - 24 : offHours) * HOUR_MS;
}

function partsOf(ms: number, timeZone: string): Record<string, string> {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
}
