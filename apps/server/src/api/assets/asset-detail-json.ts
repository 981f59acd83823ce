import type {
  AssetDetail,
  AssetExplanation,
  AssetFeatures,
  Explanation,
  FeatureValue,
  TypeChange,
} from "@flowlens/contract";
import { FEATURES_V1, describeFeature } from "@flowlens/features";
import type { AssetDetail as StoredAsset, Evidence, TypeChange as StoredChange } from "#metadata-store";
import { toAssetListItem, toEngineAnswer, toMoment, toScoredType } from "./asset-json.ts";

/** One asset with all that is known of it. `network` is the name of its network. */
export function toAssetDetail(asset: StoredAsset, network: string): AssetDetail {
  const { challenger, evidence, history } = asset;
  return {
    ...toAssetListItem(asset, network),
    notes: asset.notes,
    challenger: challenger === null ? null : { asset_type: challenger.type, runs: challenger.runs },
    explanation: evidence === null ? null : toExplanation(evidence, asset),
    history: history.map(toTypeChange),
  };
}

/** The vector behind the engine's last answer; of a host not yet looked at, nothing. */
export function toAssetFeatures({ evidence }: StoredAsset): AssetFeatures {
  if (evidence === null) {
    return { period_from: null, period_to: null, feature_version: null, features: [], counts: null };
  }
  return {
    period_from: evidence.periodFrom.toISOString(),
    period_to: evidence.periodTo.toISOString(),
    feature_version: evidence.featureVersion,
    features: toFeatureValues(evidence),
    counts: toCounts(evidence),
  };
}

/** Why it is what it is taken for. */
export function toAssetExplanation(asset: StoredAsset): AssetExplanation {
  const { challenger, engine, evidence } = asset;
  return {
    asset_type: asset.assetType,
    confidence: asset.confidence,
    classification_method: asset.classificationMethod,
    confirmed: asset.confirmed,
    type_since: toMoment(asset.typeSince),
    engine: toEngineAnswer(engine),
    disagrees: engine !== null && engine.type !== "unknown" && engine.type !== asset.assetType,
    challenger: challenger === null ? null : { asset_type: challenger.type, runs: challenger.runs },
    explanation: evidence === null ? null : toExplanation(evidence, asset),
  };
}

function toExplanation(evidence: Evidence, { engine }: StoredAsset): Explanation {
  return {
    period_from: evidence.periodFrom.toISOString(),
    period_to: evidence.periodTo.toISOString(),
    reasons: [...evidence.reasons],
    runner_up: toScoredType(engine?.runnerUp ?? null),
    missing: [...evidence.missing],
    feature_version: evidence.featureVersion,
    features: toFeatureValues(evidence),
    counts: toCounts(evidence),
  };
}

function toFeatureValues({ featureVersion, vector }: Evidence): FeatureValue[] {
  return vector.map((value, index) => toFeatureValue(featureVersion, index, value));
}

function toCounts({ counts }: Evidence): Explanation["counts"] {
  return withSnakeCaseKeys(counts) as Explanation["counts"];
}

/** A value of a feature version that this FlowLens does not know keeps its place for a name. */
function toFeatureValue(version: string, index: number, value: number | null): FeatureValue {
  const feature = version === FEATURES_V1.version ? FEATURES_V1.features[index] : undefined;
  if (feature === undefined) {
    const place = `feature_${index}`;
    return {
      name: place,
      label: `${version}, value ${index}`,
      value,
      reads: value === null ? "missing" : String(value),
    };
  }
  return {
    name: feature.name,
    label: feature.label,
    value,
    reads: describeFeature(index, value ?? Number.NaN),
  };
}

export function toTypeChange(change: StoredChange): TypeChange {
  return {
    id: change.id,
    at: change.at.toISOString(),
    from_type: change.fromType,
    to_type: change.toType,
    method: change.method,
    confidence: change.confidence,
    model_version: change.modelVersion,
    feature_version: change.featureVersion,
    vector: change.vector === null ? null : [...change.vector],
    reasons: [...change.reasons],
  };
}

/** The counts are stored as they are named in the program. */
function withSnakeCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSnakeCaseKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      withSnakeCaseKeys(one),
    ]),
  );
}
