import { formatAddress } from "@flowlens/flow";
import type { StoreClient } from "../client/store-client.ts";
import { addressFromStore } from "./address-sql.ts";
import { addressOf, checkLimit, checkTimeZone } from "./check-arguments.ts";
import { attemptRows, countedRows, endpointsAround, ICMP, servedEndpoints } from "./counted-rows.ts";
import { CURRENT_FOLDS, rangeParams, type WindowRange } from "./current-aggregates.ts";

export interface HostQuestion extends WindowRange {
  readonly address: string;
  /** Entries, at most. Default 1000. */
  readonly limit?: number;
}

/** What was exchanged; bytes as the host saw them, scaled by the sampling rate. */
export interface Exchange {
  /** Accepted conversations. */
  readonly conversations: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Attempts that nobody answered, and that were answered by a reset only. */
  readonly unanswered: number;
  readonly refused: number;
}

export interface HostService extends Exchange {
  /** Role of the host. */
  readonly side: "client" | "server";
  readonly protocol: number;
  readonly port: number;
  /** Distinct addresses it exchanged something with. */
  readonly peers: number;
  /** On the server's side: it answered in this period (spec §1). Never for ICMP. */
  readonly isServed: boolean;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface HostPeer extends Exchange {
  readonly address: string;
  /** Of the conversations, those that the peer opened. */
  readonly conversationsIn: number;
  /** Distinct services of either side that were used between them. */
  readonly services: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface HostHour extends Exchange {
  /** When the hour began on the clock of the time zone, ms since 1970. */
  readonly startMs: number;
  readonly conversationsIn: number;
}

export interface HostList<Entry> {
  readonly entries: readonly Entry[];
  /** How many there are without the limit. */
  readonly total: number;
}

const HOST = "host = toIPv6({host:String})";
const SOURCES = { folds: CURRENT_FOLDS, served: servedEndpoints(endpointsAround(HOST)) };

/** Everything of one host: what counts, and beside it what got no answer. */
function rowsOfHost(columns: readonly string[]): string {
  const names = [...columns, "side", "bytes_in", "bytes_out", "first_seen", "last_seen"];
  return `(
    SELECT ${names.join(", ")}, true AS counts, toUInt64(conversations) AS accepted_here, 0 AS unanswered_here, 0 AS refused_here
    FROM ${countedRows(names, HOST, SOURCES)}
    UNION ALL
    SELECT ${names.join(", ")}, false, 0, unanswered, refused
    FROM ${attemptRows(names, HOST, SOURCES)}
  )`;
}

const EXCHANGE = `sum(accepted_here) AS conversations, sumIf(bytes_in, counts) AS bytes_received, sumIf(bytes_out, counts) AS bytes_sent,
  sum(unanswered_here) AS unanswered, sum(refused_here) AS refused`;
const SEEN =
  "toUnixTimestamp64Milli(min(first_seen)) AS first_ms, toUnixTimestamp64Milli(max(last_seen)) AS last_ms";

type Numbers = Readonly<Record<string, string | number>>;

function exchange(row: Numbers): Exchange {
  return {
    conversations: Number(row.conversations),
    bytesIn: Number(row.bytes_received),
    bytesOut: Number(row.bytes_sent),
    unanswered: Number(row.unanswered),
    refused: Number(row.refused),
  };
}

/** Services of the host and services it used or tried, most conversations first. */
export async function services(client: StoreClient, question: HostQuestion): Promise<HostList<HostService>> {
  const rows = await ask(client, question, {
    name: "services of a host",
    sql: `
SELECT side, protocol, service_port, uniqExactIf(peer, counts) AS peers, ${EXCHANGE},
  max(counts) AND side = 'server' AND protocol NOT IN ${ICMP} AS is_served, ${SEEN}, count() OVER () AS total
FROM ${rowsOfHost(["peer", "protocol", "service_port"])}
GROUP BY side, protocol, service_port
ORDER BY conversations DESC, peers DESC, service_port, protocol, side`,
  });
  return list(rows, (row) => ({
    side: String(row.side) as HostService["side"],
    protocol: Number(row.protocol),
    port: Number(row.service_port),
    peers: Number(row.peers),
    isServed: Number(row.is_served) === 1,
    ...exchange(row),
    ...seen(row),
  }));
}

/** Addresses the host exchanged something with or tried to, most conversations first. */
export async function peers(client: StoreClient, question: HostQuestion): Promise<HostList<HostPeer>> {
  const rows = await ask(client, question, {
    name: "peers of a host",
    sql: `
SELECT toString(peer) AS address, sumIf(accepted_here, side = 'server') AS conversations_in,
  uniqExactIf((side, protocol, service_port), counts) AS services, ${EXCHANGE}, ${SEEN}, count() OVER () AS total
FROM ${rowsOfHost(["peer", "protocol", "service_port"])}
GROUP BY peer
ORDER BY conversations DESC, bytes_received + bytes_sent DESC, peer`,
  });
  return list(rows, (row) => ({
    address: addressFromStore(String(row.address)),
    conversationsIn: Number(row.conversations_in),
    services: Number(row.services),
    ...exchange(row),
    ...seen(row),
  }));
}

/** What the host did hour by hour, in order of time; hours without anything are left out. */
export async function hourlyActivity(
  client: StoreClient,
  question: HostQuestion & { readonly timeZone: string },
): Promise<HostList<HostHour>> {
  checkTimeZone(question.timeZone);
  const rows = await ask(client, question, {
    name: "hours of a host",
    sql: `
SELECT toUnixTimestamp(toStartOfHour(window, {zone:String})) AS start_s, sumIf(accepted_here, side = 'server') AS conversations_in, ${EXCHANGE}, count() OVER () AS total
FROM ${rowsOfHost(["window"])}
GROUP BY start_s
ORDER BY start_s`,
    params: { zone: question.timeZone },
  });
  return list(rows, (row) => ({
    startMs: Number(row.start_s) * 1000,
    conversationsIn: Number(row.conversations_in),
    ...exchange(row),
  }));
}

async function ask(
  client: StoreClient,
  question: HostQuestion,
  text: { readonly name: string; readonly sql: string; readonly params?: Readonly<Record<string, unknown>> },
): Promise<Numbers[]> {
  const host = formatAddress(addressOf(question.address));
  const range = await rangeParams(client, question);
  return client.rows<Numbers>({
    name: text.name,
    sql: `${text.sql}\nLIMIT {most:UInt64}`,
    params: { ...range, host, most: checkLimit(question.limit ?? 1000), ...text.params },
  });
}

function list<Entry>(rows: readonly Numbers[], read: (row: Numbers) => Entry): HostList<Entry> {
  return { entries: rows.map(read), total: Number(rows[0]?.total ?? 0) };
}

function seen(row: Numbers): { readonly firstSeenMs: number; readonly lastSeenMs: number } {
  return { firstSeenMs: Number(row.first_ms), lastSeenMs: Number(row.last_ms) };
}
