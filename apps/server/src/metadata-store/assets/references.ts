import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../connection/database.ts";
import { assets } from "../schema/assets.ts";

/** As much of an asset as stands beside its address elsewhere. */
export interface AssetReference {
  readonly id: number;
  readonly address: string;
  readonly name: string;
  readonly assetType: string;
}

/** Those of the addresses that are assets of the network, by address as `formatAddress` writes it. */
export async function assetReferences(
  database: Database,
  networkId: number,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, AssetReference>> {
  if (addresses.length === 0) return new Map();
  const rows = await database.query("look assets up by address", (queries) =>
    queries
      .select({ id: assets.id, address: assets.address, name: assets.name, assetType: assets.assetType })
      .from(assets)
      .where(
        and(eq(assets.networkId, networkId), sql`${assets.address} = any(${sql.param(addresses)}::inet[])`),
      ),
  );
  return new Map(rows.map((row) => [row.address, row]));
}
