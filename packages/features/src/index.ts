/**
 * What FlowLens counts of a host (HostCounts), the catalogue of features.v1, and the one pure function from
 * counts to vector. Not here: the SQL that counts (flow store), what the counts mean (heuristics, models).
 */
export {
  DATABASE_PORTS,
  EPHEMERAL_PORT_MIN,
  NO_COUNTS,
  SERVED_PORTS_LISTED,
  SIGNALLING,
  SIGNALLING_STEADY_PACKETS,
  SIGNALLING_STEADY_SAMPLES,
  SSH_PORT,
  STORAGE_PORTS,
  USED_PORTS_LISTED,
  WEB_PORTS,
  WELL_KNOWN_PORT_MAX,
  type HostCounts,
  type ServedPort,
  type SignallingKind,
  type SignallingSent,
  type SinkPort,
  type UsedPort,
} from "./host-counts.ts";
export {
  FEATURES_V1,
  FEATURE_COUNT,
  type FeatureCatalogue,
  type FeatureDefinition,
  type FeatureUnit,
} from "./catalogue.ts";
export { hostVector, TRAFFIC_VARIANCE_MIN_HOURS } from "./host-vector.ts";
export { describeFeature, formatBytes, formatCount, formatInteger, formatShare } from "./describe-feature.ts";
export { vectorFromJson, vectorToJson } from "./vector-json.ts";
