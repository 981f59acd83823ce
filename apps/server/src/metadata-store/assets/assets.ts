import type { Database } from "../connection/database.ts";
import type { AssetDetail } from "./asset.ts";
import { findAsset, type AssetKey } from "./find.ts";
import { listAssets, type AssetListRequest, type AssetPage } from "./list.ts";
import type { AssetObservation, RecordedAssets } from "./observation.ts";
import { recordAssets } from "./record.ts";
import { assetStandings, countAssets, type AssetStanding } from "./standing.ts";

export interface Assets {
  /** See `recordAssets`. @throws METADATA_STORE_BAD_ARGUMENT for a value that cannot be; nothing is written then */
  record(networkId: number, observations: readonly AssetObservation[]): Promise<RecordedAssets>;
  /** What stands of those addresses that are assets already, by address. */
  standings(networkId: number, addresses: readonly string[]): Promise<Map<string, AssetStanding>>;
  /** How many there are of a network, by whether they lie in its internal ranges. */
  count(networkId: number): Promise<{ readonly internal: number; readonly external: number }>;
  /** One page. @throws METADATA_STORE_BAD_ARGUMENT, METADATA_STORE_BAD_CURSOR */
  list(request?: AssetListRequest): Promise<AssetPage>;
  /** One asset with evidence and history; undefined when there is none. */
  find(key: AssetKey): Promise<AssetDetail | undefined>;
}

export function createAssets(database: () => Database): Assets {
  return {
    record: (networkId, observations) => recordAssets(database(), networkId, observations),
    standings: (networkId, addresses) => assetStandings(database(), networkId, addresses),
    count: (networkId) => countAssets(database(), networkId),
    list: (request = {}) => listAssets(database(), request),
    find: (key) => findAsset(database(), key),
  };
}
