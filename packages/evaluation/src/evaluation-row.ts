import type { LabelKind } from "./labelled-hosts.ts";

/** One labelled host and what one method says of it. A host is (network, ip), counted once whatever files it stands in. */
export interface EvaluationRow {
  /** The first file the labels name for the host. */
  readonly file: string;
  readonly network: string;
  readonly ip: string;
  /** Role word of the labels ("camera", "domain_controller", …). */
  readonly labelRole: string;
  /** How the truth was found. `inferred` rows are not scored. */
  readonly kind: LabelKind;
  /** Flows as the labels state them (most of any file); the published figures are on hosts with at least 10. */
  readonly labelFlows: number;
  /** A core type, `endpoint` or `unknown`. */
  readonly answerCore: string;
  readonly answerRole: string;
  /** 0–1 of the core answer; null where the method gives none (a port table). */
  readonly confidence: number | null;
  /** 0–1 of the role answer; `confidence` where absent. */
  readonly roleConfidence?: number | null;
  /** Accepted conversations of the host; 0 when none of its traffic was seen. */
  readonly conversations: number;
}

/** `core`: the nine types; `role`: the finer words. */
export type Level = "core" | "role";
export const LEVELS: readonly Level[] = ["core", "role"];
