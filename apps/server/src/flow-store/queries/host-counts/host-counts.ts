import { randomBytes } from "node:crypto";
import type { HostCounts } from "@flowlens/features";
import { formatAddress, isUnicast, parseAddress, type AddressRange, rangeContains } from "@flowlens/flow";
import type { StoreClient } from "../../client/store-client.ts";
import { FlowStoreError } from "../../errors.ts";
import { addressFromStore } from "../address-sql.ts";
import { rangeParams, CURRENT_FOLDS, type RangeParams, type WindowRange } from "../current-aggregates.ts";
import { HOST_COUNTS_COLUMNS, hostCountsSql, servedSql, type HostCountsRow, type HostShard, type ScratchTables } from "./host-counts-sql.ts";
import { busiestHosts, externalServers, listedShards, planInternalShards } from "./shards.ts";

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

export const SCRATCH_PREFIX = "scratch_";

/**
 * Counts hosts over a look-back, in no particular order, a few thousand at a time as they are ready. All see the
 * same folds, those that had finished when the question began. Each host comes once.
 */
export async function* hostCounts(
  client: StoreClient,
  question: HostCountsQuestion,
  options: HostCountsOptions = {},
): AsyncGenerator<CountedHost[], void, void> {
  checkTimeZone(question.timeZone);
  const params = await rangeParams(client, question);
  const scratch = await createScratch(client);
  const { internalRanges, signal } = question;
  const count = (shards: readonly HostShard[]): AsyncGenerator<CountedHost[], void, void> =>
    inParallel(shards, options.parallelShards ?? 2, (shard) => countShard({ client, question, params, scratch, options }, shard));
  try {
    await fillScratch(client, params, scratch, signal);
    if (question.hosts !== "all") {
      yield* count(listedShards(question.hosts.map(addressOf), false));
      return;
    }
    const named = (question.alsoHosts ?? []).map(addressOf);
    const isNamed = new Set(named.map((address) => formatAddress(address)));
    const isInternal = (address: Uint8Array): boolean => internalRanges.some((range) => rangeContains(range, address));
    let hosts = 0;
    for await (const some of count(await planInternalShards(client, params, internalRanges))) {
      const listed = some.filter((host) => isUnicast(addressOf(host.address)) && !isNamed.has(host.address));
      hosts += listed.length;
      if (listed.length > 0) yield listed;
    }
    const others =
      hosts > 0
        ? await externalServers(client, params, { scratch, internalRanges, most: question.externalHostsMax ?? 10_000 })
        : await busiestHosts(client, params, scratch);
    const found = others.map(addressFromStore).filter((text) => !isNamed.has(text)).map(addressOf);
    const external = found.filter((address) => isUnicast(address) && !isInternal(address));
    yield* count([...listedShards(external, true), ...listedShards(named, false)]);
  } finally {
    await dropScratch(client, scratch);
  }
}

interface ShardContext {
  readonly client: StoreClient;
  readonly question: HostCountsQuestion;
  readonly params: RangeParams;
  readonly scratch: ScratchTables;
  readonly options: HostCountsOptions;
}

async function countShard(context: ShardContext, shard: HostShard): Promise<CountedHost[]> {
  const { client, question, params, scratch, options } = context;
  const { internalRanges, signal, timeZone } = question;
  const hosts: CountedHost[] = [];
  const pieces = client.stream({
    name: "host counts",
    sql: hostCountsSql(shard, { scratch, internalRanges }),
    params: { ...params, ...shard.params, zone: timeZone },
    settings: {
      // Shards run beside each other; threads within one would only have to merge what they grouped.
      max_threads: 1,
      max_bytes_before_external_group_by: String(options.maxGroupingBytes ?? 1024 ** 3),
      // Small tables joined by host: the order they are written in is the right one.
      query_plan_join_swap_table: "false",
    },
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const piece of pieces) {
    for (const values of piece) {
      const row = rowOf(values);
      if (row.mixed === 1) return countShard(context, { ...shard, ipv4Only: false });
      hosts.push(countedHost(row, internalRanges));
    }
  }
  return hosts;
}

function rowOf(values: readonly unknown[]): HostCountsRow {
  return Object.fromEntries(HOST_COUNTS_COLUMNS.map((name, i) => [name, values[i]])) as unknown as HostCountsRow;
}

function countedHost(row: HostCountsRow, internalRanges: readonly AddressRange[]): CountedHost {
  const address = addressFromStore(row.host);
  const bytes = addressOf(address);
  return {
    address,
    isInternal: internalRanges.some((range) => rangeContains(range, bytes)),
    counts: {
      inboundConversations: Number(row.inbound),
      outboundConversations: Number(row.outbound),
      bytesIn: Number(row.bytes_in),
      bytesOut: Number(row.bytes_out),
      clients: Number(row.clients),
      servers: Number(row.servers),
      internalClients: Number(row.internal_clients),
      internalServers: Number(row.internal_servers),
      servedPorts: Number(row.served_ports),
      servedWellKnownPorts: Number(row.served_well_known),
      servedEphemeralPorts: Number(row.served_ephemeral),
      usedPorts: Number(row.used_ports),
      businessHourConversations: Number(row.business),
      activeHoursOfDay: row.active_hours,
      spanHours: Number(row.span_hours),
      hourlyConversationsSquareSum: Number(row.square_sum),
      tcpConversations: Number(row.tcp),
      udpConversations: Number(row.udp),
      icmpConversations: Number(row.icmp),
      servesDatabasePort: Number(row.serves_database) === 1,
      servesStoragePort: Number(row.serves_storage) === 1,
      servesWebPort: Number(row.serves_web) === 1,
      servesSshPort: Number(row.serves_ssh) === 1,
      topServedPorts: row.top_served.map(([clients, port, protocol, conversations]) => ({
        protocol,
        port,
        clients: 0 - Number(clients),
        conversations: Number(conversations),
      })),
      topUsedPorts: row.top_used.map(([conversations, port, protocol, servers]) => ({
        protocol,
        port,
        servers: Number(servers),
        conversations: 0 - Number(conversations),
      })),
      signalling: row.signalling.map(([protocol, port, peers, steadyPeers]) => ({
        protocol,
        port,
        peers: Number(peers),
        steadyPeers: Number(steadyPeers),
      })),
      unansweredIn: Number(row.unanswered_in),
      unansweredOut: Number(row.unanswered_out),
      refusedIn: Number(row.refused_in),
      refusedOut: Number(row.refused_out),
      sinkPorts: row.sinks.map(([senders, port]) => ({ protocol: 17, port, senders: 0 - Number(senders) })),
      maxSamplingRate: row.sampling,
      firstSeenMs: Number(row.first_ms),
      lastSeenMs: Number(row.last_ms),
    },
  };
}

/** At most `most` at a time; the first failure ends it, after those under way have ended. */
async function* inParallel<Item, Result>(
  items: readonly Item[],
  most: number,
  act: (item: Item) => Promise<Result>,
): AsyncGenerator<Result, void, void> {
  const running = new Map<number, Promise<{ readonly index: number; readonly result: Result }>>();
  let next = 0;
  try {
    while (next < items.length || running.size > 0) {
      while (next < items.length && running.size < most) {
        const index = next++;
        running.set(
          index,
          act(items[index]).then((result) => ({ index, result })),
        );
      }
      const { index, result } = await Promise.race(running.values());
      running.delete(index);
      yield result;
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}

async function createScratch(client: StoreClient): Promise<ScratchTables> {
  const id = randomBytes(8).toString("hex");
  const scratch = { folds: `${SCRATCH_PREFIX}folds_${id}`, served: `${SCRATCH_PREFIX}served_${id}` };
  const columns = {
    folds: "window DateTime('UTC'), slice UInt8, fold UInt32",
    served: "host IPv6, protocol UInt8, service_port UInt16",
  };
  for (const kind of ["folds", "served"] as const) {
    const sql = `CREATE TABLE IF NOT EXISTS ${scratch[kind]} (${columns[kind]}) ENGINE = Memory`;
    await client.command({ name: "host counts: scratch", sql, idempotent: true });
  }
  return scratch;
}

async function fillScratch(client: StoreClient, params: RangeParams, scratch: ScratchTables, signal?: AbortSignal): Promise<void> {
  const given = signal === undefined ? { params } : { params, signal };
  await client.command({ name: "host counts: folds", sql: `INSERT INTO ${scratch.folds} ${CURRENT_FOLDS}`, ...given });
  await client.command({
    name: "host counts: served",
    sql: `INSERT INTO ${scratch.served} ${servedSql(scratch)}`,
    ...given,
    // The key begins with what is grouped by: no table of all endpoints is held.
    settings: { optimize_aggregation_in_order: 1 },
  });
}

async function dropScratch(client: StoreClient, scratch: ScratchTables): Promise<void> {
  for (const table of [scratch.folds, scratch.served]) {
    await client.command({ name: "host counts: scratch", sql: `DROP TABLE IF EXISTS ${table}`, idempotent: true });
  }
}

function addressOf(text: string): Uint8Array {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw new FlowStoreError("FLOW_STORE_BAD_ARGUMENT", `"${text}" is not an IP address. Name hosts by address.`);
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch (cause) {
    throw new FlowStoreError(
      "FLOW_STORE_BAD_ARGUMENT",
      `"${timeZone}" is not a time zone. Use a name such as Europe/Berlin or UTC.`,
      { cause },
    );
  }
}
