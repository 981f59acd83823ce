import { resolveTimes, type FlowTimes } from "../netflow5/times.ts";
import type { Domain } from "./domain.ts";
import { REGISTER as R } from "./registers.ts";

const UPTIME_WRAP_MS = 2 ** 32;
const DAY_MS = 86_400_000;
/** A time of export before 2001 is of an exporter without a clock: nothing is measured by it. */
const EARLIEST_CLOCK_MS = 1e12;
/**
 * How far a flow may end after its export before that cannot be: the clock of the header is wrong by days on some
 * exporters, and the times of the records are right.
 */
const MAX_AHEAD_MS = 366 * DAY_MS;
/** No flow was exported before 1990 (NetFlow is of 1996). */
const EARLIEST_FLOW_MS = 631_152_000_000;
/** A guessed start of the uptime that would move on by more is a restart or a wrap. */
const MAX_GUESS_MOVE_MS = 3_600_000;

export interface DatagramTimes {
  /** Time of export, ms since 1970. */
  exportMs: number;
  /** Uptime at the time of export, ms; -1 where the protocol does not carry it (IPFIX). */
  uptimeMs: number;
}

const relative: FlowTimes = { startMs: 0, endMs: 0, clamped: false };

/**
 * First and last packet of a record in ms since 1970. Absolute times count before those relative to the uptime; what
 * is not said is made of the duration, the time of the event, or the time of export. What cannot be (an end a year
 * after its export, a start after the end) becomes the datagram's time or the end, and `clamped`.
 */
export function resolveRecordTimes(
  registers: Float64Array,
  datagram: DatagramTimes,
  domain: Domain,
  into: FlowTimes,
): void {
  const { exportMs } = datagram;
  let startMs = registers[R.startMs];
  let endMs = registers[R.endMs];
  into.clamped = false;
  if (startMs <= 0 || endMs <= 0) {
    const first = registers[R.firstUptime];
    const last = registers[R.lastUptime];
    if (first >= 0 || last >= 0) {
      const lastOrFirst = last >= 0 ? last : first;
      const uptimeMs = uptimeAtExport(registers[R.initMs], lastOrFirst, datagram, domain);
      resolveTimes(exportMs, uptimeMs, first >= 0 ? first : last, lastOrFirst, relative);
      if (startMs <= 0) startMs = relative.startMs;
      if (endMs <= 0) endMs = relative.endMs;
      into.clamped = relative.clamped;
    }
    const durationMs = registers[R.durationMs];
    if (endMs <= 0) {
      if (registers[R.eventMs] > 0) endMs = registers[R.eventMs];
      else if (startMs > 0 && durationMs >= 0) endMs = startMs + durationMs;
      else endMs = Math.max(startMs, exportMs);
    }
    if (startMs <= 0) startMs = durationMs > 0 ? endMs - durationMs : endMs;
  }
  if (exportMs >= EARLIEST_CLOCK_MS && (endMs > exportMs + MAX_AHEAD_MS || endMs < EARLIEST_FLOW_MS)) {
    endMs = exportMs;
    into.clamped = true;
    if (startMs < EARLIEST_FLOW_MS) startMs = endMs;
  }
  if (startMs > endMs) {
    startMs = endMs;
    into.clamped = true;
  }
  into.startMs = startMs;
  into.endMs = endMs;
}

/** Absolute times that `resolveRecordTimes` would leave as they are. */
export function isPossible(startMs: number, endMs: number, exportMs: number): boolean {
  if (startMs <= 0 || endMs < startMs) return false;
  return exportMs < EARLIEST_CLOCK_MS || (endMs >= EARLIEST_FLOW_MS && endMs <= exportMs + MAX_AHEAD_MS);
}

/**
 * The uptime at the time of export. v9 says it in the header. IPFIX says when the uptime began (160), in the record or
 * in options; where it does not, the newest last packet seen is taken to be of the time of its export.
 */
function uptimeAtExport(initMs: number, last: number, datagram: DatagramTimes, domain: Domain): number {
  if (datagram.uptimeMs >= 0) return datagram.uptimeMs;
  const { exportMs } = datagram;
  if (initMs > 0) return modulo(exportMs - initMs);
  if (domain.initIsGuess) {
    const guess = exportMs - last;
    const moved = guess - domain.initMs;
    if (domain.initMs === -1 || moved < 0 || moved > MAX_GUESS_MOVE_MS) domain.initMs = guess;
  }
  return modulo(exportMs - domain.initMs);
}

function modulo(ms: number): number {
  const rest = ms % UPTIME_WRAP_MS;
  return rest < 0 ? rest + UPTIME_WRAP_MS : rest;
}

/** First and last packet of the reverse direction of a biflow; those of the forward one where not said. */
export function resolveReverseTimes(registers: Float64Array, forward: FlowTimes, into: FlowTimes): void {
  let startMs = registers[R.reverseStartMs];
  let endMs = registers[R.reverseEndMs];
  const forwardMs = forward.endMs - forward.startMs;
  // Uptimes of the reverse direction stand to those of the forward one as the times do.
  const anchor = registers[R.firstUptime];
  if (startMs <= 0 && registers[R.reverseFirstUptime] >= 0 && anchor >= 0) {
    startMs = forward.startMs + (registers[R.reverseFirstUptime] - anchor);
  }
  if (endMs <= 0 && registers[R.reverseLastUptime] >= 0 && anchor >= 0) {
    endMs = forward.startMs + (registers[R.reverseLastUptime] - anchor);
  }
  if (startMs <= 0 && registers[R.reverseDelayMs] >= 0 && registers[R.reverseDelayMs] <= forwardMs) {
    startMs = forward.startMs + registers[R.reverseDelayMs];
  }
  into.clamped = false;
  into.startMs = startMs > 0 ? startMs : forward.startMs;
  into.endMs = endMs > 0 ? endMs : forward.endMs;
  if (into.startMs > into.endMs || Math.abs(into.startMs - forward.startMs) > DAY_MS) {
    into.startMs = forward.startMs;
    into.endMs = forward.endMs;
    into.clamped = true;
  }
}
