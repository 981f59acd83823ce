/** The nine core asset types (spec §1). */
export const CORE_TYPES = [
  "server",
  "workstation",
  "database",
  "load_balancer",
  "network_device",
  "storage",
  "container",
  "cloud_service",
  "virtual_machine",
] as const;

export type CoreType = (typeof CORE_TYPES)[number];
export type AssetTypeAnswer = CoreType | "unknown";

/**
 * Finer words than the core types. Those of `server` refine it; the five devices have no core type, so that
 * a host which shows itself as one of them is `unknown` at core level and has only its role named.
 */
export type RoleAnswer =
  | AssetTypeAnswer
  | "directory_service"
  | "dns_server"
  | "dhcp_server"
  | "printer"
  | "ip_camera"
  | "voip_phone"
  | "industrial_controller"
  | "iot_device";

/** When a heuristic answer is given (spec §3.4): settings, so they are passed in. */
export interface HeuristicThresholds {
  /** 0–1. */
  readonly minConfidence: number;
  /** Accepted conversations in the look-back. */
  readonly minConversations: number;
}

export const DEFAULT_HEURISTIC_THRESHOLDS: HeuristicThresholds = {
  minConfidence: 0.5,
  minConversations: 100,
};

export interface ClassifyOptions {
  /** Whether the host lies in its network's internal ranges (or is treated as an asset where there are none). */
  readonly internal: boolean;
  /** DEFAULT_HEURISTIC_THRESHOLDS unless given. */
  readonly thresholds?: HeuristicThresholds;
}

/** A signal that says something about the answer (or, where there is none, about the nearest candidate). */
export interface FiredSignal {
  /** Stable name, "database.serves_database_port". */
  readonly name: string;
  readonly direction: "for" | "against";
  /** How far it moved the score, 0–1: points given by a signal for, share taken away by one against. */
  readonly effect: number;
  /** For a person: "serves PostgreSQL (5432/tcp) to 12 clients". */
  readonly sentence: string;
}

export interface HeuristicAnswer {
  readonly type: AssetTypeAnswer;
  readonly role: RoleAnswer;
  /** `heuristic` when a type is answered, else `none` (spec §3.4 classification_method). */
  readonly method: "heuristic" | "none";
  /** 0–1, of `type`; where it is `unknown`, of the nearest core type. */
  readonly confidence: number;
  /** 0–1, of `role`; where it is `unknown`, of the nearest role. */
  readonly roleConfidence: number;
  /** The nearest core type, answered or not; null when nothing speaks for any. */
  readonly candidate: CoreType | null;
  /** The closest core type other than `candidate`; null when nothing speaks for one. */
  readonly runnerUp: { readonly type: CoreType; readonly score: number } | null;
  /** 0–1 for each core type, before they are held against each other. */
  readonly scores: Readonly<Record<CoreType, number>>;
  /** Signals of the winning profile, strongest first. */
  readonly signals: readonly FiredSignal[];
  /** Why there is no type, in words; empty when there is one. */
  readonly missing: readonly string[];
}
