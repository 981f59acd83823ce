import { IP_PROTOCOL } from "@flowlens/flow";
import { asciiText, parseSecondsToMicros, parseUnsigned } from "../text/index.ts";

const POINT = 0x2e;
const MAX_DURATION_CHARS = 32;
const CLOCK = /^(?:(\d{1,6})d )?(\d+):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?$/;

/** A duration in whole microseconds, or -1: seconds, or "[1d ]00:00:03.500" as nfdump writes them from 1.7 on. */
export function parseNfdumpDuration(bytes: Uint8Array, start: number, end: number): number {
  const seconds = parseSecondsToMicros(bytes, start, end);
  if (seconds >= 0) return seconds;
  const match = CLOCK.exec(asciiText(bytes, start, end, MAX_DURATION_CHARS));
  if (match === null) return -1;
  const [, days = "0", hours, minutes, wholeSeconds, fraction = ""] = match;
  const total = (Number(days) * 24 + Number(hours)) * 3_600 + Number(minutes) * 60 + Number(wholeSeconds);
  return total * 1_000_000 + Number(fraction.padEnd(6, "0"));
}

/** ICMP's "type.code", which nfdump writes where the port stands, as type × 256 + code; -1 for anything else. */
export function parseIcmpPort(bytes: Uint8Array, start: number, end: number, protocol: number): number {
  if (protocol !== IP_PROTOCOL.icmp && protocol !== IP_PROTOCOL.icmpv6) return -1;
  const point = bytes.subarray(start, end).indexOf(POINT);
  if (point < 0) return -1;
  const type = parseUnsigned(bytes, start, start + point);
  const code = parseUnsigned(bytes, start + point + 1, end);
  return type < 0 || type > 255 || code < 0 || code > 255 ? -1 : type * 256 + code;
}

/**
 * When a flow began, in microseconds. Version 1.6 cuts the times to seconds and not the duration: the earliest beginning
 * that agrees with all three.
 */
export function startOfDuration(startMicros: number, endMicros: number, durationMicros: number): number {
  const start = endMicros - durationMicros;
  return start > startMicros && start < startMicros + 1_000_000 ? start : startMicros;
}
