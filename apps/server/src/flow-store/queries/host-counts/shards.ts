import { formatAddress, type AddressRange } from "@flowlens/flow";
import type { StoreClient } from "../../client/store-client.ts";
import { inRanges, isIpv4Sql } from "../address-sql.ts";
import type { RangeParams } from "../current-aggregates.ts";
import { countedRows, ICMP, type HostShard, type ScratchTables } from "./host-counts-sql.ts";

/**
 * What a shard may weigh: rows, and a hundred for each host. About 300 MB in the store and 20,000 hosts in an
 * answer. One host that alone has more makes a shard of its own.
 */
const SHARD_WEIGHT = 2_000_000;
const HOST_WEIGHT = 100;
const LISTED_HOSTS_PER_SHARD = 2000;

/**
 * Cuts the internal hosts into ranges of addresses: aggregates are ordered by host, so each shard reads its own
 * part of them, and together they read everything once. Rows of superseded folds weigh too: they are read.
 */
export async function planInternalShards(
  client: StoreClient,
  params: RangeParams,
  internalRanges: readonly AddressRange[],
): Promise<HostShard[]> {
  if (internalRanges.length === 0) return [];
  const internal = inRanges("host", internalRanges);
  const cuts = await client.rows<{ first: string; last: string; ipv4_only: number }>({
    name: "host counts: plan",
    sql: `
SELECT toString(min(host)) AS first, toString(max(host)) AS last, ipv4 AND NOT max(mixed) AS ipv4_only
FROM (
  SELECT host, ipv4, mixed, sum(weight) OVER (ORDER BY host ROWS UNBOUNDED PRECEDING) AS until
  FROM (
    SELECT host, count() + ${HOST_WEIGHT} AS weight, ${isIpv4Sql("host")} AS ipv4, max(${isIpv4Sql("peer")} != ${isIpv4Sql("host")}) AS mixed
    FROM aggregates
    WHERE network_id = {network:UInt32} AND ${internal}
      AND window >= toDateTime({from_s:UInt32}, 'UTC') AND window < toDateTime({to_s:UInt32}, 'UTC')
    GROUP BY host
  )
)
GROUP BY ipv4, intDiv(until, ${SHARD_WEIGHT})
ORDER BY min(host)`,
    params,
  });
  return cuts.map((cut) => ({
    where: `host >= toIPv6('${cut.first}') AND host <= toIPv6('${cut.last}') AND ${internal}`,
    params: {},
    ipv4Only: cut.ipv4_only === 1,
    seenOnly: true,
  }));
}

/** Shards of hosts that are named one by one. */
export function listedShards(hosts: readonly Uint8Array[], seenOnly: boolean): HostShard[] {
  const shards: HostShard[] = [];
  for (let at = 0; at < hosts.length; at += LISTED_HOSTS_PER_SHARD) {
    const some = hosts.slice(at, at + LISTED_HOSTS_PER_SHARD);
    // As a parameter: the condition stands in the text ten times.
    const addresses = some.map((host) => formatAddress(host));
    shards.push({ where: "host IN {hosts:Array(IPv6)}", params: { hosts: addresses }, ipv4Only: false, seenOnly });
  }
  return shards;
}

/** External addresses that served at least two internal hosts, most internal clients first (spec §1 "asset"). */
export async function externalServers(
  client: StoreClient,
  params: RangeParams,
  about: { readonly scratch: ScratchTables; readonly internalRanges: readonly AddressRange[]; readonly most: number },
): Promise<string[]> {
  const { scratch, internalRanges, most } = about;
  if (internalRanges.length === 0 || most === 0) return [];
  const served = `NOT ${inRanges("host", internalRanges)} AND side = 'server' AND protocol NOT IN ${ICMP} AND ${inRanges("peer", internalRanges)}`;
  const rows = await client.rows<{ address: string }>({
    name: "host counts: external servers",
    sql: `
SELECT toString(host) AS address
FROM ${countedRows(["host", "peer"], served, scratch)}
GROUP BY host
HAVING uniqExact(peer) >= 2
ORDER BY uniqExact(peer) DESC, host
LIMIT ${most}`,
    params,
    settings: { optimize_aggregation_in_order: 1 },
  });
  return rows.map((row) => row.address);
}

/** Where a network has no internal address: hosts with at least 1 % of its conversations, most first. */
export async function busiestHosts(client: StoreClient, params: RangeParams, scratch: ScratchTables): Promise<string[]> {
  const rows = await client.rows<{ address: string }>({
    name: "host counts: busiest hosts",
    sql: `
SELECT toString(host) AS address
FROM ${countedRows(["host", "side"], "1", scratch)}
GROUP BY host
HAVING sum(toUInt64(conversations)) > 0 AND sum(toUInt64(conversations)) * 100 >= (
  SELECT sum(toUInt64(conversations)) FROM ${countedRows(["side"], "side = 'server'", scratch)}
)
ORDER BY sum(toUInt64(conversations)) DESC, host`,
    params,
    settings: { optimize_aggregation_in_order: 1 },
  });
  return rows.map((row) => row.address);
}
