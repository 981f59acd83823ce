import { asciiText } from "./ascii.ts";
import { parseCount, parseSecondsToMicros, parseUnsigned } from "./numbers.ts";

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(?:UTC|(Z|[+-]\d\d:?\d\d))?$/;

/** Below this a number is seconds since 1970; milli-, micro- and nanoseconds follow, each a thousand times that. */
const MAX_SECONDS = 100_000_000_000;

/** Times stay exact as doubles and within what stores hold: the year 2255. */
export const MAX_TIME_MICROS = 9_000_000_000_000_000;

/**
 * A point in time as whole microseconds since 1970, or -1 when it is none: epoch seconds with a fraction, epoch
 * milli-, micro- or nanoseconds (told by their size), or ISO 8601 (UTC where no zone is given).
 */
export function parseTimeToMicros(bytes: Uint8Array, start: number, end: number): number {
  const whole = parseUnsigned(bytes, start, end);
  // Nanoseconds are above what a double holds exactly: their last three digits are cut off as text.
  if (whole >= MAX_SECONDS * 1e6) return withinTime(parseUnsigned(bytes, start, end - 3));
  if (whole >= 0) return withinTime(microsOfEpoch(whole));
  const micros = parseSecondsToMicros(bytes, start, end);
  if (micros >= MAX_SECONDS * 1e6) return withinTime(microsOfEpoch(parseCount(bytes, start, end)));
  if (micros >= 0) return withinTime(micros);
  return end - start >= 19 && end - start <= 40 ? withinTime(parseIsoTime(asciiText(bytes, start, end))) : -1;
}

/** Whole seconds, milli- or microseconds. */
function microsOfEpoch(value: number): number {
  if (value < MAX_SECONDS) return value * 1e6;
  return value < MAX_SECONDS * 1e3 ? value * 1e3 : value;
}

function withinTime(micros: number): number {
  return micros <= MAX_TIME_MICROS ? micros : -1;
}

function parseIsoTime(text: string): number {
  const match = ISO.exec(text);
  if (match === null) return -1;
  const [, date, time, fraction = "", zone = "Z"] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const wholeMs = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(wholeMs) || wholeMs < 0
    ? -1
    : wholeMs * 1000 + Number(fraction.slice(0, 6).padEnd(6, "0"));
}
