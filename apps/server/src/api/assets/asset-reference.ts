import type { AssetReference } from "@flowlens/contract";
import type { AssetReference as StoredReference } from "#metadata-store";

export function toAssetReference(found: StoredReference | undefined): AssetReference | null {
  return found === undefined ? null : { id: found.id, name: found.name, asset_type: found.assetType };
}
