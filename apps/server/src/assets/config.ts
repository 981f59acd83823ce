import { DEFAULT_HEURISTIC_THRESHOLDS } from "@flowlens/heuristics";

/** How hosts are described and when the heuristics answer. */
export interface AssetsConfig {
  /** How far back the counts of a host reach, from its newest traffic on. */
  readonly lookBackHours: number;
  /** Heuristics answer from this confidence on, 0–1. */
  readonly heuristicMinConfidence: number;
  /** Heuristics answer from this many accepted conversations on. */
  readonly heuristicMinConversations: number;
}

export const ASSETS_CONFIG_DEFAULTS: AssetsConfig = {
  lookBackHours: 24,
  heuristicMinConfidence: DEFAULT_HEURISTIC_THRESHOLDS.minConfidence,
  heuristicMinConversations: DEFAULT_HEURISTIC_THRESHOLDS.minConversations,
};
