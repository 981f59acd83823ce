import { withClickHouse } from "#engines/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStoreUnderTest, type StoreUnderTest } from "../fold/testing/store-under-test.ts";
import { bringToLife, conversation, deathsAt, mortal } from "../forgetting/testing/living-store.ts";
import { hoursOf, readHours } from "./testing/hours-of.ts";

const clickhouse = withClickHouse();
let store: StoreUnderTest;

beforeEach(async () => {
  store = await openStoreUnderTest(clickhouse);
});
afterEach(() => store.drop());

const WINDOWS_PER_HOUR = 12;
const LATER_MS = Date.UTC(2026, 0, 6);
const HOUR_MS = 3_600_000;

async function expectHoursAsAggregates(networkId = 1): Promise<void> {
  const hours = await readHours(store.client, networkId);
  expect(hours).toEqual(hoursOf(await store.aggregates(networkId)));
}

async function count(table: string): Promise<number> {
  const { rows } = await store.client.row<{ rows: string }>({
    name: "count",
    sql: `SELECT count() AS rows FROM ${table}`,
  });
  return Number(rows);
}

describe("the roll-up", () => {
  it.each([undefined, 1])(
    "gives what the aggregates of each hour give together, however many hours a statement takes",
    async (maxRowsPerStatement) => {
      const life = await bringToLife(
        store,
        undefined,
        maxRowsPerStatement === undefined ? {} : { maxRowsPerStatement },
      );
      const windows = [0, 1, 2, 11, 12, 13, 25, 26, 27, 28, 12 * 9, 12 * 30];
      for (const [i, exporter] of ["192.0.2.1", "192.0.2.2", "192.0.2.3"].entries()) {
        const seen = windows.filter((window) => (window + i) % 3 !== 0);
        await life.insert(
          seen
            .flatMap((window) => conversation(window, 1 + (window % 2)))
            .map((one) => ({ ...one, exporter, rate: 1 + i })),
        );
      }
      // A key with more than one row in its hour, one refused, and one of another network.
      const [syn, answer] = conversation(1, 5);
      await life.insert([
        { ...syn, endMs: syn.startMs + 2 * HOUR_MS },
        { ...answer, flags: 0x14 },
      ]);
      await life.insert(conversation(2, 6), { networkId: 2 });
      await life.fold();
      const result = await life.rollup({ nowMs: LATER_MS + 2 * 86_400_000 });
      expect(result).toMatchObject({ hours: 6, rowsWritten: await count("aggregates_hourly") });
      expect((await readHours(store.client)).length).toBeGreaterThan(10);
      await expectHoursAsAggregates(1);
      await expectHoursAsAggregates(2);
    },
  );

  it("rolls an hour up once, and again when one of its slices has been folded again", async () => {
    const life = await bringToLife(store);
    await life.insert([...conversation(0), ...conversation(WINDOWS_PER_HOUR)]);
    await life.fold();
    expect(await life.rollup({ nowMs: LATER_MS })).toMatchObject({ hours: 2 });
    expect(await life.rollup({ nowMs: LATER_MS })).toMatchObject({ hours: 0 });
    const reborn = await bringToLife(store);
    await reborn.insert([...conversation(3, 2), ...conversation(3, 1)]);
    await reborn.fold();
    expect(await reborn.rollup({ nowMs: LATER_MS })).toMatchObject({ hours: 1 });
    expect(
      (await readHours(store.client))
        .filter((row) => row.side === "client")
        .map((row) => [row.host, row.started]),
    ).toEqual([
      ["10.0.0.1", 2],
      ["10.0.0.1", 1],
      ["10.0.0.2", 1],
    ]);
    await expectHoursAsAggregates();
  });

  it("empties the hour of a forgotten import", async () => {
    const life = await bringToLife(store);
    await life.insert(conversation(0), { importId: 7 });
    await life.fold();
    await life.rollup({ nowMs: LATER_MS });
    expect(await readHours(store.client)).toHaveLength(2);
    await life.forgetting.forgetImport(7);
    await life.fold();
    await life.rollup({ nowMs: LATER_MS });
    expect(await readHours(store.client)).toEqual([]);
  });

  it("leaves an hour alone that is not over, or has only just ended, unless it is asked for", async () => {
    const life = await bringToLife(store);
    await life.insert([...conversation(0), ...conversation(WINDOWS_PER_HOUR)]);
    await life.fold();
    const elevenMs = Date.UTC(2026, 0, 5, 11);
    expect(await life.rollup({ nowMs: elevenMs + 14 * 60_000 })).toMatchObject({ hours: 0 });
    expect(await life.rollup({ nowMs: elevenMs + 15 * 60_000 })).toMatchObject({ hours: 1 });
    expect(await life.rollup({ nowMs: elevenMs, openHoursToo: true })).toMatchObject({ hours: 1 });
    await expectHoursAsAggregates();
  });

  it.each(deathsAt("roll up hours", "switch hours"))(
    "killed $when its statement '$at' it has changed nothing or all, and the next run does the rest",
    async (death) => {
      const life = await bringToLife(store);
      await life.insert(conversation(0));
      await life.fold();
      await life.rollup({ nowMs: LATER_MS });
      const before = await readHours(store.client);
      await life.insert(conversation(1, 2));
      await life.fold();
      const after = hoursOf(await store.aggregates());
      const dying = await bringToLife(store, mortal(death));
      await expect(dying.rollup({ nowMs: LATER_MS })).rejects.toThrow("the power went out");
      expect(await readHours(store.client)).toEqual(
        death.at === "switch hours" && death.when === "after" ? after : before,
      );
      const reborn = await bringToLife(store, undefined, { readersMs: 0 });
      await reborn.rollup({ nowMs: LATER_MS });
      expect(await readHours(store.client)).toEqual(after);
      expect([await count("aggregates_hourly"), await count("rollups")]).toEqual([after.length, 1]);
    },
  );

  it("keeps what is superseded for readers that began before, and no longer", async () => {
    const life = await bringToLife(store, undefined, { readersMs: 400 });
    for (const client of [1, 2]) {
      await life.insert(conversation(client, client));
      await life.fold();
      await life.rollup({ nowMs: LATER_MS });
    }
    expect(await count("rollups")).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 450));
    await life.rollup({ nowMs: LATER_MS });
    expect(await count("rollups")).toBe(1);
    await expectHoursAsAggregates();
    expect(await count("aggregates_hourly")).toBe(4);
  });

  it("stops between two statements when it is asked to", async () => {
    const life = await bringToLife(store, undefined, { maxRowsPerStatement: 1 });
    await life.insert([0, 1, 2].flatMap((hour) => conversation(hour * WINDOWS_PER_HOUR)));
    await life.fold();
    const stop = new AbortController();
    stop.abort();
    await expect(life.rollup({ nowMs: LATER_MS, signal: stop.signal })).rejects.toThrow("abort");
    expect(await count("rollups")).toBe(0);
    expect(await life.rollup({ nowMs: LATER_MS })).toMatchObject({ hours: 3 });
  });
});
