import { formatAddress, isIpv4, parseAddress, rangeContains, type AddressRange } from "@flowlens/flow";
import type { StoreClient } from "../../client/store-client.ts";
import { inRanges, isIpv4Sql } from "../address-sql.ts";
import { countedRows, ICMP, type CountingSources } from "../counted-rows.ts";
import type { RangeParams } from "../current-aggregates.ts";
import type { HostShard } from "./host-counts-sql.ts";

/**
 * What a shard may weigh: rows, and two hundred for each host: some 400 MB in the store, at most 25,000 hosts in an
 * answer. Larger ones would save little: a statement takes a tenth of a second to be understood, whatever it reads.
 * One host that alone has more makes a shard of its own.
 */
const SHARD_WEIGHT = 5_000_000;
const HOST_WEIGHT = 200;
/** As a parameter they must fit into 128 KiB, whatever the addresses: the most that ClickHouse takes in one. */
export const LISTED_HOSTS_MAX = 2500;

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
    // Internal hosts are picked after the window function: before it, the ranges would be looked up for every row.
    sql: `
SELECT toString(min(host)) AS first, toString(max(host)) AS last, ipv4 AS ipv4_only
FROM (
  SELECT host, ${isIpv4Sql("host")} AS ipv4, sum(weight) OVER (ORDER BY host) AS until
  FROM (${rowsByHost(0)} UNION ALL ${rowsByHost(1)})
)
WHERE ${internal}
GROUP BY ipv4, intDiv(until, ${SHARD_WEIGHT})
ORDER BY min(host)`,
    params,
    settings: { optimize_aggregation_in_order: 1 },
  });
  return cuts.map((cut) => ({
    where: `host >= toIPv6('${cut.first}') AND host <= toIPv6('${cut.last}')${internalRanges.some((range) => isWithin(range, cut)) ? "" : ` AND ${internal}`}`,
    params: {},
    ipv4Only: cut.ipv4_only === 1,
    seenOnly: true,
  }));
}

function rowsByHost(answered: 0 | 1): string {
  return `
    SELECT host, count() + ${HOST_WEIGHT} AS weight
    FROM aggregates
    WHERE network_id = {network:UInt32} AND answered = ${answered}
      AND window >= toDateTime({from_s:UInt32}, 'UTC') AND window < toDateTime({to_s:UInt32}, 'UTC')
    GROUP BY host`;
}

/** A shard that lies in one range needs no look at every row's address. */
function isWithin(range: AddressRange, cut: { readonly first: string; readonly last: string }): boolean {
  const ends = [cut.first, cut.last].map((text) => parseAddress(text));
  return ends.every((end) => end !== undefined && rangeContains(range, end));
}

/** Shards of hosts that are named one by one. */
export function listedShards(hosts: readonly Uint8Array[], seenOnly: boolean): HostShard[] {
  const shards: HostShard[] = [];
  for (const ipv4Only of [true, false]) {
    const some = hosts.filter((host) => isIpv4(host) === ipv4Only).map((host) => formatAddress(host));
    for (let at = 0; at < some.length; at += LISTED_HOSTS_MAX) {
      // As a parameter: the condition stands in the text ten times.
      const params = { hosts: some.slice(at, at + LISTED_HOSTS_MAX) };
      shards.push({ where: "host IN {hosts:Array(IPv6)}", params, ipv4Only, seenOnly });
    }
  }
  return shards;
}

/** External addresses that served at least two internal hosts, most internal clients first (spec §1 "asset"). */
export async function externalServers(
  client: StoreClient,
  params: RangeParams,
  about: {
    readonly sources: CountingSources;
    readonly internalRanges: readonly AddressRange[];
    readonly most: number;
    /** Only these are asked about; all where undefined. */
    readonly among?: readonly Uint8Array[] | undefined;
  },
): Promise<string[]> {
  const { sources, internalRanges, most } = about;
  const among = about.among
    ?.filter((address) => !internalRanges.some((range) => rangeContains(range, address)))
    .map((address) => formatAddress(address));
  if (internalRanges.length === 0 || most === 0 || among?.length === 0) return [];
  const chosen = among === undefined ? "" : "host IN {among:Array(IPv6)} AND ";
  const served = `${chosen}NOT ${inRanges("host", internalRanges)} AND side = 'server' AND protocol NOT IN ${ICMP} AND ${inRanges("peer", internalRanges)}`;
  const rows = await client.rows<{ address: string }>({
    name: "host counts: external servers",
    sql: `
SELECT toString(host) AS address
FROM ${countedRows(["host", "peer"], served, sources)}
GROUP BY host
HAVING uniqExact(peer) >= 2
ORDER BY uniqExact(peer) DESC, host
LIMIT ${most}`,
    params: among === undefined ? params : { ...params, among },
    settings: { optimize_aggregation_in_order: 1 },
  });
  return rows.map((row) => row.address);
}

/** Where a network has no internal address: hosts with at least 1 % of its conversations, most first. */
export async function busiestHosts(
  client: StoreClient,
  params: RangeParams,
  sources: CountingSources,
): Promise<string[]> {
  const rows = await client.rows<{ address: string }>({
    name: "host counts: busiest hosts",
    sql: `
SELECT toString(host) AS address
FROM ${countedRows(["host", "side"], "1", sources)}
GROUP BY host
HAVING sum(toUInt64(conversations)) > 0 AND sum(toUInt64(conversations)) * 100 >= (
  SELECT sum(toUInt64(conversations)) FROM ${countedRows(["side"], "side = 'server'", sources)}
)
ORDER BY sum(toUInt64(conversations)) DESC, host`,
    params,
    settings: { optimize_aggregation_in_order: 1 },
  });
  return rows.map((row) => row.address);
}
