import { formatServedPort, type AssetListItem, type EngineAnswer, type ScoredType } from "@flowlens/contract";
import type { AssetSummary, EngineAnswer as StoredAnswer, ScoredType as StoredScore } from "#metadata-store";

/** An asset as the API and the command line show it. `network` is the name of its network. */
export function toAssetListItem(asset: AssetSummary, network: string): AssetListItem {
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
    type_since: toMoment(asset.typeSince),
    role: toRole(asset.engine),
    engine: toEngineAnswer(asset.engine),
    conversations: asset.conversations,
    bytes_in: asset.bytesIn,
    bytes_out: asset.bytesOut,
    clients: asset.clients,
    servers: asset.servers,
    served_ports: asset.servedEndpoints.map(({ protocol, port, clients }) => ({
      protocol,
      port,
      name: formatServedPort({ protocol, port }),
      clients,
    })),
    max_sampling_rate: asset.maxSamplingRate,
    first_seen: toMoment(asset.firstSeen),
    last_seen: toMoment(asset.lastSeen),
    classified_at: toMoment(asset.classifiedAt),
  };
}

export function toMoment(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

export function toScoredType(score: StoredScore | null): ScoredType | null {
  return score === null ? null : { asset_type: score.type, confidence: score.confidence };
}

export function toEngineAnswer(answer: StoredAnswer | null): EngineAnswer | null {
  if (answer === null) return null;
  return {
    asset_type: answer.type,
    confidence: answer.confidence,
    method: answer.method,
    runner_up: toScoredType(answer.runnerUp),
    model_version: answer.modelVersion,
  };
}

function toRole(answer: StoredAnswer | null): AssetListItem["role"] {
  const role = answer?.role ?? null;
  return role === null ? null : { name: role.type, confidence: role.confidence };
}
