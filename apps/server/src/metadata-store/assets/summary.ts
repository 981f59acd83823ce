import { and, eq, isNotNull, sql, type SQL } from "drizzle-orm";
import type { Database } from "../connection/database.ts";
import { assets } from "../schema/assets.ts";
import { classificationHistory } from "../schema/decisions.ts";

export interface TypeCount {
  readonly assetType: string;
  readonly count: number;
  readonly confirmed: number;
}

/** How the assets of one network, or of all, stand. */
export interface AssetTally {
  readonly internal: number;
  readonly external: number;
  /** Confirmed, and the engine now says something else. */
  readonly disagreeing: number;
  /** Most assets first. */
  readonly types: readonly TypeCount[];
  /** Newest traffic of any of them; null: none. */
  readonly newestTraffic: Date | null;
  /** First seen in the last `newMs` before that. */
  readonly newAssets: number;
  /** Whose type changed, from one that was not unknown, since `changedSince`. */
  readonly changedAssets: number;
}

export interface TallyQuestion {
  /** Default: all networks. */
  readonly networkId?: number;
  readonly newMs: number;
  readonly changedSince: Date;
}

export async function tallyAssets(database: Database, question: TallyQuestion): Promise<AssetTally> {
  const { networkId, newMs, changedSince } = question;
  const inNetwork: SQL | undefined = networkId === undefined ? undefined : eq(assets.networkId, networkId);
  const whole = (value: SQL) => sql<number>`(${value})::integer`;
  return database.transaction("tally assets", async (queries) => {
    const types = await queries
      .select({
        assetType: assets.assetType,
        count: whole(sql`count(*)`),
        confirmed: whole(sql`count(*) filter (where ${assets.confirmed})`),
        internal: whole(sql`count(*) filter (where ${assets.internal})`),
        disagreeing: whole(
          sql`count(*) filter (where ${assets.confirmed} and ${assets.engineType} <> 'unknown' and ${assets.engineType} <> ${assets.assetType})`,
        ),
        newest: sql<Date | null>`max(${assets.lastSeen})`.mapWith(assets.lastSeen),
      })
      .from(assets)
      .where(inNetwork)
      .groupBy(assets.assetType)
      .orderBy(sql`count(*) desc`, assets.assetType);
    const newestMs = Math.max(...types.map(({ newest }) => newest?.getTime() ?? Number.NEGATIVE_INFINITY));
    const newestTraffic = Number.isFinite(newestMs) ? new Date(newestMs) : null;
    const newSince = new Date(newestMs - newMs);
    const [fresh] =
      newestTraffic === null
        ? []
        : await queries
            .select({ count: whole(sql`count(*)`) })
            .from(assets)
            .where(
              and(
                inNetwork,
                isNotNull(assets.firstSeen),
                sql`${assets.firstSeen} > ${newSince.toISOString()}::timestamptz`,
              ),
            );
    const [changed] = await queries
      .select({ count: whole(sql`count(distinct ${classificationHistory.assetId})`) })
      .from(classificationHistory)
      .innerJoin(assets, eq(assets.id, classificationHistory.assetId))
      .where(
        and(
          inNetwork,
          sql`${classificationHistory.at} > ${changedSince.toISOString()}::timestamptz`,
          sql`${classificationHistory.fromType} not in ('unknown', ${classificationHistory.toType})`,
        ),
      );
    const sum = (of: "count" | "internal" | "disagreeing") => types.reduce((all, one) => all + one[of], 0);
    return {
      internal: sum("internal"),
      external: sum("count") - sum("internal"),
      disagreeing: sum("disagreeing"),
      types: types.map(({ assetType, count, confirmed }) => ({ assetType, count, confirmed })),
      newestTraffic,
      newAssets: fresh?.count ?? 0,
      changedAssets: changed.count,
    };
  });
}
