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
  /** The number that would follow the newest late datagram, and how many late ones followed each other so. */
  lateNext: number;
  lateRun: number;
  /** The number the next datagram should carry if it counted the other unit; -1 where not known. */
  otherExpected: number;
  /** Datagrams whose number only the other unit explains, less those that only the own one does. */
  evidence: number;
  /** The numbers were found to count the other unit. */
  countsOther: boolean;
}

/** A jump forward by more than this is a restart rather than loss: half a minute at a million records a second. */
const MAX_GAP_UNITS = 30_000_000;
/** A jump back by at most this is a late or repeated datagram rather than a restart. */
const MAX_LATE_UNITS = 100_000;

/**
 * So many late datagrams, each following the one before, are no reordering: the number began anew without the uptime
 * having fallen (sFlow: "If the agent resets the sample_pool then it must also reset the sequence_number").
 */
const RESET_AFTER_LATE_RUN = 16;

/** So many datagrams more must speak for the other unit before it is believed. */
const OTHER_UNIT_EVIDENCE = 3;

export function createSequenceTracker(): SequenceTracker {
  return {
    expected: -1,
    lost: 0,
    gaps: 0,
    reorders: 0,
    resets: 0,
    lateNext: -1,
    lateRun: 0,
    otherExpected: -1,
    evidence: 0,
    countsOther: false,
  };
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
  if (ahead >= 0) tracker.lateRun = 0;
  if (ahead === 0) tracker.expected = next;
  else if (restarted || ahead > MAX_GAP_UNITS || ahead < -MAX_LATE_UNITS) {
    tracker.resets++;
    tracker.expected = next;
  } else if (ahead > 0) {
    tracker.gaps++;
    tracker.lost += ahead;
    tracker.expected = next;
  } else if (isReset(tracker, sequence, next)) {
    tracker.resets++;
    tracker.expected = next;
  } else {
    tracker.reorders++;
    tracker.lost = Math.max(0, tracker.lost - Math.max(0, units));
  }
}

/** Takes in a late number; true when so many of them followed each other that they are the stream's own now. */
function isReset(tracker: SequenceTracker, sequence: number, next: number): boolean {
  tracker.lateRun = tracker.lateRun > 0 && sequence === tracker.lateNext ? tracker.lateRun + 1 : 1;
  tracker.lateNext = next;
  if (tracker.lateRun < RESET_AFTER_LATE_RUN) return false;
  tracker.lateRun = 0;
  return true;
}

/**
 * As `observeSequence`, for a protocol whose exporters do not agree on what they count: v9 counts datagrams (RFC 3954
 * §5.1), softflowd counts records. Once some datagrams only make sense the other way, that way counts, and what was
 * taken for loss before is forgotten. `others` negative: not known.
 */
export function observeEitherSequence(
  tracker: SequenceTracker,
  sequence: number,
  units: { readonly own: number; readonly other: number },
  restarted: boolean,
): void {
  const { expected, otherExpected, countsOther } = tracker;
  if (!countsOther && expected >= 0 && otherExpected >= 0 && expected !== otherExpected) {
    if (sequence === expected) tracker.evidence--;
    else if (sequence === otherExpected) tracker.evidence++;
    if (tracker.evidence >= OTHER_UNIT_EVIDENCE) {
      Object.assign(tracker, { countsOther: true, lost: 0, gaps: 0, reorders: 0, expected: otherExpected });
    } else if (tracker.evidence < -OTHER_UNIT_EVIDENCE) tracker.evidence = -OTHER_UNIT_EVIDENCE;
  }
  observeSequence(tracker, sequence, tracker.countsOther ? units.other : units.own, restarted);
  tracker.otherExpected = units.other < 0 ? -1 : (sequence + units.other) >>> 0;
}
