import { parseAddressRange } from "@flowlens/flow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withClickHouse } from "#engines/testing";
import { boundedClient } from "../client/bounded-client.ts";
import { insertMadeUp, type MadeUpAggregate } from "../testing/made-up-aggregates.ts";
import { openTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import type { StoredAggregate } from "./aggregates.ts";
import { createQueries, type Queries } from "./queries.ts";

const clickhouse = withClickHouse();
let database: TestDatabase;
let queries: Queries;

const NETWORK = 7;
const FROM = Date.UTC(2026, 0, 5);
const WINDOW_MS = 300_000;
const DAY = { networkId: NETWORK, fromMs: FROM, toMs: FROM + 86_400_000 };

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

beforeAll(async () => {
  database = await openTestDatabase(clickhouse);
  queries = createQueries(() => database.client);
  await insertMadeUp(
    database.client,
    NETWORK,
    [
      // Superseded by fold 2 of the same slice: counts nowhere.
      aggregate({ accepted: 100, bytesUp: 1_000_000, fold: 1 }),
      aggregate({ accepted: 5, started: 5, fold: 2 }),
      aggregate({ client: "10.0.0.3", windowMs: FROM + WINDOW_MS }),
      aggregate({ client: "10.0.0.3", windowMs: FROM + 13 * WINDOW_MS, bytesDown: 50_000 }),
      aggregate({
        client: "10.0.0.3",
        server: "192.0.2.9",
        protocol: 17,
        port: 53,
        bytesUp: 7,
        bytesDown: 9,
      }),
      // Nobody ever answered there: no traffic.
      aggregate({ client: "10.0.0.66", server: "10.0.0.2", port: 22, answered: false, bytesUp: 5_000_000 }),
    ].map((one) => ({ fold: 2, ...one })),
  );
});
afterAll(() => database.drop());

describe("traffic over time", () => {
  it("of a network counts each conversation once, in steps of whole windows", async () => {
    expect(await queries.trafficOverTime({ ...DAY, stepS: 600 })).toEqual([
      { startMs: FROM, conversations: 7, bytesIn: 207, bytesOut: 2_009, packetsIn: 6, packetsOut: 9 },
      {
        startMs: FROM + 12 * WINDOW_MS,
        conversations: 1,
        bytesIn: 100,
        bytesOut: 50_000,
        packetsIn: 2,
        packetsOut: 3,
      },
    ]);
  });

  it("of a host is told as the host saw it", async () => {
    expect(await queries.trafficOverTime({ ...DAY, address: "10.0.0.3", stepS: 3_600 })).toEqual([
      { startMs: FROM, conversations: 2, bytesIn: 1_009, bytesOut: 107, packetsIn: 6, packetsOut: 4 },
      expect.objectContaining({ startMs: FROM + 3_600_000, bytesIn: 50_000, bytesOut: 100 }),
    ]);
    expect(await queries.trafficOverTime({ ...DAY, address: "10.0.0.66", stepS: 300 })).toEqual([]);
  });

  it.each([0, 1, 299, 301, Number.NaN, -300])("has no steps of %s seconds", async (stepS) => {
    await expect(queries.trafficOverTime({ ...DAY, stepS })).rejects.toMatchObject({
      code: "FLOW_STORE_BAD_ARGUMENT",
    });
  });
});

describe("top talkers", () => {
  it("are the hosts with most bytes, with their distinct peers, and how many there are in all", async () => {
    const { entries, total } = await queries.topTalkers({ ...DAY, by: "bytes", limit: 2 });
    expect(total).toBe(4);
    expect(entries).toEqual([
      { address: "10.0.0.2", conversations: 7, bytesIn: 300, bytesOut: 52_000, peers: 2 },
      { address: "10.0.0.3", conversations: 3, bytesIn: 51_009, bytesOut: 207, peers: 2 },
    ]);
  });

  it("are ranked by conversations, and only of some ranges, when asked", async () => {
    const { entries } = await queries.topTalkers({ ...DAY, by: "conversations", limit: 10 });
    expect(entries.map(({ address }) => address)).toEqual(["10.0.0.2", "10.0.0.1", "10.0.0.3", "192.0.2.9"]);
    const within = [parseAddressRange("192.0.2.0/24")!];
    expect(await queries.topTalkers({ ...DAY, by: "bytes", within, limit: 10 })).toEqual({
      entries: [{ address: "192.0.2.9", conversations: 1, bytesIn: 7, bytesOut: 9, peers: 1 }],
      total: 1,
    });
    expect(await queries.topTalkers({ ...DAY, by: "bytes", within: [], limit: 10 })).toEqual({
      entries: [],
      total: 0,
    });
  });
});

describe("the services of a network", () => {
  it("are ranked by clients, conversations or bytes; what nobody answered is none", async () => {
    const https = { protocol: 6, port: 443, servers: 1, clients: 2, conversations: 7, bytes: 52_300 };
    const dns = { protocol: 17, port: 53, servers: 1, clients: 1, conversations: 1, bytes: 16 };
    for (const by of ["clients", "conversations", "bytes"] as const) {
      expect(await queries.topServices({ ...DAY, by, limit: 10 })).toEqual({
        entries: [https, dns],
        total: 2,
      });
    }
    expect(await queries.topServices({ ...DAY, by: "bytes", limit: 1 })).toEqual({
      entries: [https],
      total: 2,
    });
  });
});

describe("aggregates of a host", () => {
  async function all(limit: number, more: object = {}): Promise<StoredAggregate[]> {
    const found: StoredAggregate[] = [];
    let cursor: string | undefined;
    do {
      const page = await queries.aggregates({
        ...DAY,
        address: "10.0.0.3",
        limit,
        ...more,
        ...(cursor === undefined ? {} : { cursor }),
      });
      found.push(...page.aggregates);
      cursor = page.next;
    } while (cursor !== undefined);
    return found;
  }

  it("come newest first, each once, whatever the pages", async () => {
    const whole = await all(100);
    expect(whole.map(({ window, peer }) => [window - FROM, peer])).toEqual([
      [13 * WINDOW_MS, "10.0.0.2"],
      [WINDOW_MS, "10.0.0.2"],
      [0, "192.0.2.9"],
    ]);
    expect(whole[2]).toMatchObject({
      side: "client",
      protocol: 17,
      servicePort: 53,
      accepted: 1,
      bytesOut: 7,
    });
    for (const limit of [1, 2]) expect(await all(limit)).toEqual(whole);
    // Several in one window, pages that end within it.
    const served = await all(100, { address: "10.0.0.2" });
    expect(served).toHaveLength(4);
    expect(await all(1, { address: "10.0.0.2" })).toEqual(served);
  });

  it("are filtered by peer, side, protocol and port", async () => {
    expect(await all(10, { peer: "192.0.2.9" })).toHaveLength(1);
    expect(await all(10, { side: "server" })).toEqual([]);
    expect(await all(10, { protocol: 6, port: 443 })).toHaveLength(2);
  });

  it.each(["", "1", "1.2.3", "99999999999.1", "x.1", "'; DROP TABLE flows"])(
    "refuse the cursor %j, which is none of theirs",
    async (cursor) => {
      const question = { ...DAY, address: "10.0.0.3", limit: 1, cursor };
      await expect(queries.aggregates(question)).rejects.toMatchObject({ code: "FLOW_STORE_BAD_ARGUMENT" });
    },
  );
});

describe("a question with limits", () => {
  it("is given up with a coded error when it takes too long, and when nobody waits any more", async () => {
    const slow = {
      name: "slow",
      sql: "SELECT sum(sleepEachRow(0.2)) FROM numbers(100) SETTINGS max_block_size = 1",
    };
    const begunMs = performance.now();
    await expect(boundedClient(database.client, { limitMs: 300 }).rows(slow)).rejects.toMatchObject({
      code: "FLOW_STORE_TIMEOUT",
    });
    const gone = AbortSignal.timeout(200);
    await expect(
      boundedClient(database.client, { limitMs: 60_000, signal: gone }).rows(slow),
    ).rejects.toMatchObject({ code: "FLOW_STORE_CANCELLED" });
    expect(performance.now() - begunMs).toBeLessThan(5_000);
  });
});
