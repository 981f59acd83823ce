/**
 * What the sequence numbers of one stream (exporter and engine or observation domain) tell.
 * A sequence number counts the units (records in v5 and IPFIX, datagrams in v9) sent before this datagram, modulo 2^32.
 */
export interface SequenceTracker {
  /** The number the next datagram should carry; -1 before the first. */
  expected: number;
  /** Units sent and not seen. A late datagram takes its own units off again. */
  lost: number;
  gaps: number;
  reorders: number;
  resets: number;
}

/** A jump forward by more than this is a restart rather than loss: half a minute at a million records a second. */
const MAX_GAP_UNITS = 30_000_000;
/** A jump back by at most this is a late or repeated datagram rather than a restart. */
const MAX_LATE_UNITS = 100_000;

export function createSequenceTracker(): SequenceTracker {
  return { expected: -1, lost: 0, gaps: 0, reorders: 0, resets: 0 };
}

/** Takes in one datagram of `units` units (negative: not known); `restarted` when its uptime says that the exporter began anew. */
export function observeSequence(
  tracker: SequenceTracker,
  sequence: number,
  units: number,
  restarted: boolean,
): void {
  // What comes after a datagram whose units cannot be told is not known.
  const next = units < 0 ? -1 : (sequence + units) >>> 0;
  if (tracker.expected < 0) {
    tracker.expected = next;
    return;
  }
  // Signed difference modulo 2^32: the counter wraps.
  const ahead = (sequence - tracker.expected) | 0;
  if (ahead === 0) tracker.expected = next;
  else if (restarted || ahead > MAX_GAP_UNITS || ahead < -MAX_LATE_UNITS) {
    tracker.resets++;
    tracker.expected = next;
  } else if (ahead > 0) {
    tracker.gaps++;
    tracker.lost += ahead;
    tracker.expected = next;
  } else {
    tracker.reorders++;
    tracker.lost = Math.max(0, tracker.lost - Math.max(0, units));
  }
}
