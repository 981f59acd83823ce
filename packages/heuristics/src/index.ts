/**
 * Weighted, readable signals per asset type, as data, and what they say of a host's counts.
 * Not here: the learned model, which answers first, and the rule that joins the two.
 */
export {
  CORE_TYPES,
  DEFAULT_HEURISTIC_THRESHOLDS,
  type AssetTypeAnswer,
  type ClassifyOptions,
  type CoreType,
  type FiredSignal,
  type HeuristicAnswer,
  type HeuristicThresholds,
  type RoleAnswer,
} from "./answer.ts";
export { classify } from "./classify.ts";
export { PROFILES } from "./profiles.ts";
export { fillSentence, type Profile, type Sighting, type Signal } from "./signal.ts";
export { hostFacts, type HostFacts } from "./host-facts.ts";
export { knownService, nameService, type Service, type ServiceGroup } from "./services.ts";
