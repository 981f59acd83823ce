import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withClickHouse } from "#engines/testing";
import { foldsOf, insertMadeUp, type MadeUpAggregate } from "../testing/made-up-aggregates.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createQueries, type Queries } from "./queries.ts";

const clickhouse = withClickHouse();
let database: TestDatabase;
let queries: Queries;
beforeAll(async () => {
  database = await openTestDatabase(clickhouse);
  queries = createQueries(() => database.client);
});
afterAll(() => database.drop());
let network = 0;
beforeEach(() => void network++);

const FROM = Date.UTC(2026, 0, 5);
const WINDOW_MS = 300_000;

function aggregate(client: string, more: Partial<MadeUpAggregate>): MadeUpAggregate {
  return {
    client,
    server: "10.0.0.2",
    windowMs: FROM,
    protocol: 6,
    port: 443,
    answered: true,
    started: 1,
    accepted: 1,
    refused: 0,
    oneWay: 0,
    bytesUp: 100,
    bytesDown: 1000,
    packetsUp: 2,
    packetsDown: 3,
    firstMs: 10,
    lastMs: 20,
    samplingRate: 1,
    ...more,
  };
}

const changed = (afterFold: number) => queries.changedHosts({ networkId: network, afterFold });

describe("changed hosts", () => {
  it("are those of folds after the mark that count, with when their traffic was", async () => {
    const later = FROM + WINDOW_MS;
    await insertMadeUp(database.client, network, [
      aggregate("10.0.0.1", { fold: 3 }),
      aggregate("10.0.0.3", { fold: 4, windowMs: later, slice: 1 }),
      aggregate("10.0.0.4", { fold: 5, windowMs: later, slice: 2, firstMs: 7, lastMs: 9_000 }),
      aggregate("10.0.0.4", { fold: 5, windowMs: FROM, slice: 2, firstMs: 5 }),
    ]);
    const all = await changed(0);
    expect(all.upToFold).toBe(5);
    expect([...all.hosts.keys()].sort()).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"]);
    const some = await changed(4);
    expect([...some.hosts]).toEqual(
      expect.arrayContaining([["10.0.0.4", { firstMs: FROM + 5, lastMs: later + 9_000 }]]),
    );
    expect([...some.hosts.keys()].sort()).toEqual(["10.0.0.2", "10.0.0.4"]);
    expect(await changed(5)).toEqual({ upToFold: 5, hosts: new Map() });
    expect((await queries.newestFolds()).get(network)).toBe(5);
  });

  it("have no newest traffic of their own when they were only tried", async () => {
    await insertMadeUp(database.client, network, [
      aggregate("10.0.0.1", { answered: false, accepted: 0, oneWay: 1, bytesDown: 0, packetsDown: 0 }),
    ]);
    const { hosts } = await changed(0);
    expect(hosts.get("10.0.0.2")).toEqual({ firstMs: FROM + 10, lastMs: undefined });
    expect(hosts.get("10.0.0.1")).toEqual({ firstMs: FROM + 10, lastMs: FROM + 20 });
  });

  it("are not those of superseded folds or of folds that never finished, nor of another network", async () => {
    const made = [
      aggregate("10.0.0.1", { fold: 1 }),
      aggregate("10.0.0.3", { fold: 2 }),
      aggregate("10.0.0.4", { fold: 3, slice: 1 }),
    ];
    await insertMadeUp(database.client, network, made, foldsOf(made.slice(0, 2)));
    await insertMadeUp(database.client, network + 1000, [aggregate("10.0.0.9", { fold: 9 })]);
    const { upToFold, hosts } = await changed(0);
    expect(upToFold).toBe(2);
    expect([...hosts.keys()].sort()).toEqual(["10.0.0.2", "10.0.0.3"]);
  });

  it("include a fold that stands beside an older one, whose raw rows have expired", async () => {
    await insertMadeUp(
      database.client,
      network,
      [aggregate("10.0.0.1", { fold: 1 }), aggregate("10.0.0.3", { fold: 2 })],
      [
        { windowMs: FROM, slice: 0, fold: 1 },
        { windowMs: FROM, slice: 0, fold: 2, floorBatch: 7 },
      ],
    );
    expect([...(await changed(1)).hosts.keys()].sort()).toEqual(["10.0.0.2", "10.0.0.3"]);
  });
});
