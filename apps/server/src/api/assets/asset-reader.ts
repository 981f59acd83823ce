import { AssetListQuery, type AssetDetail, type AssetList } from "@flowlens/contract";
import type { MetadataStore, Network } from "#metadata-store";
import { RequestError } from "../errors.ts";
import { requireNetwork } from "../networks/require-network.ts";
import { readParameters, type GivenParameters } from "../parameters/read-parameters.ts";
import { toAssetDetail } from "./asset-detail-json.ts";
import { toAssetListItem } from "./asset-json.ts";
import { toAssetListRequest } from "./asset-list-request.ts";

/** Assets in the shapes of the API, straight from the metadata store: what HTTP answers and what commands print without it. */
export interface AssetReader {
  /** One page. @throws RequestError PARAMETER_INVALID, NETWORK_NOT_FOUND; MetadataStoreError METADATA_STORE_BAD_CURSOR, … */
  list(query?: AssetListQuery): Promise<AssetList>;
  /** @throws RequestError ASSET_NOT_FOUND */
  get(id: number): Promise<AssetDetail>;
}

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
      const asset = await metadata.assets.find({ id });
      if (asset === undefined) {
        throw new RequestError(
          "ASSET_NOT_FOUND",
          `There is no asset ${id}. GET /api/v1/assets lists those there are.`,
        );
      }
      const nameOf = await networkNames([], [asset.networkId]);
      return toAssetDetail(asset, nameOf(asset.networkId));
    },
  };

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
