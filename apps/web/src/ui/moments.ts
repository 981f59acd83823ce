/** Times as people read them: how long ago, and exactly on hover, in the browser's zone unless one is given. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From here on a date says more than a number of days. */
const DATE_FROM_MS = 7 * DAY_MS;

const EXACT = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
const DAY_AND_TIME = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const DATE_AND_TIME = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

/** `Tue, 3 Mar 2026, 12:00:05 UTC`. */
export function exactMoment(at: string | number): string {
  return EXACT.format(new Date(at));
}

/** `just now`, `5 min ago`, `3 Mar, 12:00`, `3 Mar 2009, 12:00`. */
export function shortMoment(at: string, nowMs: number): string {
  const ageMs = nowMs - Date.parse(at);
  if (ageMs < -MINUTE_MS || ageMs >= DATE_FROM_MS) {
    const isThisYear = new Date(at).getFullYear() === new Date(nowMs).getFullYear();
    return (isThisYear ? DAY_AND_TIME : DATE_AND_TIME).format(new Date(at));
  }
  return ageMs < SECOND_MS ? "just now" : `${shortDuration(ageMs)} ago`;
}

/** The greatest unit that is full: `2 s`, `5 min`, `3 h`, `6 d`. */
export function shortDuration(durationMs: number): string {
  const size = Math.abs(durationMs);
  if (size < SECOND_MS) return `${Math.round(size)} ms`;
  if (size < MINUTE_MS) return `${Math.floor(size / SECOND_MS)} s`;
  if (size < HOUR_MS) return `${Math.floor(size / MINUTE_MS)} min`;
  if (size < DAY_MS) return `${Math.floor(size / HOUR_MS)} h`;
  return `${Math.floor(size / DAY_MS)} d`;
}

/** A span with two units where one says too little: `1 h 25 min`, `2 d 3 h`. */
export function longDuration(durationMs: number): string {
  const size = Math.abs(durationMs);
  if (size < HOUR_MS) return shortDuration(size);
  const [big, small] = size >= DAY_MS ? [DAY_MS, HOUR_MS] : [HOUR_MS, MINUTE_MS];
  const restMs = size % big;
  return restMs < small ? shortDuration(size) : `${shortDuration(size)} ${shortDuration(restMs)}`;
}
