import type { AddressRange } from "@flowlens/flow";
import type { StoreClient } from "../client/store-client.ts";
import { addressFromStore, inRanges } from "./address-sql.ts";
import { checkLimit } from "./check-arguments.ts";
import { countedRows, servedEndpoints } from "./counted-rows.ts";
import { CURRENT_FOLDS, rangeParams, type WindowRange } from "./current-aggregates.ts";
import type { HostList } from "./one-host.ts";

export interface TopTalkersQuestion extends WindowRange {
  readonly by: "bytes" | "conversations";
  /** Only hosts in these; default: all. */
  readonly within?: readonly AddressRange[];
  readonly limit: number;
}

export interface TopTalker {
  readonly address: string;
  /** Accepted conversations, either side. */
  readonly conversations: number;
  /** Scaled by the sampling rate. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Distinct addresses. */
  readonly peers: number;
}

export interface TopServicesQuestion extends WindowRange {
  readonly by: "clients" | "conversations" | "bytes";
  readonly limit: number;
}

export interface NetworkService {
  readonly protocol: number;
  readonly port: number;
  /** Distinct addresses. */
  readonly servers: number;
  readonly clients: number;
  readonly conversations: number;
  /** Both directions, scaled by the sampling rate. */
  readonly bytes: number;
}

const SOURCES = { folds: CURRENT_FOLDS, served: servedEndpoints() };

type Row = Readonly<Record<string, string | number>>;

/** The hosts with most traffic. Their peers are counted of those that are shown only: of all it would take far longer. */
export async function topTalkers(
  client: StoreClient,
  question: TopTalkersQuestion,
): Promise<HostList<TopTalker>> {
  const params = { ...(await rangeParams(client, question)), most: checkLimit(question.limit) };
  const where = question.within === undefined ? "1" : inRanges("host", question.within);
  const order = { bytes: "received + sent", conversations: "accepted" }[question.by];
  const rows = await client.rows<Row>({
    name: "top talkers",
    sql: `
SELECT toString(host) AS address, sum(toUInt64(conversations)) AS accepted, sum(bytes_in) AS received, sum(bytes_out) AS sent, count() OVER () AS total
FROM ${countedRows(["host", "bytes_in", "bytes_out"], where, SOURCES)}
GROUP BY host
ORDER BY ${order} DESC, received + sent DESC, host
LIMIT {most:UInt64}`,
    params,
  });
  const addresses = rows.map((row) => String(row.address));
  const peers = new Map<string, number>();
  if (addresses.length > 0) {
    const counted = await client.rows<Row>({
      name: "peers of top talkers",
      sql: `
SELECT toString(host) AS address, uniqExact(peer) AS peers
FROM ${countedRows(["host", "peer"], "host IN (SELECT toIPv6(arrayJoin({hosts:Array(String)})))", SOURCES)}
GROUP BY host`,
      params: { ...params, hosts: addresses },
    });
    for (const row of counted) peers.set(String(row.address), Number(row.peers));
  }
  return {
    entries: rows.map((row) => ({
      address: addressFromStore(String(row.address)),
      conversations: Number(row.accepted),
      bytesIn: Number(row.received),
      bytesOut: Number(row.sent),
      peers: peers.get(String(row.address)) ?? 0,
    })),
    total: Number(rows[0]?.total ?? 0),
  };
}

/** The services of a network, each conversation once, read on its server's side. ICMP is a service of port 0. */
export async function topServices(
  client: StoreClient,
  question: TopServicesQuestion,
): Promise<HostList<NetworkService>> {
  const order = { clients: "clients", conversations: "accepted", bytes: "exchanged" }[question.by];
  const rows = await client.rows<Row>({
    name: "services of a network",
    sql: `
SELECT protocol, service_port, uniqExact(host) AS servers, uniqExact(peer) AS clients, sum(toUInt64(conversations)) AS accepted,
  sum(bytes_in + bytes_out) AS exchanged, count() OVER () AS total
FROM ${countedRows(["host", "peer", "protocol", "service_port", "bytes_in", "bytes_out"], "side = 'server'", SOURCES)}
GROUP BY protocol, service_port
ORDER BY ${order} DESC, accepted DESC, service_port, protocol
LIMIT {most:UInt64}`,
    params: { ...(await rangeParams(client, question)), most: checkLimit(question.limit) },
  });
  return {
    entries: rows.map((row) => ({
      protocol: Number(row.protocol),
      port: Number(row.service_port),
      servers: Number(row.servers),
      clients: Number(row.clients),
      conversations: Number(row.accepted),
      bytes: Number(row.exchanged),
    })),
    total: Number(rows[0]?.total ?? 0),
  };
}
