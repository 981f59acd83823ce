import { formatAddress, parseAddress } from "@flowlens/flow";
import { and, eq, sql } from "drizzle-orm";
import type { Database, Queries } from "../connection/database.ts";
import { badArgument } from "../errors.ts";
import { assets } from "../schema/assets.ts";
import { recordingStatement, toInput } from "./record-statement.ts";
import type { AssetObservation, RecordedAssets } from "./observation.ts";

export const RECORDED_AT_ONCE = 10_000;

/**
 * Writes what was observed of up to 10,000 hosts of a network: the assets, what stands behind the engine's answer, and
 * a row of history for each type that changes, all or nothing. Of a confirmed asset the type, confidence, method and
 * lock stay; that is so in the statement itself, whatever was read before.
 */
export async function recordAssets(
  database: Database,
  networkId: number,
  observations: readonly AssetObservation[],
): Promise<RecordedAssets> {
  if (observations.length === 0) return { created: 0, typeChanges: 0, keptConfirmed: 0 };
  if (observations.length > RECORDED_AT_ONCE) {
    throw badArgument(
      `${observations.length} assets cannot be recorded at once; give at most ${RECORDED_AT_ONCE}.`,
    );
  }
  const byAddress = new Map(observations.map((one) => [checkedAddress(one.address), one]));
  if (byAddress.size < observations.length) {
    throw badArgument("An address stands twice among the assets to record.", { field: "address" });
  }
  return database.transaction("record assets", async (queries) => {
    // One recorder at a time in a network: what `typesBefore` did not find, nobody else makes meanwhile.
    await queries.execute(
      sql`select pg_advisory_xact_lock(hashtextextended(${`flowlens record ${networkId}`}, 0))`,
    );
    const before = await typesBefore(queries, networkId, [...byAddress.keys()]);
    const rows = [...byAddress].map(([address, one]) =>
      toInput(one, address, before.get(address) ?? "unknown"),
    );
    const written = await queries.execute<{ kept_confirmed: number; type_changes: number }>(
      recordingStatement(networkId, JSON.stringify(rows)),
    );
    const [counts] = written.rows;
    return {
      created: rows.length - before.size,
      typeChanges: counts.type_changes,
      keptConfirmed: counts.kept_confirmed,
    };
  });
}

/** Types of those assets that exist already. A person who wants to change one waits until the transaction ends. */
async function typesBefore(
  queries: Queries,
  networkId: number,
  addresses: readonly string[],
): Promise<Map<string, string>> {
  const rows = await queries
    .select({ address: assets.address, type: assets.assetType })
    .from(assets)
    .where(
      and(eq(assets.networkId, networkId), sql`${assets.address} = any(${sql.param(addresses)}::inet[])`),
    )
    .for("update");
  return new Map(rows.map(({ address, type }) => [address, type]));
}

function checkedAddress(text: string): string {
  const bytes = parseAddress(text);
  if (bytes !== undefined) return formatAddress(bytes);
  throw badArgument(`"${text.slice(0, 50)}" is no IPv4 or IPv6 address.`, { field: "address" });
}
