import type { EvaluationRow } from "./evaluation-row.ts";
import { isDecided, truthOf } from "./truth.ts";

/** A host's line of `evaluate --hosts`. */
export interface HostLine {
  readonly file: string;
  readonly network: string;
  readonly ip: string;
  readonly kind: string;
  readonly truth_core: string;
  readonly truth_role: string;
  readonly answer_core: string;
  readonly answer_role: string;
  readonly confidence: number | null;
  readonly role_confidence: number | null;
  /** Whether a core type (or `endpoint`) was answered. */
  readonly decided: boolean;
  readonly conversations: number;
}

/** Throws a RangeError when the label's role word is not known. */
export function hostLine(row: EvaluationRow): HostLine {
  const truth = truthOf(row.labelRole);
  if (truth === undefined)
    throw new RangeError(
      `The role "${row.labelRole}" of ${row.ip} in ${row.network} has no place among the types.`,
    );
  return {
    file: row.file,
    network: row.network,
    ip: row.ip,
    kind: row.kind,
    truth_core: truth.core,
    truth_role: truth.role,
    answer_core: row.answerCore,
    answer_role: row.answerRole,
    confidence: row.confidence,
    role_confidence: row.roleConfidence === undefined ? row.confidence : row.roleConfidence,
    decided: isDecided(row.answerCore),
    conversations: row.conversations,
  };
}
