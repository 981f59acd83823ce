import {
  AssetListQuery,
  UNKNOWN_ASSET_TYPE,
  type AssetDetail,
  type AssetExplanation,
  type AssetFeatures,
  type AssetHistory,
  type AssetHistoryQuery,
  type AssetList,
  type AssetSummary,
  type AssetSummaryQuery,
} from "@flowlens/contract";
import type { AssetDetail as StoredAsset, MetadataStore, Network } from "#metadata-store";
import { requireNetwork } from "../networks/require-network.ts";
import { readParameters, type GivenParameters } from "../parameters/read-parameters.ts";
import { toAssetDetail, toAssetExplanation, toAssetFeatures, toTypeChange } from "./asset-detail-json.ts";
import { toAssetListItem } from "./asset-json.ts";
import { toAssetListRequest } from "./asset-list-request.ts";
import { assetNotFound } from "./asset-not-found.ts";

/** Assets in the shapes of the API, straight from the metadata store: what HTTP answers and what commands print without it. */
export interface AssetReader {
  /** One page. @throws RequestError PARAMETER_INVALID, NETWORK_NOT_FOUND; MetadataStoreError METADATA_STORE_BAD_CURSOR, … */
  list(query?: AssetListQuery): Promise<AssetList>;
  /** @throws RequestError ASSET_NOT_FOUND */
  get(id: number): Promise<AssetDetail>;
  features(id: number): Promise<AssetFeatures>;
  explanation(id: number): Promise<AssetExplanation>;
  /** One page. */
  history(id: number, query?: AssetHistoryQuery): Promise<AssetHistory>;
  /** @throws RequestError NETWORK_NOT_FOUND */
  summary(query?: AssetSummaryQuery): Promise<AssetSummary>;
}

const DAY_MS = 86_400_000;

export function createAssetReader(metadata: Pick<MetadataStore, "assets" | "networks">): AssetReader {
  return {
    async list(query = {}) {
      const networks = await metadata.networks.list();
      const network = query.network === undefined ? undefined : requireNetwork(networks, query.network);
      const page = await metadata.assets.list(toAssetListRequest(query, network?.id));
      const nameOf = await networkNames(
        networks,
        page.assets.map(({ networkId }) => networkId),
      );
      return {
        assets: page.assets.map((asset) => toAssetListItem(asset, nameOf(asset.networkId))),
        next_cursor: page.nextCursor,
        total: page.total,
      };
    },
    async get(id) {
      const asset = await find(id);
      const nameOf = await networkNames([], [asset.networkId]);
      return toAssetDetail(asset, nameOf(asset.networkId));
    },
    features: async (id) => toAssetFeatures(await find(id)),
    explanation: async (id) => toAssetExplanation(await find(id)),
    async history(id, { cursor, limit = 100 } = {}) {
      const page = await metadata.assets.history({ id, limit, ...(cursor === undefined ? {} : { cursor }) });
      if (page === undefined) throw assetNotFound(id);
      return {
        changes: page.changes.map(toTypeChange),
        next_cursor: page.nextCursor,
        total: page.total,
      };
    },
    async summary({ network: name } = {}) {
      const network = name === undefined ? undefined : requireNetwork(await metadata.networks.list(), name);
      const changedSince = new Date(Date.now() - DAY_MS);
      const tally = await metadata.assets.tally({
        newMs: DAY_MS,
        changedSince,
        ...(network === undefined ? {} : { networkId: network.id }),
      });
      const { internal, external, newestTraffic } = tally;
      const unknown = tally.types.find((one) => one.assetType === UNKNOWN_ASSET_TYPE)?.count ?? 0;
      return {
        network: network?.name ?? null,
        total: internal + external,
        internal,
        external,
        decided: internal + external - unknown,
        unknown,
        confirmed: tally.types.reduce((sum, { confirmed }) => sum + confirmed, 0),
        disagreeing: tally.disagreeing,
        types: tally.types.map(({ assetType, count, confirmed }) => ({
          asset_type: assetType,
          count,
          confirmed,
        })),
        new_assets: tally.newAssets,
        new_since: newestTraffic === null ? null : new Date(newestTraffic.getTime() - DAY_MS).toISOString(),
        changed_assets: tally.changedAssets,
        changed_since: changedSince.toISOString(),
        newest_traffic: newestTraffic?.toISOString() ?? null,
      };
    },
  };

  async function find(id: number): Promise<StoredAsset> {
    const asset = await metadata.assets.find({ id });
    if (asset === undefined) throw assetNotFound(id);
    return asset;
  }

  /** Names by id. Networks made since `known` was read are looked up. */
  async function networkNames(
    known: readonly Network[],
    ids: readonly number[],
  ): Promise<(id: number) => string> {
    const isKnown = ids.every((id) => known.some((network) => network.id === id));
    const networks = isKnown ? known : await metadata.networks.list();
    const names = new Map(networks.map(({ id, name }) => [id, name]));
    return (id) => names.get(id) ?? `network ${id}`;
  }
}

/**
 * Reads the query of an asset list from texts, as they stand in a URL or behind flags; a list may be one text with commas.
 * @throws RequestError PARAMETER_UNKNOWN, PARAMETER_INVALID; its message names all that is wrong
 */
export function readAssetListQuery(given: GivenParameters): AssetListQuery {
  return readParameters(AssetListQuery, given);
}
