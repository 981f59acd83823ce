import { createFlowBatch, parseAddressInto, startFlow, type FlowBatch } from "@flowlens/flow";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withClickHouse } from "#engines/testing";
import { createFlowInserter, type FlowInserter } from "../insert/flow-inserter.ts";
import { loadNumbers } from "../numbers.ts";
import { insertMadeUp, type MadeUpAggregate } from "../testing/made-up-aggregates.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createQueries, type Queries } from "./queries.ts";
import type { RecordsFilter, StoredRecord } from "./records.ts";

const clickhouse = withClickHouse();
let database: TestDatabase;
let queries: Queries;
let inserter: FlowInserter;

beforeAll(async () => {
  database = await openTestDatabase(clickhouse);
  queries = createQueries(() => database.client);
  const numbers = await loadNumbers(database.client);
  inserter = createFlowInserter({
    client: database.client,
    numbers,
    timesForgotten: () => 0,
    giveUpAfterMs: 1000,
  });
});
afterAll(() => database.drop());

let network = 0;
beforeEach(() => void network++);

const FROM = Date.UTC(2026, 0, 5);
const WINDOW_MS = 300_000;
const DAY_MS = 86_400_000;
const day = () => ({ networkId: network, fromMs: FROM, toMs: FROM + DAY_MS });

function aggregate(more: Partial<MadeUpAggregate>): MadeUpAggregate {
  const answered = more.answered ?? true;
  return {
    client: "10.0.0.1",
    server: "10.0.0.2",
    windowMs: FROM,
    protocol: 6,
    port: 443,
    answered,
    started: 1,
    accepted: answered ? 1 : 0,
    refused: 0,
    oneWay: answered ? 0 : 1,
    bytesUp: 100,
    bytesDown: answered ? 1000 : 0,
    packetsUp: 2,
    packetsDown: answered ? 3 : 0,
    firstMs: 10,
    lastMs: 20,
    samplingRate: 1,
    ...more,
  };
}

describe("questions about one host", () => {
  beforeEach(() =>
    insertMadeUp(database.client, network, [
      aggregate({ accepted: 5, started: 5 }),
      aggregate({ client: "10.0.0.3", windowMs: FROM + 13 * WINDOW_MS }),
      // One direction only, to an endpoint that others got an answer from.
      aggregate({ client: "10.0.0.3", answered: false, oneWay: 2, windowMs: FROM + 2 * WINDOW_MS }),
      aggregate({ client: "10.0.0.2", server: "10.0.0.9", protocol: 17, port: 53 }),
      aggregate({ client: "10.0.0.2", server: "10.0.0.9", port: 25, answered: false, oneWay: 0, refused: 4 }),
      aggregate({ client: "10.0.0.4", port: 22, answered: false, oneWay: 3 }),
    ]),
  );

  it("lists what it served, used and was tried for, most conversations first", async () => {
    const { entries, total } = await queries.services({ ...day(), address: "10.0.0.2" });
    expect(total).toBe(4);
    expect(entries).toEqual([
      {
        side: "server",
        protocol: 6,
        port: 443,
        peers: 2,
        isServed: true,
        conversations: 8,
        bytesIn: 300,
        bytesOut: 2000,
        unanswered: 0,
        refused: 0,
        firstSeenMs: FROM + 10,
        lastSeenMs: FROM + 13 * WINDOW_MS + 20,
      },
      expect.objectContaining({
        side: "client",
        port: 53,
        conversations: 1,
        isServed: false,
        bytesIn: 1000,
        bytesOut: 100,
      }),
      expect.objectContaining({
        side: "server",
        port: 22,
        peers: 0,
        conversations: 0,
        isServed: false,
        unanswered: 3,
        bytesIn: 0,
      }),
      expect.objectContaining({ side: "client", port: 25, peers: 0, conversations: 0, refused: 4 }),
    ]);
  });

  it("takes a one-way conversation for accepted on the client's side too", async () => {
    const { entries } = await queries.services({ ...day(), address: "10.0.0.3" });
    expect(entries).toEqual([
      expect.objectContaining({ side: "client", port: 443, conversations: 3, unanswered: 0 }),
    ]);
  });

  it("lists whom it exchanged something with, and says how many there are beyond the limit", async () => {
    const { entries, total } = await queries.peers({ ...day(), address: "10.0.0.2", limit: 2 });
    expect(total).toBe(4);
    expect(entries).toMatchObject([
      {
        address: "10.0.0.1",
        conversations: 5,
        conversationsIn: 5,
        services: 1,
        bytesIn: 100,
        bytesOut: 1000,
      },
      { address: "10.0.0.3", conversations: 3, conversationsIn: 3, services: 1, bytesIn: 200 },
    ]);
  });

  it("tells its hours on the network's clock", async () => {
    const hours = await queries.hourlyActivity({ ...day(), address: "10.0.0.2", timeZone: "Asia/Kolkata" });
    expect(hours.total).toBe(2);
    expect(hours.entries).toMatchObject([
      // 00:00 UTC is 05:30 there: the hour began at 23:30 UTC.
      { startMs: FROM - DAY_MS / 48, conversations: 8, conversationsIn: 7, unanswered: 3, refused: 4 },
      { startMs: FROM + DAY_MS / 48, conversations: 1, conversationsIn: 1 },
    ]);
  });

  it("knows nothing of a host without traffic", async () => {
    const question = { ...day(), address: "10.9.9.9" };
    expect(await queries.services(question)).toEqual({ entries: [], total: 0 });
    expect(await queries.hourlyActivity({ ...question, timeZone: "UTC" })).toEqual({ entries: [], total: 0 });
    await expect(queries.services({ ...question, limit: 0 })).rejects.toThrow("1 to 10000 entries, not 0");
    await expect(queries.peers({ ...question, address: "host" })).rejects.toThrow(
      '"host" is not an IP address',
    );
  });

  it("counts each conversation of the network once in its totals", async () => {
    expect(await queries.networkTotals(day())).toEqual({
      conversations: 9,
      bytes: 3400,
      packets: 17,
      unanswered: 3,
      refused: 4,
    });
  });
});

describe("the span of a network", () => {
  it("reaches from the first packet that counts to the last, over years and empty folds", async () => {
    const years = 3 * 365 * DAY_MS;
    const emptied = [-1000, 1000 * 12].map((n) => ({ windowMs: FROM + n * WINDOW_MS, slice: 1, fold: 9 }));
    const aggregates = [aggregate({}), aggregate({ windowMs: FROM + years })];
    const folds = aggregates.map(({ windowMs }) => ({ windowMs, slice: 0, fold: 1 }));
    const late = { windowMs: FROM + years + DAY_MS, slice: 1, fold: 9 };
    await insertMadeUp(database.client, network, aggregates, [...folds, ...emptied, late]);
    expect(await queries.networkSpan(network)).toEqual({ firstMs: FROM + 10, lastMs: FROM + years + 20 });
  });

  it("is nothing where there is no traffic", async () => {
    expect(await queries.networkSpan(network)).toBeUndefined();
    await insertMadeUp(database.client, network, [], [{ windowMs: FROM, slice: 0, fold: 1 }]);
    expect(await queries.networkSpan(network)).toBeUndefined();
  });
});

describe("raw records", () => {
  interface Made {
    readonly from?: string;
    readonly to?: string;
    readonly startMs: number;
    readonly endMs?: number;
    readonly srcPort?: number;
    readonly protocol?: number;
  }

  function batchOf(records: readonly Made[]): FlowBatch {
    const batch = createFlowBatch(records.length);
    for (const record of records) {
      const row = startFlow(batch);
      parseAddressInto("192.0.2.1", batch.exporter, row * 16);
      parseAddressInto(record.from ?? "10.0.0.1", batch.srcAddr, row * 16);
      parseAddressInto(record.to ?? "10.0.0.2", batch.dstAddr, row * 16);
      batch.timeStart[row] = record.startMs;
      batch.timeEnd[row] = record.endMs ?? record.startMs;
      batch.srcPort[row] = record.srcPort ?? 1000;
      batch.ipProtocol[row] = record.protocol ?? 6;
      batch.bytes[row] = 2 ** 53;
      batch.length++;
    }
    return batch;
  }

  async function insert(records: readonly Made[], importId = 0): Promise<void> {
    const target = {
      networkId: network,
      importId,
      token: `${network} ${importId}`,
      receivedAtMs: FROM + DAY_MS,
    };
    await inserter.insertFlows(batchOf(records), target);
  }

  async function all(filter: Partial<RecordsFilter> = {}, limit = 3): Promise<StoredRecord[]> {
    const found: StoredRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await queries.records(
        { networkId: network, ...filter },
        cursor === undefined ? { limit } : { limit, cursor },
      );
      expect(page.records.length).toBeLessThanOrEqual(limit);
      found.push(...page.records);
      cursor = page.next;
    } while (cursor !== undefined);
    return found;
  }

  it("come latest first, each once, page by page, though many start at the same moment and some are equal", async () => {
    const made = [0, 0, 0, 0, 0, 1, 1, 400_000, 400_000, 400_001].map((ms, i) => ({
      startMs: FROM + ms,
      srcPort: 1000 + (i % 3),
    }));
    await insert(made);
    const expected = made.map(({ startMs }) => startMs).sort((a, b) => b - a);
    for (const limit of [1, 2, 3, 4, 5, 100]) {
      const found = await all({}, limit);
      expect(found.map((record) => record.timeStart)).toEqual(expected);
      const ascending = (a: number, b: number): number => a - b;
      expect(found.map((record) => record.srcPort).sort(ascending)).toEqual(
        made.map(({ srcPort }) => srcPort).sort(ascending),
      );
    }
  });

  it("say what was received, by the names of the catalogue", async () => {
    await insert([{ startMs: FROM, endMs: FROM + 7 }], 12);
    expect(await all()).toEqual([
      expect.objectContaining({
        networkId: network,
        importId: 12,
        receivedAt: FROM + DAY_MS,
        exporter: "192.0.2.1",
        srcAddr: "10.0.0.1",
        dstAddr: "10.0.0.2",
        timeStart: FROM,
        timeEnd: FROM + 7,
        bytes: 2 ** 53,
        samplingRate: 1,
        direction: 255,
        nextHop: "::",
      }),
    ]);
  });

  it("are filtered by time, host, peer, port, protocol, exporter and import", async () => {
    await insert([
      { startMs: FROM, endMs: FROM + 10_000 },
      { startMs: FROM + 20_000, from: "10.0.0.2", to: "10.0.0.1" },
      { startMs: FROM + 30_000, to: "10.0.0.3", srcPort: 53, protocol: 17 },
      // Longer than the store counts it, and still found where it lies.
      { startMs: FROM - 20 * DAY_MS, endMs: FROM + 40_000, from: "10.0.0.5" },
    ]);
    await insert([{ startMs: FROM + 50_000, from: "10.0.0.4" }], 9);
    const starts = async (filter: Partial<RecordsFilter>): Promise<number[]> =>
      (await all(filter)).map((record) => (record.timeStart - FROM) / 1000).sort((a, b) => a - b);
    expect(await starts({ fromMs: FROM + 5000, toMs: FROM + 20_000 })).toEqual([-20 * 86_400, 0]);
    expect(await starts({ fromMs: FROM + 40_001 })).toEqual([50]);
    expect(await starts({ host: "10.0.0.1" })).toEqual([0, 20, 30]);
    expect(await starts({ host: "10.0.0.1", peer: "10.0.0.2" })).toEqual([0, 20]);
    expect(await starts({ host: "10.0.0.2/31" })).toEqual([-20 * 86_400, 0, 20, 30, 50]);
    expect(await starts({ host: "10.0.0.0/30", peer: "10.0.0.4" })).toEqual([50]);
    expect(await starts({ host: "2001:db8::/32" })).toEqual([]);
    expect(await starts({ port: 53 })).toEqual([30]);
    expect(await starts({ protocol: 17 })).toEqual([30]);
    expect(await starts({ exporter: "192.0.2.2" })).toEqual([]);
    expect(await starts({ importId: 9 })).toEqual([50]);
    expect(await queries.importSpan(9)).toEqual({ firstMs: FROM + 50_000, lastMs: FROM + 50_000 });
    expect(await queries.importSpan(10)).toBeUndefined();
  });

  it.each(["", "1.2", "1.2.x", "1.2.3.4", "99999999999.1.1", "'; DROP TABLE flows"])(
    "refuse the cursor %j, which is none of theirs",
    async (cursor) => {
      await expect(queries.records({ networkId: network }, { cursor })).rejects.toMatchObject({
        code: "FLOW_STORE_BAD_ARGUMENT",
      });
    },
  );
});
