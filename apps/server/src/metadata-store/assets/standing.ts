import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../connection/database.ts";
import { assets } from "../schema/assets.ts";
import type { Challenger, ClassificationMethod, ScoredType } from "./asset.ts";

/** What is in force for an asset, as far as the next decision about it needs to know. */
export interface AssetStanding extends ScoredType {
  readonly id: number;
  readonly address: string;
  readonly method: ClassificationMethod;
  readonly confirmed: boolean;
  readonly pinned: boolean;
  readonly challenger: Challenger | null;
}

/** What stands of those addresses that are assets already, by address as `formatAddress` writes it. */
export async function assetStandings(
  database: Database,
  networkId: number,
  addresses: readonly string[],
): Promise<Map<string, AssetStanding>> {
  const rows = await database.query("read what stands of assets", (queries) =>
    queries
      .select({
        id: assets.id,
        address: assets.address,
        type: assets.assetType,
        confidence: assets.confidence,
        method: assets.classificationMethod,
        confirmed: assets.confirmed,
        pinned: assets.pinned,
        challengerType: assets.challengerType,
        challengerRuns: assets.challengerRuns,
      })
      .from(assets)
      .where(
        and(eq(assets.networkId, networkId), sql`${assets.address} = any(${sql.param(addresses)}::inet[])`),
      ),
  );
  return new Map(
    rows.map(({ challengerType, challengerRuns, ...same }) => [
      same.address,
      {
        ...same,
        challenger: challengerType === null ? null : { type: challengerType, runs: challengerRuns },
      },
    ]),
  );
}
