import { asciiText } from "./ascii.ts";
import { parseSecondsToMicros, parseUnsigned } from "./numbers.ts";

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(?:UTC|(Z|[+-]\d\d:?\d\d))?$/;

/** Seconds since 1970 stay below this until the year 5138; ms, us and ns since 1970 above it each by their own power. */
const MAX_SECONDS = 100_000_000_000;

/**
 * A point in time as whole microseconds since 1970, or -1 when it is none: epoch seconds with a fraction, epoch
 * milli-, micro- or nanoseconds (told by their size), or ISO 8601 (UTC where no zone is given).
 */
export function parseTimeToMicros(bytes: Uint8Array, start: number, end: number): number {
  const whole = parseUnsigned(bytes, start, end);
  if (whole >= 0) {
    if (whole < MAX_SECONDS) return whole * 1e6;
    if (whole < MAX_SECONDS * 1e3) return whole * 1e3;
    if (whole < MAX_SECONDS * 1e6) return whole;
    return whole < MAX_SECONDS * 1e9 ? Math.floor(whole / 1e3) : -1;
  }
  const micros = parseSecondsToMicros(bytes, start, end);
  if (micros >= 0) return micros < MAX_SECONDS * 1e6 ? micros : Math.floor(micros / 1e3);
  return end - start >= 19 && end - start <= 40 ? parseIsoTime(asciiText(bytes, start, end)) : -1;
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
