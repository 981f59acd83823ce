import type { StoreClient } from "../client/store-client.ts";
import { addressFromStore } from "./address-sql.ts";

export interface ChangedHostsQuestion {
  readonly networkId: number;
  /** Folds with greater numbers are looked at; 0 looks at all. */
  readonly afterFold: number;
  readonly signal?: AbortSignal;
}

export interface ChangedHosts {
  /** The newest fold that was looked at: the next question's `afterFold`. */
  readonly upToFold: number;
  /** By address as `formatAddress` writes it. */
  readonly hosts: ReadonlyMap<string, ChangedHost>;
}

/** What came for a host with the folds that were looked at, ms since 1970 of the traffic's own time. */
export interface ChangedHost {
  readonly firstMs: number;
  /** Newest traffic that the host itself took part in; undefined when it was only tried without an answer. */
  readonly lastMs: number | undefined;
}

/** The folds after the mark that count, as CURRENT_FOLDS has them all. */
const NEW_FOLDS = `
  FROM folds
  WHERE network_id = {network:UInt32} AND fold > {after:UInt32} AND fold <= {fold_to:UInt32}`;

/** The newest fold of each network that has one. */
export async function newestFolds(client: StoreClient): Promise<Map<number, number>> {
  const rows = await client.rows<{ network_id: number; fold: number }>({
    name: "newest folds",
    sql: "SELECT network_id, max(fold) AS fold FROM folds GROUP BY network_id",
  });
  return new Map(rows.map((row) => [row.network_id, row.fold]));
}

/**
 * The hosts that have aggregates of folds newer than a mark, and when that traffic was. Reads the days on which those
 * folds were made, of them the windows that they are about; a fold replaces its whole slice of a window, so a host
 * may come that has nothing new in it.
 */
export async function changedHosts(
  client: StoreClient,
  { networkId, afterFold, signal }: ChangedHostsQuestion,
): Promise<ChangedHosts> {
  const about = await client.row<{ fold_to: number; first_s: number; last_s: number; day: string }>({
    name: "folds since a mark",
    sql: `
SELECT max(fold) AS fold_to, toUnixTimestamp(min(window)) AS first_s, toUnixTimestamp(max(window)) AS last_s,
  toString(toDate(min(folded_at), 'UTC')) AS day
FROM folds WHERE network_id = {network:UInt32} AND fold > {after:UInt32}`,
    params: { network: networkId, after: afterFold },
  });
  const hosts = new Map<string, ChangedHost>();
  if (about.fold_to <= afterFold) return { upToFold: afterFold, hosts };
  const pieces = client.stream({
    name: "changed hosts",
    sql: `
SELECT host, toUnixTimestamp64Milli(min(first_seen)), toUnixTimestamp64Milli(maxIf(last_seen, packets_out > 0 OR answered = 1))
FROM aggregates
WHERE network_id = {network:UInt32} AND folded_on >= toDate({day:String}) AND fold > {after:UInt32} AND fold <= {fold_to:UInt32}
  AND window >= toDateTime({first_s:UInt32}, 'UTC') AND window <= toDateTime({last_s:UInt32}, 'UTC')
  AND (window, slice, fold) IN (SELECT window, slice, max(fold) ${NEW_FOLDS} GROUP BY window, slice, floor_batch)
GROUP BY host`,
    params: { network: networkId, after: afterFold, ...about },
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const rows of pieces) {
    for (const [host, firstMs, lastMs] of rows as [string, string, string][]) {
      const last = Number(lastMs);
      hosts.set(addressFromStore(host), { firstMs: Number(firstMs), lastMs: last > 0 ? last : undefined });
    }
  }
  return { upToFold: about.fold_to, hosts };
}
