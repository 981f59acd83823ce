import { and, count, eq, sql } from "drizzle-orm";
import type { Database } from "../connection/database.ts";
import { assetEvidence, assets } from "../schema/assets.ts";
import type { Challenger, ClassificationMethod, ScoredType } from "./asset.ts";

/** What is in force for an asset, as far as the next decision about it needs to know. */
export interface AssetStanding extends ScoredType {
  readonly id: number;
  readonly address: string;
  readonly method: ClassificationMethod;
  readonly confirmed: boolean;
  readonly pinned: boolean;
  readonly challenger: Challenger | null;
  /** Of its traffic; null: not seen yet. */
  readonly lastSeen: Date | null;
  /** End of the look-back of its last description; null: not described yet. */
  readonly describedTo: Date | null;
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
        lastSeen: assets.lastSeen,
        describedTo: assetEvidence.periodTo,
      })
      .from(assets)
      .leftJoin(assetEvidence, eq(assetEvidence.assetId, assets.id))
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

/** How many assets of a network lie outside and inside its internal ranges. */
export async function countAssets(
  database: Database,
  networkId: number,
): Promise<{ readonly internal: number; readonly external: number }> {
  const [row] = await database.query("count assets of a network", (queries) =>
    queries
      .select({ all: count(), internal: sql<number>`(count(*) filter (where ${assets.internal}))::integer` })
      .from(assets)
      .where(eq(assets.networkId, networkId)),
  );
  return { internal: row.internal, external: row.all - row.internal };
}
