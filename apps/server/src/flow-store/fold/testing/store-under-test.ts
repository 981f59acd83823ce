/** A flow store's parts on a database of their own, for tests of the fold. */
import { createFlowBatch, parseAddressInto, startFlow, type FlowBatch } from "@flowlens/flow";
import type { ClickHouseAddress } from "#engines";
import { createStoreClient, type StoreClient } from "../../client/store-client.ts";
import { createFlowInserter, type FlowInserter } from "../../insert/flow-inserter.ts";
import { loadNumbers, type StoreNumbers } from "../../numbers.ts";
import { currentAggregates, rangeParams } from "../../queries/current-aggregates.ts";
import { migrate } from "../../schema/migrate.ts";
import { createFold, type FoldResult, type FoldSettings } from "../create-fold.ts";

/** One one-way record. What is left out says nothing: no flags, unsampled, exporter 192.0.2.1. */
export interface TestRecord {
  readonly from: string;
  readonly to: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly protocol?: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly packets?: number;
  readonly bytes?: number;
  readonly flags?: number;
  readonly icmp?: number;
  readonly rate?: number;
  readonly initiator?: number;
  readonly exporter?: string;
}

/** A row of the aggregates that count, 64-bit numbers as numbers. */
export interface TestAggregate {
  readonly host: string;
  readonly peer: string;
  readonly side: "client" | "server";
  readonly window: number;
  readonly protocol: number;
  readonly service_port: number;
  readonly answered: number;
  readonly started: number;
  readonly accepted: number;
  readonly refused: number;
  readonly one_way: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly packets_in: number;
  readonly packets_out: number;
  readonly tcp_flags_or: number;
  readonly duration_ms_sum: number;
  readonly first_seen: number;
  readonly last_seen: number;
  readonly max_sampling_rate: number;
  readonly orientation_evidence: number;
  readonly exporters: readonly string[];
}

export interface StoreUnderTest {
  readonly client: StoreClient;
  readonly inserter: FlowInserter;
  readonly numbers: StoreNumbers;
  insert(
    records: readonly TestRecord[],
    options?: { readonly networkId?: number; readonly importId?: number },
  ): Promise<void>;
  fold(settings?: FoldSettings, networkIds?: readonly number[]): Promise<FoldResult>;
  /** As after a restart: numbers read anew from the store. */
  reopen(wrap?: (client: StoreClient) => StoreClient): Promise<StoreUnderTest>;
  /** Sorted by host, window, side, peer, protocol, port, answered. */
  aggregates(networkId?: number): Promise<TestAggregate[]>;
  drop(): Promise<void>;
}

/** When every fold of these tests is made. */
export const FOLDED_AT_MS = Date.UTC(2026, 0, 5, 12);

let databases = 0;

export async function openStoreUnderTest(address: ClickHouseAddress): Promise<StoreUnderTest> {
  const database = `fold_${process.pid}_${++databases}`;
  const outside = createStoreClient(() => ({ ...address, database: "default" }));
  await outside.command({ name: "make", sql: `CREATE DATABASE ${database}` });
  const client = createStoreClient(() => ({ ...address, database }), { attempts: 1 });
  await migrate(client);
  const drop = async () => {
    await client.close();
    await outside.command({ name: "drop", sql: `DROP DATABASE ${database} SYNC` });
    await outside.close();
  };
  return open(client, client, drop);
}

async function open(
  plain: StoreClient,
  client: StoreClient,
  drop: () => Promise<void>,
): Promise<StoreUnderTest> {
  const numbers = await loadNumbers(plain);
  const inserter = createFlowInserter({
    client: plain,
    numbers,
    timesForgotten: () => 0,
    giveUpAfterMs: 1000,
  });
  let tokens = 0;
  return {
    client: plain,
    inserter,
    numbers,
    async insert(records, { networkId = 1, importId = 0 } = {}) {
      const token = `${numbers.lastBatch}-${++tokens}`;
      await inserter.insertFlows(batchOf(records), {
        networkId,
        importId,
        token,
        receivedAtMs: Date.UTC(2026, 0, 5),
      });
    },
    fold: (settings, networkIds) =>
      createFold(
        { client, numbers, settledBatch: inserter.settledBatch },
        settings,
      )({
        nowMs: FOLDED_AT_MS,
        ...(networkIds === undefined ? {} : { networkIds }),
      }),
    reopen: (wrap = (same) => same) => open(plain, wrap(plain), drop),
    async aggregates(networkId = 1) {
      const params = await rangeParams(plain, { networkId, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER });
      const numeric =
        "started, accepted, refused, one_way, tcp_flags_or, max_sampling_rate, orientation_evidence";
      return plain.rows<TestAggregate>({
        name: "aggregates",
        sql: `
          SELECT replaceOne(toString(host), '::ffff:', '') AS host, replaceOne(toString(peer), '::ffff:', '') AS peer, side,
            toUnixTimestamp(window) AS window, protocol, service_port, answered, ${numeric},
            toFloat64(bytes_in) AS bytes_in, toFloat64(bytes_out) AS bytes_out,
            toFloat64(packets_in) AS packets_in, toFloat64(packets_out) AS packets_out, toFloat64(duration_ms_sum) AS duration_ms_sum,
            toFloat64(toUnixTimestamp64Milli(first_seen)) AS first_seen, toFloat64(toUnixTimestamp64Milli(last_seen)) AS last_seen,
            arrayMap(x -> replaceOne(toString(x), '::ffff:', ''), exporters) AS exporters
          FROM ${currentAggregates()}
          ORDER BY host, window, side, peer, protocol, service_port, answered`,
        params,
      });
    },
    drop,
  };
}

export function batchOf(records: readonly TestRecord[]): FlowBatch {
  const batch = createFlowBatch(Math.max(1, records.length));
  for (const record of records) {
    const row = startFlow(batch);
    parseAddressInto(record.exporter ?? "192.0.2.1", batch.exporter, row * 16);
    parseAddressInto(record.from, batch.srcAddr, row * 16);
    parseAddressInto(record.to, batch.dstAddr, row * 16);
    batch.srcPort[row] = record.fromPort ?? 0;
    batch.dstPort[row] = record.toPort ?? 0;
    batch.ipProtocol[row] = record.protocol ?? 6;
    batch.timeStart[row] = record.startMs;
    batch.timeEnd[row] = record.endMs;
    batch.packets[row] = record.packets ?? 1;
    batch.bytes[row] = record.bytes ?? 100;
    batch.tcpFlags[row] = record.flags ?? 0;
    batch.icmpTypeCode[row] = record.icmp ?? 0;
    batch.samplingRate[row] = record.rate ?? 1;
    batch.initiator[row] = record.initiator ?? 0;
    batch.length++;
  }
  return batch;
}
