/**
 * Hosts: found from traffic, described, classified, kept with their history.
 * Not here: counting (flow store), signals (heuristics), rows (metadata store).
 */
export {
  createAssetService,
  type AssetService,
  type AssetServiceDependencies,
  type HostTraffic,
  type RefreshChangedOptions,
  type RefreshChangedSummary,
  type RefreshOptions,
  type RefreshSummary,
} from "./asset-service.ts";
export { ASSETS_CONFIG, type AssetsConfig } from "./config.ts";
export { observeHost, type LookBack } from "./observe-host.ts";
export { settleType } from "./settle-type.ts";
