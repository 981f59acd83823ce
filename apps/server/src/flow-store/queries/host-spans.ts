import type { StoreClient } from "../client/store-client.ts";
import { addressFromStore } from "./address-sql.ts";
import { currentAggregates, rangeParams } from "./current-aggregates.ts";

const ALL_TIME = { fromMs: 0, toMs: 0xffff_ffff * 1000 };

const SQL = `SELECT host, toUnixTimestamp64Milli(max(last_seen)) AS newest_ms FROM ${currentAggregates()} GROUP BY host`;

/** The newest traffic of every host of the network, ms since 1970, by address as `formatAddress` writes it. */
export async function newestTraffic(client: StoreClient, networkId: number): Promise<Map<string, number>> {
  const params = await rangeParams(client, { networkId, ...ALL_TIME });
  const newest = new Map<string, number>();
  for await (const rows of client.stream({ name: "newest traffic", sql: SQL, params })) {
    for (const [host, newestMs] of rows as [string, string][]) newest.set(addressFromStore(host), Number(newestMs));
  }
  return newest;
}
