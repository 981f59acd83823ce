/**
 * The metadata store: the only room that speaks to PostgreSQL. Networks, assets with the history of their types,
 * imports, tasks and settings, as plain typed rows. Not here: what a type is decided from (#assets), flows (#flow-store).
 */
export type {
  AssetDetail,
  AssetSummary,
  AssetTraffic,
  Challenger,
  ClassificationMethod,
} from "./assets/asset.ts";
export type { EngineAnswer, Evidence, ScoredType, ServedEndpoint, TypeChange } from "./assets/asset.ts";
export type { Assets } from "./assets/assets.ts";
export type { AssetReference } from "./assets/references.ts";
export type { AssetTally } from "./assets/summary.ts";
export type { AssetKey } from "./assets/find.ts";
export { ASSETS_PER_PAGE, ASSETS_PER_PAGE_MAX } from "./assets/list.ts";
export type { AssetListRequest, AssetPage } from "./assets/list.ts";
export type { AssetFilter } from "./assets/list-filter.ts";
export { ASSET_SORT_KEYS, type AssetOrder, type AssetSortKey } from "./assets/list-order.ts";
export type { AssetObservation, RecordedAssets } from "./assets/observation.ts";
export { RECORDED_AT_ONCE } from "./assets/record.ts";
export type { AssetStanding } from "./assets/standing.ts";
export { METADATA_STORE_CONFIG, type MetadataStoreConfig } from "./config.ts";
export type { PostgresConnection } from "./connection/postgres-connection.ts";
export { METADATA_STORE_ERROR_CODES, MetadataStoreError, type MetadataStoreErrorCode } from "./errors.ts";
export type { ExporterChanges, Exporters, SeenExporter, StoredExporter } from "./exporters.ts";
export type { FileImport, ImportBeginning, ImportResult, Imports } from "./imports.ts";
export { createMetadataStore, type MetadataStore, type MetadataStoreDependencies } from "./metadata-store.ts";
export type { SimulatedClock } from "./schema/networks.ts";
export type { Network, NetworkSettings, Networks } from "./networks.ts";
export type { Reason } from "./schema/reason.ts";
export type { Settings } from "./settings.ts";
export type { NewToken, StoredToken, Tokens, UserRole } from "./tokens.ts";
export type { AssetType, AssetTypes } from "./types.ts";
export type { NewTask, Task, TaskEnd, TaskProgress, Tasks, TaskStatus } from "./tasks.ts";
