import type { AssetTraffic, Challenger, EngineAnswer, Evidence, ScoredType } from "./asset.ts";

/** What one look at a host's traffic gave, and what is to be in force for it. */
export interface AssetObservation extends AssetTraffic {
  readonly address: string;
  readonly internal: boolean;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
  readonly evidence: Evidence;
  readonly engine: EngineAnswer;
  /** The type to be in force from now on, unless a person has confirmed another. Often `engine`, or what stood before. */
  readonly decision: ScoredType & { readonly method: EngineAnswer["method"] };
  readonly challenger: Challenger | null;
}

export interface RecordedAssets {
  readonly created: number;
  /** Types in force that changed; each has its row in the history. */
  readonly typeChanges: number;
  /** Confirmed assets, whose type stayed as the person left it. */
  readonly keptConfirmed: number;
}
