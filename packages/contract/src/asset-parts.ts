import { Type, type Static } from "typebox";
import { Challenger, EngineAnswer, Explanation, FeatureValue, TypeChange } from "./asset.ts";
import { Cursor, NextCursor } from "./traffic-values.ts";
import { answer, ClassificationMethod, Count, Moment, NetworkName, nullable, Share } from "./values.ts";

export const AssetPath = Type.Object(
  { id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  { additionalProperties: false },
);
export type AssetPath = Static<typeof AssetPath>;

/** The vector behind the engine's last answer. All null or empty while the host has not been looked at. */
export const AssetFeatures = answer("AssetFeatures", {
  period_from: nullable(Moment),
  period_to: nullable(Moment),
  feature_version: nullable(Type.String({ examples: ["features.v1"] })),
  features: Type.Array(FeatureValue, { description: "In the order of the feature version." }),
  counts: nullable(
    Type.Object(
      {},
      { additionalProperties: true, description: "The host's counts that the features are computed from." },
    ),
  ),
});
export type AssetFeatures = Static<typeof AssetFeatures>;

/** Why the asset is what it is taken for, and what the engine would say beside it. */
export const AssetExplanation = answer("AssetExplanation", {
  asset_type: Type.String({ description: "In force." }),
  confidence: Share,
  classification_method: ClassificationMethod,
  confirmed: Type.Boolean({ description: "A person said so." }),
  type_since: nullable(Moment),
  engine: nullable(EngineAnswer),
  disagrees: Type.Boolean({ description: "The engine's answer is another type than the one in force." }),
  challenger: nullable(Challenger),
  explanation: nullable(Explanation),
});
export type AssetExplanation = Static<typeof AssetExplanation>;

export const AssetHistoryQuery = Type.Object(
  {
    cursor: Type.Optional(Cursor),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 100 })),
  },
  { additionalProperties: false },
);
export type AssetHistoryQuery = Static<typeof AssetHistoryQuery>;

export const AssetHistory = answer("AssetHistory", {
  changes: Type.Array(TypeChange, { description: "Newest first." }),
  next_cursor: nullable(NextCursor),
  total: Count,
});
export type AssetHistory = Static<typeof AssetHistory>;

export const AssetSummaryQuery = Type.Object(
  { network: Type.Optional(NetworkName) },
  { additionalProperties: false },
);
export type AssetSummaryQuery = Static<typeof AssetSummaryQuery>;

export const AssetTypeCount = answer("AssetTypeCount", {
  asset_type: Type.String(),
  count: Count,
  confirmed: Type.Integer({ minimum: 0, description: "Of them, those of which a person said so." }),
});
export type AssetTypeCount = Static<typeof AssetTypeCount>;

/** How things stand in one network, or in all of them. */
export const AssetSummary = answer("AssetSummary", {
  network: nullable(Type.String({ description: "Null: all networks together." })),
  total: Count,
  internal: Count,
  external: Count,
  decided: Type.Integer({ minimum: 0, description: "Of a type other than unknown." }),
  unknown: Count,
  confirmed: Type.Integer({ minimum: 0, description: "A person said what they are." }),
  disagreeing: Type.Integer({
    minimum: 0,
    description: "Confirmed, and the engine now takes them for something else.",
  }),
  types: Type.Array(AssetTypeCount, { description: "Most assets first; types without any are left out." }),
  new_assets: Type.Integer({ minimum: 0, description: "First seen in the last 24 hours of traffic." }),
  new_since: nullable(Moment),
  changed_assets: Type.Integer({
    minimum: 0,
    description: "Whose type changed from one to another in the last 24 hours.",
  }),
  changed_since: Moment,
  newest_traffic: nullable(Moment),
});
export type AssetSummary = Static<typeof AssetSummary>;
