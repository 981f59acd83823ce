import type { StoreClient } from "../client/store-client.ts";
import { addressFromStore } from "./address-sql.ts";
import { currentAggregates, rangeParams } from "./current-aggregates.ts";

const ALL_TIME = { fromMs: 0, toMs: 0xffff_ffff * 1000 };

const SQL = `SELECT host, toUnixTimestamp64Milli(min(first_seen)) AS first_ms, toUnixTimestamp64Milli(max(last_seen)) AS last_ms
FROM ${currentAggregates()} GROUP BY host`;

/** When a host was first and last seen, ms since 1970. */
export interface HostSpan {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The span of every host of the network, whatever its traffic, by address as `formatAddress` writes it. */
export async function hostSpans(client: StoreClient, networkId: number): Promise<Map<string, HostSpan>> {
  const params = await rangeParams(client, { networkId, ...ALL_TIME });
  const spans = new Map<string, HostSpan>();
  for await (const rows of client.stream({ name: "host spans", sql: SQL, params })) {
    for (const [host, firstMs, lastMs] of rows as [string, string, string][]) {
      spans.set(addressFromStore(host), { firstMs: Number(firstMs), lastMs: Number(lastMs) });
    }
  }
  return spans;
}
