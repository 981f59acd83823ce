import fc from "fast-check";
import { withClickHouse } from "#engines/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError } from "../errors.ts";
import { SLICES } from "../schema/flow-columns.ts";
import { purgeSuperseded } from "./purge-superseded.ts";
import { bruteForceFold, byKey } from "./testing/brute-force-fold.ts";
import {
  batchOf,
  FOLDED_AT_MS,
  openStoreUnderTest,
  type StoreUnderTest,
  type TestAggregate,
  type TestRecord,
} from "./testing/store-under-test.ts";

const clickhouse = withClickHouse();
let store: StoreUnderTest;

beforeEach(async () => {
  store = await openStoreUnderTest(clickhouse);
});
afterEach(() => store.drop());

const T0 = Date.UTC(2026, 0, 5, 10);
const WINDOW_MS = 300_000;
const CLIENT = { from: "10.0.0.1", fromPort: 50_001, to: "10.0.1.1", toPort: 443 };
const SERVER = { from: "10.0.1.1", fromPort: 443, to: "10.0.0.1", toPort: 50_001 };
const [SYN, SYN_ACK, RST_ACK] = [0x02, 0x12, 0x14];

/** Both directions of one conversation; `at` in ms after T0. */
function conversation(at: number, more: Partial<TestRecord> = {}): TestRecord[] {
  const times = { startMs: T0 + at, endMs: T0 + at + 1000 };
  return [
    { ...CLIENT, ...times, packets: 5, bytes: 500, flags: SYN, ...more },
    { ...SERVER, ...times, packets: 4, bytes: 4000, flags: SYN_ACK, ...more },
  ];
}

type Plain = Omit<TestAggregate, "orientation_evidence">;

async function plainAggregates(from: StoreUnderTest, networkId = 1): Promise<Plain[]> {
  const rows = await from.aggregates(networkId);
  return rows.map((row) => withoutEvidence(row)).sort(byKey);
}

function withoutEvidence(row: TestAggregate): Plain {
  const { orientation_evidence: evidence, ...plain } = row;
  expect(evidence).toBeGreaterThan(0);
  return plain;
}

/** Makes the store's statement of that name fail, before it does anything or after it has done all. */
function failing(name: string, when: "before" | "after") {
  return (client: StoreClient): StoreClient => ({
    ...client,
    async command(statement) {
      if (statement.name !== name) return client.command(statement);
      if (when === "after") await client.command(statement);
      throw new Error("the power went out");
    },
  });
}

const PAIRS = [
  ...[1, 2, 3].flatMap((client) =>
    [1, 2].map((server) => ({ client: `10.0.0.${client}`, server: `10.0.1.${server}` })),
  ),
  { client: "fd00::1", server: "2001:db8::5" },
];

const record = fc
  .record({
    pair: fc.constantFrom(...PAIRS),
    port: fc.integer({ min: 50_001, max: 50_002 }),
    refuses: fc.boolean(),
    isUp: fc.boolean(),
    startMs: fc.integer({ min: 0, max: 3 * WINDOW_MS }),
    spanMs: fc.oneof(
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 0, max: 3 * WINDOW_MS }),
      fc.constant(WINDOW_MS),
    ),
    packets: fc.integer({ min: 1, max: 60 }),
    bytes: fc.integer({ min: 40, max: 100_000 }),
    exporter: fc.constantFrom("192.0.2.1", "192.0.2.1", "192.0.2.2"),
    rate: fc.constantFrom(1, 1, 1, 10),
  })
  .map(({ pair, port, refuses, isUp, startMs, spanMs, ...rest }): TestRecord => {
    // Which conversation refuses is part of its name, so that all its records agree.
    const service = refuses ? 80 : 443;
    const ends = isUp
      ? { from: pair.client, fromPort: port, to: pair.server, toPort: service, flags: SYN }
      : {
          from: pair.server,
          fromPort: service,
          to: pair.client,
          toPort: port,
          flags: refuses ? RST_ACK : SYN_ACK,
        };
    return { ...rest, ...ends, startMs: T0 + startMs, endMs: T0 + startMs + spanMs };
  });

describe("the fold", () => {
  it("gives what the specification's arithmetic gives, in any order of arrival and any size of chunk", async () => {
    // Several networks a run, since a fold costs more than what it folds here.
    const arrivals = fc.array(fc.array(record, { minLength: 1, maxLength: 25 }), {
      minLength: 3,
      maxLength: 3,
    });
    let networks = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(arrivals, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(60, 2_000_000),
        async (cases, maxRowsPerChunk) => {
          const first = networks + 1;
          networks += cases.length;
          const kept = cases.map((one) => withClients(one));
          for (const turn of [0, 1, 2]) {
            for (const [i, one] of kept.entries()) await store.insert(one[turn], { networkId: first + i });
            await store.fold({ maxRowsPerChunk });
          }
          for (const [i, one] of kept.entries()) {
            expect(await plainAggregates(store, first + i)).toEqual(bruteForceFold(one.flat()));
          }
        },
      ),
      { numRuns: 4 },
    );
  }, 120_000);

  it("splits a record at window borders so that its shares add up to it exactly", async () => {
    const times = { startMs: T0 + 100_001, endMs: T0 + 1_700_003 };
    await store.insert([{ ...CLIENT, ...times, packets: 7, bytes: 1_000_003, flags: SYN }]);
    await store.fold();
    const rows = (await store.aggregates()).filter((row) => row.side === "client");
    expect(rows.map((row) => row.window * 1000 - T0)).toEqual([0, 1, 2, 3, 4, 5].map((i) => i * WINDOW_MS));
    expect(rows.reduce((sum, row) => sum + row.bytes_out, 0)).toBe(1_000_003);
    expect(rows.reduce((sum, row) => sum + row.packets_out, 0)).toBe(7);
    expect(rows.reduce((sum, row) => sum + row.duration_ms_sum, 0)).toBe(times.endMs - times.startMs);
    expect(rows.map((row) => row.started)).toEqual([1, 0, 0, 0, 0, 0]);
    expect(rows[1].bytes_out).toBe(
      Math.floor((1_000_003 * 499_999) / 1_600_002) - Math.floor((1_000_003 * 199_999) / 1_600_002),
    );
  });

  it("counts a conversation once, in the window it begins in, and its acceptance in the window of the first answer", async () => {
    const [up, down] = conversation(0);
    const later = (one: TestRecord, ms: number): TestRecord => ({
      ...one,
      startMs: one.startMs + ms,
      endMs: one.endMs + ms,
    });
    await store.insert([
      up,
      later(up, WINDOW_MS),
      later(down, WINDOW_MS),
      later(up, 2 * WINDOW_MS),
      later(down, 2 * WINDOW_MS),
      later(up, 4 * WINDOW_MS),
    ]);
    await store.fold();
    const rows = (await store.aggregates()).filter((row) => row.side === "server");
    expect(
      rows.map(({ window, answered, started, accepted, one_way }) => [
        (window * 1000 - T0) / WINDOW_MS,
        answered,
        started,
        accepted,
        one_way,
      ]),
    ).toEqual([
      [0, 0, 1, 0, 1],
      [1, 1, 0, 1, 0],
      [2, 1, 0, 0, 0],
      [4, 0, 1, 0, 1],
    ]);
  });

  it("folds a slice again when a row comes late, and the window after it, which then begins nothing", async () => {
    await store.insert(conversation(WINDOW_MS + 1000));
    await store.fold();
    expect((await store.aggregates()).map((row) => row.started)).toEqual([1, 1]);
    await store.insert(conversation(290_000));
    const result = await store.fold();
    expect(result.slices).toBe(2);
    const rows = (await store.aggregates()).filter((row) => row.side === "client");
    expect(rows.map((row) => [row.started, row.accepted])).toEqual([
      [1, 1],
      [0, 0],
    ]);
    expect(rows.map((row) => row.bytes_in)).toEqual([4000, 4000]);
  });

  it("finds nothing to do when nothing came", async () => {
    await store.insert(conversation(0));
    expect(await store.fold()).toMatchObject({ cycles: 1, slices: 1, rowsRead: 2, rowsWritten: 2 });
    expect(await store.fold()).toMatchObject({ cycles: 0, slices: 0, rowsRead: 0, rowsWritten: 0 });
    const reopened = await store.reopen();
    expect(await reopened.fold()).toMatchObject({ cycles: 0, slices: 0 });
  });

  it("does not count a batch twice that is inserted again under its token", async () => {
    const target = { networkId: 1, importId: 0, token: "segment 7", receivedAtMs: T0 };
    await store.inserter.insertFlows(batchOf(conversation(0)), target);
    await store.fold();
    const before = await store.aggregates();
    await store.inserter.insertFlows(batchOf(conversation(0)), target);
    await store.fold();
    expect(await store.aggregates()).toEqual(before);
  });

  it("counts the exporter with most packets after scaling, and lists the others after it", async () => {
    await store.insert(conversation(0, { exporter: "192.0.2.1" }));
    await store.insert(conversation(0, { exporter: "192.0.2.9", packets: 1, bytes: 90, rate: 100 }));
    await store.fold();
    const [client] = await store.aggregates();
    expect(client).toMatchObject({
      side: "client",
      started: 1,
      bytes_in: 9000,
      packets_in: 100,
      bytes_out: 9000,
      max_sampling_rate: 100,
      exporters: ["192.0.2.9", "192.0.2.1"],
    });
  });

  it("joins two directions that came through two exporters, whose clocks need not agree", async () => {
    const [up, down] = conversation(0);
    await store.insert([{ ...up, exporter: "192.0.2.1" }]);
    await store.fold();
    await store.insert([
      { ...down, exporter: "192.0.2.2", startMs: down.startMs - 2000, endMs: down.endMs - 2000 + 3000 },
    ]);
    await store.fold();
    const rows = await store.aggregates();
    expect(rows.map((row) => [row.window * 1000 - T0, row.side, row.answered, row.started])).toContainEqual([
      0,
      "client",
      1,
      0,
    ]);
    expect(rows.reduce((sum, row) => sum + (row.side === "client" ? row.bytes_in : 0), 0)).toBe(4000);
    expect(rows.reduce((sum, row) => sum + (row.side === "client" ? row.bytes_out : 0), 0)).toBe(500);
    expect(rows.find((row) => row.window * 1000 === T0)?.exporters).toEqual(["192.0.2.1", "192.0.2.2"]);
  });

  it.each([
    ["fold: aggregates", "before"],
    ["fold: aggregates", "after"],
    ["fold: switch", "before"],
    ["fold: switch", "after"],
    ["end of fold cycle", "before"],
    ["fold: conversations", "after"],
  ] as const)(
    "survives a kill at %s (%s): what is seen stays whole, and the next fold gives what one clean fold gives",
    async (name, when) => {
      const all = [
        ...conversation(0),
        ...conversation(WINDOW_MS + 5),
        ...conversation(20_000, { exporter: "192.0.2.5" }),
      ];
      await store.insert(all.slice(0, 2));
      await store.fold();
      const before = await plainAggregates(store);
      await store.insert(all.slice(2));
      const dying = await store.reopen(failing(name, when));
      await expect(dying.fold()).rejects.toThrow("the power went out");
      const seen = await plainAggregates(store);
      const clean = bruteForceFold(all);
      const isDone = (name === "fold: switch" && when === "after") || name === "end of fold cycle";
      expect(seen).toEqual(isDone ? clean : before);
      const reopened = await store.reopen();
      await reopened.fold();
      expect(await plainAggregates(reopened)).toEqual(clean);
      const left = await store.client.rows({
        name: "left",
        sql: "SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE 'fold_stage%'",
      });
      expect(left).toEqual([]);
    },
  );

  it("takes a forgotten import out of the counts when its slices are asked for again", async () => {
    await store.insert(conversation(0), { importId: 1 });
    await store.insert(conversation(30_000), { importId: 2 });
    await store.fold();
    await store.client.command({ name: "delete", sql: "DELETE FROM flows WHERE import_id = 1" });
    const window = Math.floor(T0 / WINDOW_MS) * 300;
    const wanted = store.numbers.lastFold + 1;
    const rows = Array.from({ length: SLICES }, (_, slice) => `(1, ${window}, ${slice}, ${wanted}, 0)`);
    await store.client.command({ name: "ask", sql: `INSERT INTO fold_requests VALUES ${rows.join(",")}` });
    await store.fold();
    expect(await plainAggregates(store)).toEqual(bruteForceFold(conversation(30_000)));
    expect(await store.fold()).toMatchObject({ slices: 0 });
  });

  it("puts a supplement beside an older fold whose raw rows have expired", async () => {
    await store.insert(conversation(0));
    await store.fold();
    const expired = store.numbers.lastBatch;
    await store.client.command({ name: "expire", sql: `INSERT INTO raw_expiries VALUES (${expired}, 0)` });
    await store.client.command({ name: "drop", sql: "TRUNCATE TABLE flows" });
    for (const at of [60_000, 90_000]) {
      await store.insert(conversation(at));
      await store.fold();
    }
    const bytes = (await store.aggregates())
      .filter((row) => row.side === "client")
      .reduce((sum, row) => sum + row.bytes_in, 0);
    expect(bytes).toBe(12_000);
    expect(
      await store.client.rows({
        name: "floors",
        sql: "SELECT DISTINCT floor_batch FROM folds ORDER BY floor_batch",
      }),
    ).toEqual([{ floor_batch: "0" }, { floor_batch: String(expired) }]);
  });

  it("folds in halves what the server has no memory for", async () => {
    const all = [0, 1, 2, 3].flatMap((window) => conversation(window * WINDOW_MS));
    await store.insert(all);
    const rowsTried: number[] = [];
    const small = await store.reopen((client) => ({
      ...client,
      async command(statement) {
        if (statement.name === "fold: targets") rowsTried.push(statement.sql.split("),(").length);
        if (statement.name === "fold: scores" && rowsTried.at(-1)! > 2) {
          throw new FlowStoreError("FLOW_STORE_OUT_OF_MEMORY", "Memory limit exceeded.");
        }
        return client.command(statement);
      },
    }));
    expect(await small.fold()).toMatchObject({ chunks: 2, slices: 4 });
    expect(rowsTried).toEqual([4, 2, 2]);
    expect(await plainAggregates(small)).toEqual(bruteForceFold(all));
  });

  it("purges what newer folds have superseded, some time later, and nothing that counts", async () => {
    for (const at of [0, 1000, WINDOW_MS]) {
      await store.insert(conversation(at));
      await store.fold();
    }
    const before = await store.aggregates();
    const counted = async () => {
      const row = await store.client.row<{ rows: string; folds: string }>({
        name: "rows",
        sql: "SELECT (SELECT count() FROM aggregates) AS rows, (SELECT count() FROM folds) AS folds",
      });
      return [Number(row.rows), Number(row.folds)];
    };
    expect(await counted()).toEqual([6, 3]);
    await purgeSuperseded(store.client, FOLDED_AT_MS + 60_000);
    expect(await counted()).toEqual([6, 3]);
    await purgeSuperseded(store.client, FOLDED_AT_MS + 3_600_000);
    expect(await counted()).toEqual([4, 2]);
    expect(await store.aggregates()).toEqual(before);
  });

  it("folds only the networks asked for and leaves the others dirty", async () => {
    await store.insert(conversation(0), { networkId: 1 });
    await store.insert(conversation(0), { networkId: 2 });
    await store.fold({}, [2]);
    expect(await store.aggregates(1)).toEqual([]);
    expect(await store.aggregates(2)).toHaveLength(2);
    expect(await store.fold()).toMatchObject({ slices: 1 });
    expect(await store.aggregates(1)).toHaveLength(2);
  });
});

/**
 * The records, and before the first of each conversation that comes from its server one of its client in the same
 * place: a server's records alone do not always say who opened.
 */
function withClients(arrivals: readonly (readonly TestRecord[])[]): TestRecord[][] {
  const known = new Set<string>();
  return arrivals.map((arrival) =>
    arrival.flatMap((one) => {
      const isUp = one.flags === SYN;
      const ends = [`${one.from} ${one.fromPort}`, `${one.to} ${one.toPort}`];
      const name = (isUp ? ends : ends.toReversed()).join(" ");
      if (isUp || known.has(name)) {
        known.add(name);
        return [one];
      }
      known.add(name);
      const opening = {
        from: one.to,
        fromPort: one.toPort!,
        to: one.from,
        toPort: one.fromPort!,
        flags: SYN,
      };
      return [{ ...one, ...opening }, one];
    }),
  );
}
