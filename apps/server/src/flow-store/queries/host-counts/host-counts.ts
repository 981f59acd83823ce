import type { HostCounts } from "@flowlens/features";
import { formatAddress, isUnicast, rangeContains, type AddressRange } from "@flowlens/flow";
import type { StoreClient } from "../../client/store-client.ts";
import { FlowStoreError } from "../../errors.ts";
import { addressFromStore } from "../address-sql.ts";
import { addressOf, checkTimeZone } from "../check-arguments.ts";
import { endpointsAround, type CountingSources } from "../counted-rows.ts";
import { rangeParams, type RangeParams, type WindowRange } from "../current-aggregates.ts";
import { inParallel } from "../in-parallel.ts";
import { countsOf, hostCountsRow } from "./host-counts-row.ts";
import { hostCountsSql, type HostShard } from "./host-counts-sql.ts";
import { fillScratch } from "./scratch.ts";
import {
  busiestHosts,
  externalServers,
  LISTED_HOSTS_MAX,
  listedShards,
  planInternalShards,
} from "./shards.ts";

export interface HostCountsQuestion extends WindowRange {
  /** IANA name; business hours and hours of day are read off its clock. */
  readonly timeZone: string;
  readonly internalRanges: readonly AddressRange[];
  /**
   * `all`: every host of the network as spec §1 "asset" says. A list of addresses: those of them that have any
   * traffic, whatever they are.
   */
  readonly hosts: "all" | readonly string[];
  /** With `all`: these too (pinned, or named in a labels file). */
  readonly alsoHosts?: readonly string[];
  /**
   * With `all`: of those hosts, these, at most LISTED_HOSTS_MAX. Costs what they did, not what the network did. Where
   * the network has no internal host it says nothing of hosts that are not external servers.
   */
  readonly among?: readonly string[];
  /** With `all`: external servers, at most. Default 10,000. */
  readonly externalHostsMax?: number;
  readonly signal?: AbortSignal;
}

export interface CountedHost {
  /** As `formatAddress` writes it. */
  readonly address: string;
  readonly isInternal: boolean;
  readonly counts: HostCounts;
}

export interface HostCountsOptions {
  /** Statements that run at the same time, one thread each. Default 2. */
  readonly parallelShards?: number;
  /** A grouping of one statement that takes more goes to disk. Default 1 GiB. */
  readonly maxGroupingBytes?: number;
}

/**
 * Counts hosts over a look-back, in no particular order, a few thousand at a time as they are ready. All see the
 * same folds, those that had finished when the question began. Each host comes once. Internal addresses that never
 * sent a packet are no hosts: somebody probed them.
 */
export async function* hostCounts(
  client: StoreClient,
  question: HostCountsQuestion,
  options: HostCountsOptions = {},
): AsyncGenerator<CountedHost[], void, void> {
  checkTimeZone(question.timeZone);
  const { hosts, internalRanges, signal, externalHostsMax = 10_000 } = question;
  const among = hosts === "all" ? question.among?.map(addressOf) : hosts.map(addressOf);
  const named = hosts === "all" ? (question.alsoHosts ?? []).map(addressOf) : hosts.map(addressOf);
  if (hosts === "all" && (among?.length ?? 0) > LISTED_HOSTS_MAX) {
    throw new FlowStoreError(
      "FLOW_STORE_BAD_ARGUMENT",
      `${among?.length} hosts cannot be counted one by one; name at most ${LISTED_HOSTS_MAX}, or count all.`,
    );
  }
  const isNamed = new Set(named.map((address) => formatAddress(address)));
  const params = await rangeParams(client, question);
  const asked = [...(among ?? []), ...named].map((address) => formatAddress(address));
  const around = {
    params: { ...params, hosts: [...new Set(asked)] },
    where: (folds: string) => endpointsAround("host IN {hosts:Array(IPv6)}", folds),
  };
  const scratch = await fillScratch(client, {
    ...(among === undefined ? { params } : around),
    ...(signal === undefined ? {} : { signal }),
  });
  const { sources } = scratch;
  const count = (shards: readonly HostShard[]): AsyncGenerator<CountedHost[], void, void> =>
    inParallel(shards, options.parallelShards ?? 2, (shard, stop) =>
      countShard(client, shard, {
        params: { ...params, zone: question.timeZone },
        signal: signal === undefined ? stop : AbortSignal.any([signal, stop]),
        maxGroupingBytes: options.maxGroupingBytes ?? 1024 ** 3,
        internalRanges,
        sources,
      }),
    );
  try {
    if (hosts !== "all") {
      yield* count(listedShards(named, false));
      return;
    }
    let listed = 0;
    const shards =
      among === undefined
        ? await planInternalShards(client, params, internalRanges)
        : listedShards(
            among.filter((address) => isIn(internalRanges, address) && !isNamed.has(formatAddress(address))),
            true,
          );
    for await (const counted of count(shards)) {
      const some = counted.filter(({ address }) => isUnicast(addressOf(address)) && !isNamed.has(address));
      listed += some.length;
      if (some.length > 0) yield some;
    }
    const others =
      listed > 0 || among !== undefined
        ? await externalServers(client, params, { sources, internalRanges, most: externalHostsMax, among })
        : await busiestHosts(client, params, sources);
    const external = others
      .map(addressFromStore)
      .filter((address) => !isNamed.has(address))
      .map(addressOf)
      .filter((address) => isUnicast(address) && !isIn(internalRanges, address));
    yield* count([...listedShards(external, true), ...listedShards(named, false)]);
  } finally {
    await scratch.drop();
  }
}

interface ShardOptions {
  readonly params: RangeParams & { readonly zone: string };
  readonly sources: CountingSources;
  readonly internalRanges: readonly AddressRange[];
  readonly maxGroupingBytes: number;
  readonly signal: AbortSignal;
}

async function countShard(
  client: StoreClient,
  shard: HostShard,
  options: ShardOptions,
): Promise<CountedHost[]> {
  const { params, sources, internalRanges, maxGroupingBytes, signal } = options;
  const hosts: CountedHost[] = [];
  const pieces = client.stream({
    name: "host counts",
    sql: hostCountsSql(shard, { sources, internalRanges }),
    params: { ...params, ...shard.params },
    settings: {
      // Shards run beside each other; threads within one would only have to merge what they grouped.
      max_threads: 1,
      max_bytes_before_external_group_by: String(maxGroupingBytes),
      // Small tables joined by host: the order they are written in is the right one.
      query_plan_join_swap_table: "false",
    },
    signal,
  });
  for await (const piece of pieces) {
    for (const values of piece) {
      const row = hostCountsRow(values);
      if (row.mixed === 1) return countShard(client, { ...shard, ipv4Only: false }, options);
      const address = addressFromStore(row.host);
      hosts.push({ address, isInternal: isIn(internalRanges, addressOf(address)), counts: countsOf(row) });
    }
  }
  return hosts;
}

function isIn(ranges: readonly AddressRange[], address: Uint8Array): boolean {
  return ranges.some((range) => rangeContains(range, address));
}
