import type { StoreClient } from "../client/store-client.ts";
import { attemptRows, countedRows, servedEndpoints } from "./counted-rows.ts";
import { CURRENT_FOLDS, currentAggregates, rangeParams, type WindowRange } from "./current-aggregates.ts";

/** What a whole network exchanged; each conversation once, read on its server's side. */
export interface NetworkTotals {
  /** Accepted conversations. */
  readonly conversations: number;
  /** Both directions together, scaled by the sampling rate. */
  readonly bytes: number;
  readonly packets: number;
  readonly unanswered: number;
  readonly refused: number;
}

const SOURCES = { folds: CURRENT_FOLDS, served: servedEndpoints() };

export async function networkTotals(client: StoreClient, range: WindowRange): Promise<NetworkTotals> {
  const columns = ["bytes_in", "bytes_out", "packets_in", "packets_out"];
  const row = await client.row<Record<keyof NetworkTotals, string>>({
    name: "totals of a network",
    sql: `
SELECT conversations, bytes, packets, unanswered, refused
FROM (
  SELECT sum(toUInt64(conversations)) AS conversations, sum(bytes_in + bytes_out) AS bytes, sum(packets_in + packets_out) AS packets
  FROM ${countedRows(columns, "side = 'server'", SOURCES)}
) AS counted, (
  SELECT sum(toUInt64(unanswered)) AS unanswered, sum(toUInt64(refused)) AS refused
  FROM ${attemptRows(["side"], "side = 'server'", SOURCES)}
) AS attempts`,
    params: await rangeParams(client, range),
  });
  return {
    conversations: Number(row.conversations),
    bytes: Number(row.bytes),
    packets: Number(row.packets),
    unanswered: Number(row.unanswered),
    refused: Number(row.refused),
  };
}

/** From the first packet to the last, ms since 1970. */
export interface TrafficSpan {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** When an import's traffic was, by its raw records; undefined where it has none. */
export async function importSpan(client: StoreClient, importId: number): Promise<TrafficSpan | undefined> {
  const row = await client.row<{ records: string; first_ms: string; last_ms: string }>({
    name: "span of an import",
    sql: `
SELECT count() AS records, toUnixTimestamp64Milli(min(time_start)) AS first_ms, toUnixTimestamp64Milli(max(time_end)) AS last_ms
FROM flows WHERE import_id = {import:UInt32}`,
    params: { import: importId },
  });
  return row.records === "0" ? undefined : { firstMs: Number(row.first_ms), lastMs: Number(row.last_ms) };
}

const FIRST_STEP_S = 3600;
const END_S = 0xffff_ffff;

/**
 * When a network's traffic was, by its aggregates; undefined where it has none. The register of folds says in which
 * windows to look, so only the ends are read: of a year as fast as of a day.
 */
export async function networkSpan(client: StoreClient, networkId: number): Promise<TrafficSpan | undefined> {
  const params = await rangeParams(client, { networkId, fromMs: 0, toMs: END_S * 1000 });
  const folded = await client.row<{ windows: string; first: number; last: number }>({
    name: "folded windows of a network",
    sql: `SELECT count() AS windows, toUnixTimestamp(min(window)) AS first, toUnixTimestamp(max(window)) AS last
FROM folds WHERE network_id = {network:UInt32} AND fold <= {fold_to:UInt32}`,
    params,
  });
  if (folded.windows === "0") return undefined;
  const look = async (fromS: number, toS: number): Promise<TrafficSpan | undefined> => {
    const row = await client.row<{ rows: string; first_ms: string; last_ms: string }>({
      name: "span of a network",
      sql: `
SELECT count() AS rows, toUnixTimestamp64Milli(min(first_seen)) AS first_ms, toUnixTimestamp64Milli(max(last_seen)) AS last_ms
FROM ${currentAggregates("side = 'server'")}`,
      params: { ...params, from_s: fromS, to_s: toS },
    });
    return row.rows === "0" ? undefined : { firstMs: Number(row.first_ms), lastMs: Number(row.last_ms) };
  };
  const end = folded.last + 1;
  let first: TrafficSpan | undefined;
  // Slices that were folded and found empty (their rows were forgotten) may lie at the ends.
  for (
    let from = folded.first, step = FIRST_STEP_S;
    first === undefined && from < end;
    from += step, step *= 2
  ) {
    first = await look(from, Math.min(end, from + step));
  }
  if (first === undefined) return undefined;
  for (let to = end, step = FIRST_STEP_S; to > folded.first; to -= step, step *= 2) {
    const last = await look(Math.max(folded.first, to - step), to);
    if (last !== undefined) return { firstMs: first.firstMs, lastMs: last.lastMs };
  }
  return first;
}
