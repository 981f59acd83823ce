import { asciiText } from "./ascii.ts";

const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;

/** The whole number in bytes [start, end), or -1 when it is none. Above 2^53 the nearest double. */
export function parseUnsigned(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte < ZERO || byte > NINE) return -1;
    value = value * 10 + (byte - ZERO);
  }
  return Number.isFinite(value) ? value : -1;
}

/** As `parseUnsigned`, but a fraction is dropped: tools that know only doubles write 18 as "18.0" or "1.8e1". */
export function parseCount(bytes: Uint8Array, start: number, end: number): number {
  const whole = parseUnsigned(bytes, start, end);
  if (whole >= 0) return whole;
  const value = parseDecimal(bytes, start, end);
  return value >= 0 ? Math.floor(value) : -1;
}

/**
 * Seconds with a fraction as whole microseconds (further digits are dropped), or -1 when it is no such number.
 * Integer arithmetic: a double of epoch seconds times a thousand is off by a millisecond now and then.
 */
export function parseSecondsToMicros(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return -1;
  let i = start;
  let seconds = 0;
  for (; i < end; i++) {
    const byte = bytes[i];
    if (byte < ZERO || byte > NINE) break;
    seconds = seconds * 10 + (byte - ZERO);
  }
  let micros = 0;
  if (i < end) {
    if (bytes[i] !== POINT || end - start === 1) return microsOfDouble(bytes, start, end);
    i++;
    let scale = 100_000;
    for (; i < end; i++) {
      const byte = bytes[i];
      if (byte < ZERO || byte > NINE) return microsOfDouble(bytes, start, end);
      if (scale >= 1) micros += (byte - ZERO) * scale;
      scale /= 10;
    }
  }
  return Number.isFinite(seconds) ? seconds * 1_000_000 + micros : -1;
}

/** For the rare exponent ("1.0013e-05"). */
function microsOfDouble(bytes: Uint8Array, start: number, end: number): number {
  const value = parseDecimal(bytes, start, end);
  return value >= 0 ? Math.floor(value * 1_000_000) : -1;
}

/** A decimal number with fraction and exponent, NaN when it is none, is negative or is too long to be one. */
function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 40) return Number.NaN;
  const text = asciiText(bytes, start, end);
  if (!/^\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}
