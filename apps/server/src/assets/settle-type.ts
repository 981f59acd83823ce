import type { Challenger, ScoredType } from "#metadata-store";

/** Spec of steadiness: a new type takes over when it wins this surely … */
const SURE = 0.7;
/** … in this many counted runs in a row, … */
const RUNS_IN_A_ROW = 3;
/** … or once, when it leads the type in force by this much. */
const CLEAR_LEAD = 0.3;

export interface Standing extends ScoredType {
  readonly challenger: Challenger | null;
}

export interface NewAnswer extends ScoredType {
  /** What this run gives the type in force, 0–1. */
  readonly confidenceOfStanding: number;
  /** Whether there was enough traffic to answer at all: a quiet host keeps its type. */
  readonly enoughTraffic: boolean;
  /**
   * Whether this run may be counted: its look-back ends later than that of the run before, so by a 5-minute window of
   * traffic at least. Runs may come every few seconds, and looking at the same traffic again proves nothing more.
   */
  readonly counts: boolean;
}

export interface Settled {
  /** `answer`: the new answer is in force. `standing`: what stood before stays. */
  readonly inForce: "answer" | "standing";
  readonly challenger: Challenger | null;
}

/** Whether a new answer replaces the type in force. Types do not flap: a host on the border keeps the type it has. */
export function settleType(standing: Standing | undefined, answer: NewAnswer): Settled {
  if (standing === undefined || standing.type === "unknown" || standing.type === answer.type) {
    return { inForce: "answer", challenger: null };
  }
  if (!answer.enoughTraffic) return { inForce: "standing", challenger: standing.challenger };
  const isUnknown = answer.type === "unknown";
  if (!isUnknown && answer.confidence - answer.confidenceOfStanding >= CLEAR_LEAD) {
    return { inForce: "answer", challenger: null };
  }
  // `unknown` has no confidence of its own: with enough traffic and no answer three times running, the old type is not true any more.
  if (!isUnknown && answer.confidence < SURE) return { inForce: "standing", challenger: null };
  const before = standing.challenger?.type === answer.type ? standing.challenger.runs : 0;
  const runs = before + Number(answer.counts);
  if (runs >= RUNS_IN_A_ROW) return { inForce: "answer", challenger: null };
  return { inForce: "standing", challenger: runs === 0 ? null : { type: answer.type, runs } };
}
