import { formatAddress } from "@flowlens/flow";
import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError } from "../errors.ts";
import { addressOf } from "./check-arguments.ts";
import { countedRows, endpointsAround, servedEndpoints } from "./counted-rows.ts";
import { CURRENT_FOLDS, rangeParams, type WindowRange } from "./current-aggregates.ts";

export interface TrafficQuestion extends WindowRange {
  /** Only its traffic, in and out as it saw them; otherwise the network's, in and out as servers saw them. */
  readonly address?: string;
  /** A multiple of 300. Steps are counted from 1970, UTC. */
  readonly stepS: number;
}

export interface TrafficPoint {
  readonly startMs: number;
  /** Accepted conversations. */
  readonly conversations: number;
  /** Scaled by the sampling rate. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
}

const WINDOW_S = 300;
const HOST = "host = toIPv6({host:String})";
const COLUMNS = ["window", "bytes_in", "bytes_out", "packets_in", "packets_out"];
const OF_HOST = countedRows(COLUMNS, HOST, {
  folds: CURRENT_FOLDS,
  served: servedEndpoints(endpointsAround(HOST)),
});
const OF_NETWORK = countedRows(COLUMNS, "side = 'server'", {
  folds: CURRENT_FOLDS,
  served: servedEndpoints(),
});

/** Traffic step by step, in order of time; steps without any are left out. Each conversation counts once. */
export async function trafficOverTime(
  client: StoreClient,
  question: TrafficQuestion,
): Promise<readonly TrafficPoint[]> {
  const { address, stepS } = question;
  if (!Number.isInteger(stepS) || stepS < WINDOW_S || stepS % WINDOW_S !== 0) {
    throw new FlowStoreError(
      "FLOW_STORE_BAD_ARGUMENT",
      `A step is a multiple of ${WINDOW_S} seconds, not ${stepS}.`,
    );
  }
  const host = address === undefined ? {} : { host: formatAddress(addressOf(address)) };
  const rows = await client.rows<Record<string, string | number>>({
    name: "traffic over time",
    sql: `
SELECT intDiv(toUnixTimestamp(window), {step:UInt32}) * {step:UInt32} AS start_s, sum(toUInt64(conversations)) AS accepted,
  sum(bytes_in) AS received, sum(bytes_out) AS sent, sum(packets_in) AS packets_received, sum(packets_out) AS packets_sent
FROM ${address === undefined ? OF_NETWORK : OF_HOST}
GROUP BY start_s
ORDER BY start_s`,
    params: { ...(await rangeParams(client, question)), ...host, step: stepS },
  });
  return rows.map((row) => ({
    startMs: Number(row.start_s) * 1000,
    conversations: Number(row.accepted),
    bytesIn: Number(row.received),
    bytesOut: Number(row.sent),
    packetsIn: Number(row.packets_received),
    packetsOut: Number(row.packets_sent),
  }));
}
