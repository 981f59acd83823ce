import { formatServedPort, type AssetListItem, type AssetListQuery } from "@flowlens/contract";
import type { AssetListRequest, AssetSummary, MetadataStore } from "#metadata-store";

export function assetListItem(asset: AssetSummary, network: string): AssetListItem {
  const { engine } = asset;
  return {
    id: asset.id,
    network,
    address: asset.address,
    internal: asset.internal,
    pinned: asset.pinned,
    name: asset.name,
    asset_type: asset.assetType,
    confidence: asset.confidence,
    classification_method: asset.classificationMethod,
    classification_locked: asset.classificationLocked,
    confirmed: asset.confirmed,
    type_since: asset.typeSince?.toISOString() ?? null,
    role: engine?.role ? { name: engine.role.type, confidence: engine.role.confidence } : null,
    engine: engine
      ? {
          asset_type: engine.type,
          confidence: engine.confidence,
          method: engine.method,
          runner_up: engine.runnerUp ? { asset_type: engine.runnerUp.type, confidence: engine.runnerUp.confidence } : null,
          model_version: engine.modelVersion,
        }
      : null,
    conversations: asset.conversations,
    bytes_in: asset.bytesIn,
    bytes_out: asset.bytesOut,
    clients: asset.clients,
    servers: asset.servers,
    served_ports: asset.servedEndpoints.map((one) => ({ ...one, name: formatServedPort(one) })),
    max_sampling_rate: asset.maxSamplingRate,
    first_seen: asset.firstSeen?.toISOString() ?? null,
    last_seen: asset.lastSeen?.toISOString() ?? null,
    classified_at: asset.classifiedAt?.toISOString() ?? null,
  };
}

export async function assetListRequest(metadata: Pick<MetadataStore, "networks">, query: Omit<AssetListQuery, "cursor">): Promise<AssetListRequest> {
  const network = query.network === undefined ? undefined : await metadata.networks.get(query.network);
  return {
    filter: { ...(query.network === undefined ? {} : { networkId: network?.id ?? -1 }) },
    order: { by: query.sort ?? "address", direction: query.order ?? "asc" },
    limit: query.limit ?? 100,
  };
}
