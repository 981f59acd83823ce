import { asc, sql } from "drizzle-orm";
import type { Database } from "./connection/database.ts";
import { assetTypes } from "./schema/types.ts";

/** What an asset can be. */
export interface AssetType {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** Comes with the product. */
  readonly builtIn: boolean;
}

export interface AssetTypes {
  /** Those that come with the product, then those that were added, `unknown` last; each by label. */
  list(): Promise<AssetType[]>;
}

export function createAssetTypes(database: () => Database): AssetTypes {
  return {
    list: () =>
      database().query("list asset types", (queries) =>
        queries
          .select({
            name: assetTypes.name,
            label: assetTypes.label,
            description: assetTypes.description,
            builtIn: assetTypes.builtIn,
          })
          .from(assetTypes)
          .orderBy(
            sql`${assetTypes.name} = 'unknown'`,
            sql`not ${assetTypes.builtIn}`,
            asc(assetTypes.label),
          ),
      ),
  };
}
