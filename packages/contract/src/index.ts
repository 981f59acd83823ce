/**
 * What server, command line and web console agree on: the shapes of the HTTP API as schemas with their types, under one
 * name each, and the one catalogue of its errors. Pure. Not here: how a request is answered (#api).
 */
export { AssetDetail, AssetList, AssetListItem, Challenger, EngineAnswer, Explanation } from "./asset.ts";
export { FeatureValue, Reason, ServedPort, TypeChange } from "./asset.ts";
export { ASSET_SORT_KEYS, AssetListQuery, formatServedPort, parseServedPort } from "./asset-query.ts";
export {
  AssetExplanation,
  AssetFeatures,
  AssetHistory,
  AssetHistoryQuery,
  AssetPath,
} from "./asset-parts.ts";
export { AssetSummary, AssetSummaryQuery, AssetTypeCount } from "./asset-parts.ts";
export { AssetActivity, AssetHour, AssetPeer, AssetPeers, AssetReference } from "./asset-traffic.ts";
export { AssetService, AssetServices, AssetTrafficQuery } from "./asset-traffic.ts";
export { AssetType, AssetTypeList } from "./asset-type.ts";
export { CollectorSocket, Exporter, ExporterList, ExporterPatch, ExporterPath } from "./exporter.ts";
export { EXPORTER_STATES, SimulatedClock } from "./exporter.ts";
export { FlowAggregate, FlowAggregateList, FlowAggregatesQuery } from "./flow-record.ts";
export { FlowRecord, FlowRecordList, FlowRecordsQuery } from "./flow-record.ts";
export { NetworkService, NetworkServices, NetworkServicesQuery } from "./flow-traffic.ts";
export {
  TopTalker,
  TopTalkers,
  TopTalkersQuery,
  Traffic,
  TrafficPoint,
  TrafficQuery,
} from "./flow-traffic.ts";
export { HealthCheck, HealthLive, HealthReady } from "./health.ts";
export { IMPORT_OUTCOMES, IMPORT_STEPS, Import, ImportList, ImportListQuery } from "./import.ts";
export { ImportProgress, ImportQuery, ImportReport, type ImportStep } from "./import.ts";
export { Network, NetworkDetail, NetworkList, NetworkPath } from "./network.ts";
export { FieldError, Problem, problem, PROBLEM_CODES, PROBLEMS, type ProblemCode } from "./problem.ts";
export { formatService } from "./service-name.ts";
export { Task, TaskAccepted, TaskList, TaskListQuery, TaskPath } from "./task.ts";
export { CLASSIFICATION_METHODS, CORE_ASSET_TYPES, ClassificationMethod } from "./values.ts";
export { ScoredType, UNKNOWN_ASSET_TYPE } from "./values.ts";
