import type { Database } from "../connection/database.ts";
import type { AssetDetail } from "./asset.ts";
import { findAsset, type AssetKey } from "./find.ts";
import { assetHistory, type HistoryPage, type HistoryRequest } from "./history.ts";
import { listAssets, type AssetListRequest, type AssetPage } from "./list.ts";
import type { AssetObservation, RecordedAssets } from "./observation.ts";
import { recordAssets } from "./record.ts";
import { assetReferences, type AssetReference } from "./references.ts";
import { assetStandings, countAssets, type AssetStanding } from "./standing.ts";
import { tallyAssets, type AssetTally, type TallyQuestion } from "./summary.ts";

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
  /** Changes of its type, a page at a time; undefined when there is no such asset. @throws METADATA_STORE_BAD_CURSOR */
  history(request: HistoryRequest): Promise<HistoryPage | undefined>;
  /** Those of the addresses that are assets of the network, by address. */
  references(networkId: number, addresses: readonly string[]): Promise<ReadonlyMap<string, AssetReference>>;
  /** How they stand, counted. */
  tally(question: TallyQuestion): Promise<AssetTally>;
}

export function createAssets(database: () => Database): Assets {
  return {
    record: (networkId, observations) => recordAssets(database(), networkId, observations),
    standings: (networkId, addresses) => assetStandings(database(), networkId, addresses),
    count: (networkId) => countAssets(database(), networkId),
    list: (request = {}) => listAssets(database(), request),
    find: (key) => findAsset(database(), key),
    history: (request) => assetHistory(database(), request),
    references: (networkId, addresses) => assetReferences(database(), networkId, addresses),
    tally: (question) => tallyAssets(database(), question),
  };
}
