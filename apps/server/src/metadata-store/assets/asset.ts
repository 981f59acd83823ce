import type { CLASSIFICATION_METHODS } from "../schema/columns.ts";
import type { Reason } from "../schema/reason.ts";

export type ClassificationMethod = (typeof CLASSIFICATION_METHODS)[number];

/** A (protocol, port) that an asset serves. */
export interface ServedEndpoint {
  /** IP protocol number. */
  readonly protocol: number;
  readonly port: number;
  /** Distinct client addresses in the look-back. */
  readonly clients: number;
}

export interface ScoredType {
  readonly type: string;
  /** 0–1. */
  readonly confidence: number;
}

/** What the traffic of a host amounts to over the look-back. */
export interface AssetTraffic {
  /** Traffic time; null: confirmed by a person, not seen yet. */
  readonly firstSeen: Date | null;
  readonly lastSeen: Date | null;
  /** Accepted conversations, either side. */
  readonly conversations: number;
  /** Scaled by the sampling rate. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Distinct addresses. */
  readonly clients: number;
  readonly servers: number;
  /** Most clients first. */
  readonly servedEndpoints: readonly ServedEndpoint[];
  readonly maxSamplingRate: number;
}

/** What the engine said last, whatever is in force. */
export interface EngineAnswer extends ScoredType {
  readonly method: Exclude<ClassificationMethod, "manual">;
  readonly runnerUp: ScoredType | null;
  /** A finer word than the type: `dns_server`, `printer`. */
  readonly role: ScoredType | null;
  /** Null when no model had a part in it. */
  readonly modelVersion: string | null;
}

/** A type that has won so many runs in a row, not yet often enough to be in force. */
export interface Challenger {
  readonly type: string;
  readonly runs: number;
}

/** One host as the list shows it. */
export interface AssetSummary extends AssetTraffic {
  readonly id: number;
  readonly networkId: number;
  /** Text as `formatAddress` writes it. */
  readonly address: string;
  readonly internal: boolean;
  readonly pinned: boolean;
  readonly name: string;
  /** What the asset is taken for. */
  readonly assetType: string;
  readonly confidence: number;
  readonly classificationMethod: ClassificationMethod;
  readonly classificationLocked: boolean;
  /** A person said so: locked, or of method `manual`. */
  readonly confirmed: boolean;
  /** Null until a type was first in force. */
  readonly typeSince: Date | null;
  /** Null: not looked at yet. */
  readonly engine: EngineAnswer | null;
  readonly classifiedAt: Date | null;
  readonly createdAt: Date;
}

/** What stood behind the engine's last answer. */
export interface Evidence {
  /** The look-back. */
  readonly periodFrom: Date;
  readonly periodTo: Date;
  /** The host's counts, as JSON: whoever reads them checks that they are of a shape it knows. */
  readonly counts: object;
  /** In the order of the feature version's catalogue; null is missing. */
  readonly vector: readonly (number | null)[];
  readonly featureVersion: string;
  /** Strongest first. */
  readonly reasons: readonly Reason[];
  /** Why there is no type, in words; empty when there is one. */
  readonly missing: readonly string[];
}

/** A change of the type in force, with what it rested on. */
export interface TypeChange {
  readonly id: number;
  readonly at: Date;
  readonly fromType: string;
  readonly toType: string;
  readonly method: ClassificationMethod;
  readonly confidence: number;
  readonly modelVersion: string | null;
  readonly featureVersion: string | null;
  /** Null: a person decided before the host had traffic. */
  readonly vector: readonly (number | null)[] | null;
  readonly counts: object | null;
  readonly reasons: readonly Reason[];
}

export interface AssetDetail extends AssetSummary {
  readonly notes: string;
  /** Null: not looked at yet. */
  readonly evidence: Evidence | null;
  readonly challenger: Challenger | null;
  /** Newest first, at most 100. */
  readonly history: readonly TypeChange[];
}
