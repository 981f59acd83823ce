import { DEFAULT_HEURISTIC_THRESHOLDS } from "@flowlens/heuristics";
import { Type, type Static } from "typebox";

/** How hosts are described and when the heuristics answer; each setting with its default. */
export const ASSETS_CONFIG = Type.Object(
  {
    lookBackHours: Type.Integer({
      minimum: 1,
      maximum: 24 * 31,
      default: 24,
      description: "How far back the counts of a host reach, from its newest traffic on.",
    }),
    externalHostsMax: Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      default: 10_000,
      description: "External hosts that served two internal ones and more are listed, at most so many.",
    }),
    heuristicMinConfidence: Type.Number({
      minimum: 0,
      maximum: 1,
      default: DEFAULT_HEURISTIC_THRESHOLDS.minConfidence,
      description: "The heuristics answer from this confidence on.",
    }),
    heuristicMinConversations: Type.Integer({
      minimum: 1,
      default: DEFAULT_HEURISTIC_THRESHOLDS.minConversations,
      description: "The heuristics answer from this many accepted conversations on.",
    }),
  },
  { additionalProperties: false },
);

export type AssetsConfig = Readonly<Static<typeof ASSETS_CONFIG>>;
