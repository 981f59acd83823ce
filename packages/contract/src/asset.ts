import { Type, type Static } from "typebox";
import { count, instant, nullable, share } from "./fields.ts";

export const CLASSIFICATION_METHODS = ["ml", "heuristic", "manual", "rule", "none"] as const;

const METHOD = Type.Enum(CLASSIFICATION_METHODS, {
  description: "What decided: a model, the heuristics, a person, a rule of the user's, or nothing yet.",
});

const SCORED_TYPE = Type.Object(
  { type: Type.String(), confidence: share("How sure, 0–1.") },
  { additionalProperties: false },
);

export const SERVED_PORT = Type.Object(
  {
    protocol: Type.Integer({ minimum: 0, maximum: 255, description: "IP protocol number." }),
    port: Type.Integer({ minimum: 0, maximum: 65_535 }),
    name: Type.String({ description: "As people write it, `443/tcp`." }),
    clients: count("Distinct client addresses in the look-back."),
  },
  { title: "ServedPort", additionalProperties: false },
);

const ENGINE_ANSWER = Type.Object(
  {
    type: Type.String(),
    confidence: share("How sure, 0–1."),
    method: METHOD,
    runner_up: nullable(SCORED_TYPE),
    model_version: nullable(Type.String({ description: "Null when no model had a part in it." })),
  },
  { additionalProperties: false, description: "What the engine said last, whatever is in force." },
);

const LIST_ITEM_FIELDS = {
  id: Type.Integer({ minimum: 1 }),
  network: Type.String({ description: "Name of the network." }),
  address: Type.String({ description: "IPv4 or IPv6 (RFC 5952)." }),
  internal: Type.Boolean({ description: "Lies in the network's internal ranges." }),
  pinned: Type.Boolean(),
  name: Type.String(),
  asset_type: Type.String({ description: "What the asset is taken for; `unknown` when nothing was sure enough." }),
  confidence: share("How sure of `asset_type`, 0–1."),
  classification_method: METHOD,
  classification_locked: Type.Boolean(),
  confirmed: Type.Boolean({ description: "A person said so: locked, or of method `manual`." }),
  type_since: nullable(instant("When the type came into force.")),
  role: nullable(SCORED_TYPE),
  engine: nullable(ENGINE_ANSWER),
  conversations: count("Accepted conversations in the look-back, from either side."),
  bytes_in: count("Bytes received, scaled by the sampling rate."),
  bytes_out: count("Bytes sent, scaled by the sampling rate."),
  clients: count("Distinct clients."),
  servers: count("Distinct servers."),
  served_ports: Type.Array(SERVED_PORT, { description: "Most clients first." }),
  max_sampling_rate: Type.Integer({ minimum: 1, description: "1 is unsampled." }),
  first_seen: nullable(instant("First traffic, by the flows' own time.")),
  last_seen: nullable(instant("Last traffic, by the flows' own time.")),
  classified_at: nullable(instant("When the engine last looked at it.")),
};

/** One host as lists show it, and as `flowlens assets --json` prints it. */
export const ASSET_LIST_ITEM = Type.Object(LIST_ITEM_FIELDS, { title: "AssetListItem", additionalProperties: false });

export type AssetListItem = Readonly<Static<typeof ASSET_LIST_ITEM>>;
export type ServedPort = Readonly<Static<typeof SERVED_PORT>>;

export const ASSET_LIST_PAGE = Type.Object(
  {
    assets: Type.Array(ASSET_LIST_ITEM),
    next_cursor: nullable(Type.String({ description: "Give it as `cursor` for the next page; null on the last one." })),
    total: nullable(count("All assets that pass the filter; null unless `with_total` asked for it.")),
  },
  { title: "AssetListPage", additionalProperties: false },
);

export type AssetListPage = Readonly<Static<typeof ASSET_LIST_PAGE>>;

export const REASON = Type.Object(
  {
    name: Type.String({ description: "Stable name of the signal, `database.serves_database_port`." }),
    direction: Type.Enum(["for", "against"]),
    effect: Type.Number({ description: "How far it moved the answer, 0–1." }),
    sentence: Type.String(),
  },
  { title: "Reason", additionalProperties: false },
);

export const FEATURE_VALUE = Type.Object(
  {
    name: Type.String(),
    label: Type.String({ description: "As a person would call it." }),
    value: nullable(Type.Number({ description: "Null is missing." })),
    reads: Type.String({ description: "The value in words, `fan-in 12 clients`." }),
  },
  { title: "FeatureValue", additionalProperties: false },
);

const VECTOR = Type.Array(nullable(Type.Number()), { description: "In the order of the feature version's catalogue; null is missing." });

export const EXPLANATION = Type.Object(
  {
    period_from: instant("Start of the look-back."),
    period_to: instant("End of the look-back."),
    reasons: Type.Array(REASON, { description: "Strongest first." }),
    runner_up: nullable(SCORED_TYPE),
    missing: Type.Array(Type.String(), { description: "Why there is no type, in words; empty when there is one." }),
    feature_version: Type.String(),
    features: Type.Array(FEATURE_VALUE),
    counts: Type.Object({}, { additionalProperties: true, description: "The host's integer counts behind the features." }),
  },
  { title: "Explanation", additionalProperties: false },
);

export const TYPE_CHANGE = Type.Object(
  {
    id: Type.Integer(),
    at: instant("When the type changed."),
    from_type: Type.String(),
    to_type: Type.String(),
    method: METHOD,
    confidence: share("How sure, 0–1."),
    model_version: nullable(Type.String()),
    feature_version: nullable(Type.String()),
    vector: nullable(VECTOR),
    reasons: Type.Array(REASON),
  },
  { title: "TypeChange", additionalProperties: false },
);

/** One host with what stands behind its type. */
export const ASSET_DETAIL = Type.Object(
  {
    ...LIST_ITEM_FIELDS,
    notes: Type.String(),
    challenger: nullable(
      Type.Object(
        { type: Type.String(), runs: Type.Integer({ minimum: 1 }) },
        { additionalProperties: false, description: "A type that has won so many runs in a row, not yet often enough to be in force." },
      ),
    ),
    explanation: nullable(EXPLANATION),
    history: Type.Array(TYPE_CHANGE, { description: "Newest first, at most 100." }),
  },
  { title: "AssetDetail", additionalProperties: false },
);

export type AssetDetail = Readonly<Static<typeof ASSET_DETAIL>>;
export type Explanation = Readonly<Static<typeof EXPLANATION>>;
export type FeatureValue = Readonly<Static<typeof FEATURE_VALUE>>;
export type TypeChange = Readonly<Static<typeof TYPE_CHANGE>>;
