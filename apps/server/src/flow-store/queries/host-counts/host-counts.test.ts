import type { HostCounts } from "@flowlens/features";
import { DEFAULT_INTERNAL_RANGES, parseAddressRange, type AddressRange } from "@flowlens/flow";
import fc from "fast-check";
import { withClickHouse } from "#engines/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { bruteForceCounts } from "../../testing/brute-force-counts.ts";
import { foldsOf, insertMadeUp, type MadeUpAggregate } from "../../testing/made-up-aggregates.ts";
import { hostCounts, type HostCountsQuestion } from "./host-counts.ts";

const clickhouse = withClickHouse();
let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase(clickhouse);
});
afterAll(() => database.drop());
// Networks do not see each other: each test has one of its own.
let network = 0;
beforeEach(() => void network++);

const WINDOW_MS = 300_000;
const HOUR_MS = 3_600_000;
/** The Saturday before the clocks of Europe go forward at 01:00 UTC on Sunday the 29th. */
const FROM = Date.UTC(2026, 2, 28, 12);
const INTERNAL = DEFAULT_INTERNAL_RANGES.map((text) => parseAddressRange(text) as AddressRange);

function question(more: Partial<HostCountsQuestion> = {}): HostCountsQuestion {
  return {
    networkId: network,
    fromMs: FROM,
    toMs: FROM + 72 * HOUR_MS,
    timeZone: "Europe/Berlin",
    internalRanges: INTERNAL,
    hosts: "all",
    ...more,
  };
}

async function count(more: Partial<HostCountsQuestion> = {}): Promise<Map<string, HostCounts>> {
  const found = new Map<string, HostCounts>();
  for await (const hosts of hostCounts(database.client, question(more))) {
    for (const { address, counts } of hosts) {
      expect(found.has(address), `${address} came twice`).toBe(false);
      found.set(address, counts);
    }
  }
  return found;
}

/** An answered conversation of ten packets each way at the beginning of the look-back. */
function aggregate(more: Partial<MadeUpAggregate>): MadeUpAggregate {
  const isAnswered = more.answered ?? true;
  return {
    client: "10.0.0.1",
    server: "10.0.0.2",
    windowMs: FROM,
    protocol: 6,
    port: 443,
    answered: isAnswered,
    started: 1,
    accepted: isAnswered ? 1 : 0,
    refused: 0,
    oneWay: isAnswered ? 0 : 1,
    bytesUp: 1000,
    bytesDown: isAnswered ? 2000 : 0,
    packetsUp: 10,
    packetsDown: isAnswered ? 10 : 0,
    firstMs: 1000,
    lastMs: 2000,
    samplingRate: 1,
    ...more,
  };
}

describe("counting hosts", () => {
  const hosts4 = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "192.168.5.5", "8.8.8.8", "8.8.4.4", "224.0.0.5"];
  const hosts6 = ["fd00::1", "fd00::2", "2001:db8::53", "ff02::fb"];
  const anyWindow = fc
    .integer({ min: -2, max: (72 * HOUR_MS) / WINDOW_MS + 1 })
    .map((n) => FROM + n * WINDOW_MS);
  // A few windows that many share, so that senders come back, hours fill up and slices are folded again: about the
  // edges of the look-back, of hours and of Monday's business in Berlin, and where its clock is put forward. In hours.
  const busyWindow = fc
    .constantFrom(0, 1 / 12, 2 / 12, 1, 12.5, 13, 42, 47 + 11 / 12, 48, 51 + 11 / 12, 52, 54, 71 + 11 / 12)
    .map((n) => FROM + Math.round(n * 12) * WINDOW_MS);
  const service = fc.constantFrom(
    [6, 443],
    [6, 22],
    [6, 40_000],
    [17, 53],
    [17, 514],
    [17, 443],
    [1, 0],
    [58, 0],
    [89, 0],
    [6, 5432],
    [17, 2049],
    [132, 443],
  );
  const pair = fc.oneof(
    { weight: 9, arbitrary: fc.tuple(fc.constantFrom(...hosts4), fc.constantFrom(...hosts4)) },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...hosts6), fc.constantFrom(...hosts6)) },
    // No packet is like this; a log can say it.
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...hosts4), fc.constantFrom(...hosts6)) },
  );
  const anyAggregate: fc.Arbitrary<MadeUpAggregate> = fc
    .record({
      pair,
      service,
      windowMs: fc.oneof({ weight: 1, arbitrary: anyWindow }, { weight: 9, arbitrary: busyWindow }),
      answered: fc.boolean(),
      several: fc.tuple(fc.nat(3), fc.nat(2), fc.nat(2)),
      bytes: fc.tuple(fc.nat(2 ** 40), fc.nat(2 ** 40)),
      packets: fc.tuple(fc.nat(12), fc.nat(12)),
      times: fc.tuple(fc.nat(299_999), fc.nat(299_999)),
      samplingRate: fc.constantFrom(1, 1, 1000),
      slice: fc.nat(1),
      fold: fc.integer({ min: 1, max: 3 }),
    })
    .map(
      ({ pair: [client, server], service: [protocol, port], several, bytes, packets, times, ...rest }) => ({
        ...rest,
        client,
        server,
        protocol,
        port,
        started: several[0],
        accepted: rest.answered ? several[0] : 0,
        refused: rest.answered ? 0 : several[1],
        oneWay: rest.answered ? 0 : several[2],
        bytesUp: bytes[0],
        bytesDown: bytes[1],
        packetsUp: packets[0],
        packetsDown: rest.answered || several[1] > 0 ? packets[1] : 0,
        firstMs: Math.min(...times),
        lastMs: Math.max(...times),
      }),
    );

  it("agrees with counting one by one, whatever the aggregates, the clock and the ranges are", async () => {
    const settings = fc.record({
      timeZone: fc.constantFrom(
        "Europe/Berlin",
        "UTC",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "America/St_Johns",
        "Pacific/Auckland",
      ),
      internal: fc.constantFrom<readonly string[]>(
        DEFAULT_INTERNAL_RANGES,
        ["10.0.0.0/30"],
        ["fd00::/8"],
        ["::/0"],
        ["172.16.0.0/12"],
        [],
      ),
      externalHostsMax: fc.constantFrom(1, 10_000),
      alsoHosts: fc.constantFrom([], ["8.8.8.8", "10.0.0.1"], ["224.0.0.5", "9.9.9.9"]),
    });
    let counted = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyAggregate, { maxLength: 300, size: "max" }),
        settings,
        async (aggregates, { internal, ...more }) => {
          network++;
          // Every fold has its entry, the superseded ones too.
          const folds = aggregates.map(({ windowMs, slice = 0, fold = 1 }) => ({ windowMs, slice, fold }));
          await insertMadeUp(database.client, network, aggregates, folds);
          const internalRanges = internal.map((text) => parseAddressRange(text) as AddressRange);
          const newest = new Map(
            foldsOf(aggregates).map(({ windowMs, slice, fold }) => [`${windowMs} ${slice}`, fold]),
          );
          const current = aggregates.filter(
            ({ windowMs, slice = 0, fold }) => newest.get(`${windowMs} ${slice}`) === fold,
          );
          const expected = bruteForceCounts(current, { ...question(), ...more, internalRanges });
          const found = await count({ ...more, internalRanges });
          expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
          for (const [address, counts] of expected) expect(found.get(address), address).toEqual(counts);
          counted += expected.size;
        },
      ),
      { numRuns: process.env.FLOWLENS_LONG === undefined ? 12 : 100 },
    );
    expect(counted).toBeGreaterThan(24);
  }, 180_000);

  it("accepts one-way conversations to an endpoint that answered someone, and nowhere else", async () => {
    const oneWay = { answered: false, oneWay: 3, windowMs: FROM + WINDOW_MS };
    await insertMadeUp(database.client, network, [
      aggregate({}),
      aggregate({ ...oneWay, client: "10.0.0.3" }),
      aggregate({ ...oneWay, client: "10.0.0.4", port: 8443 }),
      aggregate({ client: "10.0.0.5", port: 443, answered: false, oneWay: 0, refused: 2, packetsDown: 1 }),
    ]);
    const counts = await count();
    expect(counts.get("10.0.0.2")).toMatchObject({
      inboundConversations: 4,
      clients: 2,
      servedPorts: 1,
      unansweredIn: 3,
      refusedIn: 2,
      bytesIn: 2000,
    });
    expect(counts.get("10.0.0.3")).toMatchObject({ outboundConversations: 3, unansweredOut: 0 });
    expect(counts.get("10.0.0.4")).toMatchObject({
      outboundConversations: 0,
      unansweredOut: 3,
      servers: 0,
      spanHours: 0,
    });
    expect(counts.get("10.0.0.5")).toMatchObject({ outboundConversations: 0, refusedOut: 2, bytesOut: 0 });
  });

  it("counts a conversation that goes on as traffic, not as another conversation", async () => {
    const goesOn = { started: 0, accepted: 0, windowMs: FROM + 5 * HOUR_MS };
    await insertMadeUp(database.client, network, [aggregate({}), aggregate(goesOn)]);
    expect((await count()).get("10.0.0.1")).toMatchObject({
      outboundConversations: 1,
      bytesOut: 2000,
      servers: 1,
      activeHoursOfDay: 2,
      spanHours: 6,
      hourlyConversationsSquareSum: 1,
    });
  });

  it("reads hours and business days off the network's clock, through the night when it changes", async () => {
    // Sunday 00:00 and 02:00 UTC are 01:00 and 04:00 in Berlin; Monday 05:59 and 06:00 UTC are 07:55 and 08:00.
    const instants = [
      Date.UTC(2026, 2, 29),
      Date.UTC(2026, 2, 29, 2),
      Date.UTC(2026, 2, 30, 5, 55),
      Date.UTC(2026, 2, 30, 6),
    ];
    await insertMadeUp(
      database.client,
      network,
      instants.map((windowMs) => aggregate({ windowMs })),
    );
    const berlin = (await count()).get("10.0.0.1");
    expect(berlin).toMatchObject({ businessHourConversations: 1, activeHoursOfDay: 4, spanHours: 31 });
    const kolkata = (await count({ timeZone: "Asia/Kolkata" })).get("10.0.0.1");
    expect(kolkata).toMatchObject({ businessHourConversations: 2, activeHoursOfDay: 3, spanHours: 31 });
  });

  it("never takes ICMP for a service, though it counts its conversations", async () => {
    const echo = { protocol: 1, port: 0 };
    await insertMadeUp(database.client, network, [
      aggregate(echo),
      aggregate({ ...echo, client: "10.0.0.3", answered: false, oneWay: 1 }),
    ]);
    expect((await count()).get("10.0.0.2")).toMatchObject({
      inboundConversations: 1,
      icmpConversations: 1,
      servedPorts: 0,
      topServedPorts: [],
      unansweredIn: 1,
    });
  });

  it("lists a port as a sink when two internal senders come back in three windows, and not as served", async () => {
    const log = (client: string, windows: number): MadeUpAggregate[] =>
      Array.from({ length: windows }, (_, i) =>
        aggregate({ client, protocol: 17, port: 514, answered: false, windowMs: FROM + i * WINDOW_MS }),
      );
    const speaks = aggregate({ client: "10.0.0.2", server: "10.0.0.9", protocol: 17, port: 53 });
    await insertMadeUp(database.client, network, [
      speaks,
      ...log("10.0.0.1", 3),
      ...log("10.0.0.3", 3),
      ...log("10.0.0.4", 2),
      ...log("8.8.8.8", 9),
    ]);
    const counts = (await count()).get("10.0.0.2");
    expect(counts?.sinkPorts).toEqual([{ protocol: 17, port: 514, senders: 2 }]);
    expect(counts).toMatchObject({ servedPorts: 0, inboundConversations: 0 });
  });

  it("leaves out addresses that were probed and never sent a packet", async () => {
    const probes = [5, 6, 7].map((last) => aggregate({ server: `10.0.0.${last}`, answered: false }));
    const refuses = aggregate({ server: "10.0.0.8", answered: false, oneWay: 0, refused: 1, packetsDown: 1 });
    await insertMadeUp(database.client, network, [...probes, refuses]);
    expect([...(await count()).keys()].sort()).toEqual(["10.0.0.1", "10.0.0.8"]);
  });

  it("lists the external hosts that served most internal ones, as many as may be", async () => {
    const visits = (server: string, clients: readonly number[]): MadeUpAggregate[] =>
      clients.map((last) => aggregate({ client: `10.0.0.${last}`, server }));
    await insertMadeUp(database.client, network, [
      ...visits("1.1.1.1", [1]),
      ...visits("2.2.2.2", [1, 2]),
      ...visits("3.3.3.3", [1, 2, 3]),
      ...visits("2001:db8::1", []),
    ]);
    const external = async (most: number): Promise<string[]> =>
      [...(await count({ externalHostsMax: most })).keys()].filter((address) => !address.startsWith("10."));
    expect((await external(10)).sort()).toEqual(["2.2.2.2", "3.3.3.3"]);
    expect(await external(1)).toEqual(["3.3.3.3"]);
    expect(await external(0)).toEqual([]);
  });

  it("takes the hosts with a hundredth of the conversations where none is internal", async () => {
    const visit = (client: string, accepted: number): MadeUpAggregate =>
      aggregate({ client, server: "8.8.8.8", accepted, started: accepted });
    await insertMadeUp(database.client, network, [
      visit("9.9.9.1", 990),
      visit("9.9.9.2", 10),
      visit("9.9.9.3", 9),
    ]);
    expect([...(await count()).keys()].sort()).toEqual(["8.8.8.8", "9.9.9.1"]);
    expect([...(await count({ alsoHosts: ["9.9.9.3"] })).keys()].sort()).toEqual([
      "8.8.8.8",
      "9.9.9.1",
      "9.9.9.3",
    ]);
  });

  it("answers for named hosts alone what it answers for them among all", async () => {
    await insertMadeUp(database.client, network, [
      aggregate({}),
      aggregate({ client: "10.0.0.3" }),
      // Served, as someone else's conversation shows.
      aggregate({ port: 22 }),
      aggregate({ client: "10.0.0.3", answered: false, port: 22 }),
    ]);
    const all = await count();
    const named = await count({ hosts: ["10.0.0.3", "10.0.0.77"] });
    expect([...named.keys()]).toEqual(["10.0.0.3"]);
    expect(named.get("10.0.0.3")).toEqual(all.get("10.0.0.3"));
    expect(named.get("10.0.0.3")).toMatchObject({ outboundConversations: 2, unansweredOut: 0 });
  });

  it("answers for some hosts what it answers for them among all, external servers and dead addresses included", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyAggregate, { maxLength: 120, size: "max" }),
        fc.uniqueArray(fc.constantFrom(...hosts4, ...hosts6, "10.9.9.9"), { minLength: 1 }),
        async (made, among) => {
          network++;
          // A network without internal hosts lists its busiest, which only a look at all of it can tell.
          const aggregates = [...made, aggregate({ client: "10.0.0.77", server: "10.0.0.78" })];
          await insertMadeUp(database.client, network, aggregates);
          const all = await count();
          const some = await count({ among });
          const expected = new Map([...all].filter(([address]) => among.includes(address)));
          expect([...some.keys()].sort()).toEqual([...expected.keys()].sort());
          for (const [address, counts] of expected) expect(some.get(address), address).toEqual(counts);
        },
      ),
      { numRuns: process.env.FLOWLENS_LONG === undefined ? 8 : 60 },
    );
  }, 180_000);

  it("lists the ports with most clients first and cuts the list, not the number", async () => {
    const many = Array.from({ length: 40 }, (_, i) => aggregate({ port: 1000 + i }));
    await insertMadeUp(database.client, network, [...many, aggregate({ port: 1039, client: "10.0.0.3" })]);
    const counts = (await count()).get("10.0.0.2");
    expect(counts?.servedPorts).toBe(40);
    expect(counts?.topServedPorts).toHaveLength(32);
    expect(counts?.topServedPorts.slice(0, 2)).toEqual([
      { protocol: 6, port: 1039, clients: 2, conversations: 2 },
      { protocol: 6, port: 1000, clients: 1, conversations: 1 },
    ]);
  });

  it("counts a slice's newest fold and what stands beside it, not what was superseded or never finished", async () => {
    const written = [1, 2, 3, 4].map((fold) =>
      aggregate({ fold, accepted: 10 ** fold, started: 10 ** fold }),
    );
    await insertMadeUp(database.client, network, written, [
      { windowMs: FROM, slice: 0, fold: 1 },
      { windowMs: FROM, slice: 0, fold: 2 },
      { windowMs: FROM, slice: 0, fold: 3, floorBatch: 5 },
    ]);
    expect((await count()).get("10.0.0.2")?.inboundConversations).toBe(1100);
  });

  it("leaves no table behind, not even when the caller stops in the middle", async () => {
    await insertMadeUp(database.client, network, [aggregate({})]);
    for await (const hosts of hostCounts(database.client, question())) if (hosts.length > 0) break;
    const left = await database.client.rows({ name: "left", sql: "SHOW TABLES LIKE 'scratch%'" });
    expect(left).toEqual([]);
  });

  it("refuses a time zone and an address that are none, by name", async () => {
    await expect(count({ timeZone: "Europe/Atlantis" })).rejects.toMatchObject({
      code: "FLOW_STORE_BAD_ARGUMENT",
    });
    await expect(count({ hosts: ["10.0.0"] })).rejects.toThrow('"10.0.0" is not an IP address');
  });
});
