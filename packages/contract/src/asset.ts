import { Type, type Static } from "typebox";
import {
  Address,
  answer,
  ClassificationMethod,
  Count,
  Moment,
  nullable,
  ScoredType,
  Share,
} from "./values.ts";

export const ServedPort = answer("ServedPort", {
  protocol: Type.Integer({ minimum: 0, maximum: 255, description: "IP protocol number." }),
  port: Type.Integer({ minimum: 0, maximum: 65_535 }),
  name: Type.String({ description: "As people write it.", examples: ["443/tcp"] }),
  clients: Type.Integer({ minimum: 0, description: "Distinct client addresses in the look-back." }),
});
export type ServedPort = Static<typeof ServedPort>;

/** What the engine said last, whatever is in force. */
export const EngineAnswer = answer("EngineAnswer", {
  asset_type: Type.String(),
  confidence: Share,
  method: ClassificationMethod,
  runner_up: nullable(ScoredType),
  model_version: nullable(Type.String({ description: "Null when no model had a part in it." })),
});
export type EngineAnswer = Static<typeof EngineAnswer>;

const ROLE = Type.Object(
  { name: Type.String({ examples: ["dns_server"] }), confidence: Share },
  { additionalProperties: false, description: "A finer word than the type." },
);

const LIST_FIELDS = {
  id: Type.Integer({ minimum: 1 }),
  network: Type.String({ description: "Name of the network." }),
  address: Address,
  internal: Type.Boolean({ description: "Lies in the network's internal ranges." }),
  pinned: Type.Boolean({ description: "Listed whatever its traffic." }),
  name: Type.String(),
  asset_type: Type.String({ description: "What it is taken for; unknown when nothing was sure enough." }),
  confidence: Share,
  classification_method: ClassificationMethod,
  classification_locked: Type.Boolean(),
  confirmed: Type.Boolean({ description: "A person said so: locked, or of method manual." }),
  type_since: nullable(Moment),
  role: nullable(ROLE),
  engine: nullable(EngineAnswer),
  conversations: Type.Integer({ minimum: 0, description: "Accepted, in the look-back, from either side." }),
  bytes_in: Type.Integer({ minimum: 0, description: "Received; scaled by the sampling rate." }),
  bytes_out: Type.Integer({ minimum: 0, description: "Sent; scaled by the sampling rate." }),
  clients: Type.Integer({ minimum: 0, description: "Distinct addresses it accepted conversations from." }),
  servers: Type.Integer({ minimum: 0, description: "Distinct addresses that accepted its conversations." }),
  served_ports: Type.Array(ServedPort, { description: "Most clients first." }),
  max_sampling_rate: Type.Integer({ minimum: 1, description: "1 is unsampled." }),
  first_seen: nullable(Moment),
  last_seen: nullable(Moment),
  classified_at: nullable(Moment),
};

/** One host as lists show it and as `flowlens assets --json` prints it. */
export const AssetListItem = answer("AssetListItem", LIST_FIELDS);
export type AssetListItem = Static<typeof AssetListItem>;

export const AssetList = answer("AssetList", {
  assets: Type.Array(AssetListItem),
  next_cursor: nullable(
    Type.String({ description: "Give it as cursor for the next page; null on the last." }),
  ),
  total: nullable(
    Type.Integer({ minimum: 0, description: "All that pass the filter; null unless asked for." }),
  ),
});
export type AssetList = Static<typeof AssetList>;

export const Reason = answer("Reason", {
  name: Type.String({ examples: ["database.serves_database_port"] }),
  direction: Type.Enum(["for", "against"]),
  effect: Type.Number({ description: "How far it moved the answer, 0–1." }),
  sentence: Type.String(),
});
export type Reason = Static<typeof Reason>;

export const FeatureValue = answer("FeatureValue", {
  name: Type.String(),
  label: Type.String({ description: "As a person would call it." }),
  value: nullable(Type.Number({ description: "Null is missing." })),
  reads: Type.String({ description: "The value in words.", examples: ["fan-in 12 clients"] }),
});
export type FeatureValue = Static<typeof FeatureValue>;

/** What stood behind the engine's last answer. */
export const Explanation = answer("Explanation", {
  period_from: Moment,
  period_to: Moment,
  reasons: Type.Array(Reason, { description: "Strongest first." }),
  runner_up: nullable(ScoredType),
  missing: Type.Array(Type.String(), { description: "Why there is no type; empty when there is one." }),
  feature_version: Type.String(),
  features: Type.Array(FeatureValue, { description: "In the order of the feature version." }),
  counts: Type.Object(
    {},
    { additionalProperties: true, description: "The host's counts behind the features." },
  ),
});
export type Explanation = Static<typeof Explanation>;

export const TypeChange = answer("TypeChange", {
  id: Type.Integer(),
  at: Moment,
  from_type: Type.String(),
  to_type: Type.String(),
  method: ClassificationMethod,
  confidence: Share,
  model_version: nullable(Type.String()),
  feature_version: nullable(Type.String()),
  vector: nullable(
    Type.Array(nullable(Type.Number()), {
      description: "In the order of the feature version; null is missing.",
    }),
  ),
  reasons: Type.Array(Reason),
});
export type TypeChange = Static<typeof TypeChange>;

/** A type that has won so many runs in a row, not yet often enough to be in force. */
export const Challenger = answer("Challenger", { asset_type: Type.String(), runs: Count });

/** One host with what stands behind its type. */
export const AssetDetail = answer("AssetDetail", {
  ...LIST_FIELDS,
  notes: Type.String(),
  challenger: nullable(Challenger),
  explanation: nullable(Explanation),
  history: Type.Array(TypeChange, { description: "Newest first, at most 100." }),
});
export type AssetDetail = Static<typeof AssetDetail>;
