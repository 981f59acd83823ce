/**
 * The flow store: the only room that speaks to ClickHouse. Raw flows in, folds, counts of hosts out, forgetting.
 * Not here: who is asked to decode (collection), what counts mean (features, heuristics, #assets).
 */
export type { QuestionLimits } from "./client/bounded-client.ts";
export type { StoreConnection } from "./client/store-client.ts";
export { FLOW_STORE_CONFIG, type FlowStoreConfig } from "./config.ts";
export { FLOW_STORE_ERROR_CODES, FlowStoreError, type FlowStoreErrorCode } from "./errors.ts";
export { createFlowStore, type FlowStore, type FlowStoreDependencies } from "./flow-store.ts";
export type { ExpireRequest, ExpireResult } from "./forgetting/expire.ts";
export type { FoldProgress, FoldRequest, FoldResult } from "./fold/create-fold.ts";
export type { InsertTarget } from "./insert/flow-inserter.ts";
export type { ChangedHost, ChangedHosts, ChangedHostsQuestion } from "./queries/changed-hosts.ts";
export type { CountedHost, HostCountsQuestion } from "./queries/host-counts/host-counts.ts";
export type { StoredAggregate } from "./queries/aggregates.ts";
export type { Exchange, HostHour, HostPeer, HostService } from "./queries/one-host.ts";
export { LISTED_HOSTS_MAX } from "./queries/host-counts/shards.ts";
export type { Queries } from "./queries/queries.ts";
export type { StoredRecord } from "./queries/records.ts";
export type { RollupRequest, RollupResult } from "./rollup/rollup.ts";
export {
  openOrientationProbe,
  type OrientationProbe,
  type OrientedConversation,
} from "./fold/orientation-probe.ts";
