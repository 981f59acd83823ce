/**
 * One labelled host and what a method says of it. A host is (network, ip): the caller has joined its files
 * and counts it once.
 */
export interface EvaluationRow {
  /** The host's first file, as the labels name it. */
  readonly file: string;
  readonly network: string;
  readonly ip: string;
  /** Role word of the labels ("camera", "domain_controller", …). */
  readonly labelRole: string;
  /** Kind of label: how the truth was found. `inferred` rows are not scored. */
  readonly kind: LabelKind;
  /** A core type, `endpoint` or `unknown`. */
  readonly answerCore: string;
  readonly answerRole: string;
  /** 0–1 of the core answer; null where the method gives none (a port table). */
  readonly confidence: number | null;
  /** 0–1 of the role answer; `confidence` where absent. */
  readonly roleConfidence?: number | null;
  /** Accepted conversations of the host; 0 when its traffic was not seen at all. */
  readonly conversations: number;
}

export const LABEL_KINDS = ["doc", "protocol", "external", "inferred"] as const;
export type LabelKind = (typeof LABEL_KINDS)[number];
