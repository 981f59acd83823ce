import { and, eq, getTableColumns } from "drizzle-orm";
import type { Database } from "../connection/database.ts";
import { assetEvidence, assets } from "../schema/assets.ts";
import { SUMMARY_COLUMNS, toSummary } from "./asset-columns.ts";
import type { AssetDetail } from "./asset.ts";
import { changesOf } from "./history.ts";

const HISTORY_SHOWN = 100;

export type AssetKey = { readonly id: number } | { readonly networkId: number; readonly address: string };

const {
  assetId: _evidenceOf,
  evaluatedAt: _evaluatedAt,
  ...EVIDENCE_COLUMNS
} = getTableColumns(assetEvidence);

/** One asset with all that is known of it; undefined when there is none. */
export async function findAsset(database: Database, key: AssetKey): Promise<AssetDetail | undefined> {
  const isIt =
    "id" in key
      ? eq(assets.id, key.id)
      : and(eq(assets.networkId, key.networkId), eq(assets.address, key.address));
  // One snapshot: the evidence shown is that of the type shown.
  return database.transaction("find an asset", async (queries) => {
    const [found] = await queries
      .select({
        summary: SUMMARY_COLUMNS,
        notes: assets.notes,
        challengerType: assets.challengerType,
        challengerRuns: assets.challengerRuns,
        evidence: EVIDENCE_COLUMNS,
      })
      .from(assets)
      .leftJoin(assetEvidence, eq(assetEvidence.assetId, assets.id))
      .where(isIt);
    if (found === undefined) return undefined;
    const history = await changesOf(queries, found.summary.id, { limit: HISTORY_SHOWN });
    return {
      ...toSummary(found.summary),
      notes: found.notes,
      evidence: found.evidence,
      challenger:
        found.challengerType === null ? null : { type: found.challengerType, runs: found.challengerRuns },
      history,
    };
  });
}
