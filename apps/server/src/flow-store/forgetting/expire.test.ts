import { withClickHouse } from "#engines/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { StoreClient } from "../client/store-client.ts";
import { openStoreUnderTest, type StoreUnderTest } from "../fold/testing/store-under-test.ts";
import { hoursOf, readHours } from "../rollup/testing/hours-of.ts";
import { at, day, KEPT, received } from "./testing/expiry-days.ts";
import { bringToLife, conversation, mortal } from "./testing/living-store.ts";

const clickhouse = withClickHouse();
let store: StoreUnderTest;

beforeEach(async () => {
  store = await openStoreUnderTest(clickhouse);
});
afterEach(() => store.drop());

async function count(table: string, where = "1"): Promise<number> {
  const sql = `SELECT count() AS rows FROM ${table} WHERE ${where}`;
  return Number((await store.client.row<{ rows: string }>({ name: "count", sql })).rows);
}

describe("the expiry of raw rows", () => {
  it("goes by the day of receipt, whatever the time of the traffic, and leaves the counts as they are", async () => {
    const life = await bringToLife(store);
    for (const number of [0, 1, 2])
      await life.insert(conversation(0, 1 + number), { receivedAtMs: day(number) });
    await life.fold();
    const before = await store.aggregates();
    expect(await life.forgetting.expire(at(8))).toMatchObject({ rawRows: 2, slices: 0, waitsForFold: false });
    expect(await count("flows")).toBe(4);
    expect(await life.forgetting.expire(at(8))).toMatchObject({ rawRows: 0 });
    expect(await life.fold()).toBe(0);
    expect(await store.aggregates()).toEqual(before);
  });

  it("counts late rows beside those that have expired, and each of them once", async () => {
    const life = await bringToLife(store);
    await life.insert(conversation(0), { receivedAtMs: day(0) });
    await life.fold(day(0));
    await life.forgetting.expire(at(10));
    expect(await count("flows")).toBe(0);
    const [up, down] = conversation(0);
    // In two folds: the second makes the first one's supplement anew.
    for (const [i, receivedAtMs] of [day(10), day(11)].entries()) {
      const later = { fromPort: 60_000 + i };
      await life.insert(
        [
          { ...up, ...later },
          { ...down, toPort: later.fromPort },
        ],
        { receivedAtMs, token: `late ${i}` },
      );
      await life.insert(
        [
          { ...up, ...later },
          { ...down, toPort: later.fromPort },
        ],
        { receivedAtMs, token: `late ${i}` },
      );
      expect(await life.fold(receivedAtMs)).toBe(1);
      expect(received(await store.aggregates())).toEqual({ "10.0.0.1": 8000 + i * 4000 });
    }
    const started = (await store.aggregates())
      .filter((row) => row.side === "client")
      .reduce((sum, row) => sum + row.started, 0);
    expect(started).toBe(3);
    const reborn = await bringToLife(store);
    await reborn.forgetting.expire(at(30));
    expect(await reborn.fold()).toBe(0);
    expect(received(await store.aggregates())).toEqual({ "10.0.0.1": 12_000 });
  });

  it("keeps what no fold has seen, and what a requested fold needs", async () => {
    const life = await bringToLife(store);
    await life.insert(conversation(0), { receivedAtMs: day(0) });
    expect(await life.forgetting.expire(at(10))).toMatchObject({ rawRows: 0, waitsForFold: true });
    await life.insert(conversation(0, 2), { receivedAtMs: day(0), importId: 7 });
    await life.fold();
    await life.forgetting.forgetImport(7);
    expect(await life.forgetting.expire(at(10))).toMatchObject({ rawRows: 0, waitsForFold: true });
    await life.fold();
    expect(await life.forgetting.expire(at(10))).toMatchObject({ rawRows: 2, waitsForFold: false });
    expect(await count("fold_requests")).toBe(0);
    expect(received(await store.aggregates())).toEqual({ "10.0.0.1": 4000 });
  });

  it("keeps what is stored into an old day while it looks", async () => {
    const life = await bringToLife(store);
    await life.insert(conversation(0), { receivedAtMs: day(0) });
    await life.fold();
    const whileLooking = (client: StoreClient): StoreClient => ({
      ...client,
      async command(statement) {
        if (statement.name === "note expired batches")
          await life.insert(conversation(0, 2), { receivedAtMs: day(0) });
        return client.command(statement);
      },
    });
    const { forgetting } = await bringToLife(store, whileLooking);
    expect(await forgetting.expire(at(10))).toMatchObject({ rawRows: 2 });
    expect(await count("flows")).toBe(2);
    await life.fold();
    expect(received(await store.aggregates())).toEqual({ "10.0.0.1": 4000, "10.0.0.2": 4000 });
  });

  it("lets the tokens of what expired count anew", async () => {
    const life = await bringToLife(store);
    const same = { receivedAtMs: day(0), token: "the same" };
    await life.insert(conversation(0), same);
    await life.fold();
    await life.forgetting.expire(at(10));
    await life.insert(conversation(0), same);
    expect(await count("flows")).toBe(2);
  });
});

describe("the expiry of aggregates", () => {
  it("leaves their hours, rolled up before, and goes by the day of the fold", async () => {
    const life = await bringToLife(store);
    await life.insert([...conversation(0, 1), ...conversation(13, 1)], { receivedAtMs: day(0) });
    await life.fold(day(0));
    await life.insert(conversation(26, 3), { receivedAtMs: day(60) });
    await life.fold(day(60));
    const hours = hoursOf(await store.aggregates());
    expect(await life.forgetting.expire(at(95))).toMatchObject({ rawRows: 6, slices: 2, hours: 0 });
    expect(received(await store.aggregates())).toEqual({ "10.0.0.3": 4000 });
    expect([await count("folds"), await count("aggregates")]).toEqual([1, 2]);
    expect(await readHours(store.client)).toEqual(hours);
    expect(await life.rollup({ nowMs: day(95) })).toMatchObject({ hours: 0 });
  });

  it("counts late rows of an hour beside its roll-up", async () => {
    const life = await bringToLife(store);
    await life.insert(conversation(0), { receivedAtMs: day(0) });
    await life.fold(day(0));
    await life.forgetting.expire(at(95));
    for (const client of [2, 3]) {
      await life.insert(conversation(client, client), { receivedAtMs: day(95) });
      await life.fold(day(95));
      await life.rollup({ nowMs: day(95) });
    }
    const all = { "10.0.0.1": 4000, "10.0.0.2": 4000, "10.0.0.3": 4000 };
    expect(received(await readHours(store.client))).toEqual(all);
    const reborn = await bringToLife(store);
    await reborn.forgetting.expire(at(200));
    expect(await store.aggregates()).toEqual([]);
    expect(received(await readHours(store.client))).toEqual(all);
  });

  it("neither loses nor doubles anything in an hour of which a part has expired and a part is folded again", async () => {
    const kept = { rawDays: 60 };
    const life = await bringToLife(store);
    await life.insert(conversation(0, 1), { receivedAtMs: day(0) });
    await life.fold(day(0));
    await life.insert(conversation(1, 2), { receivedAtMs: day(60) });
    await life.fold(day(60));
    await life.rollup({ nowMs: day(60) });
    const before = await readHours(store.client);
    await life.forgetting.expire(at(95, kept));
    expect(await readHours(store.client)).toEqual(before);
    expect(received(await store.aggregates())).toEqual({ "10.0.0.2": 4000 });
    // The same slice as on day 60, whose raw rows are still there: its fold is replaced.
    const [up, down] = conversation(1, 2);
    await life.insert(
      [
        { ...up, fromPort: 60_000 },
        { ...down, toPort: 60_000 },
      ],
      { receivedAtMs: day(95) },
    );
    await life.fold(day(95));
    await life.rollup({ nowMs: day(95) });
    const all = { "10.0.0.1": 4000, "10.0.0.2": 8000 };
    expect(received(await readHours(store.client))).toEqual(all);
    await life.forgetting.expire(at(152, kept));
    expect(received(await readHours(store.client))).toEqual(all);
    expect(received(await store.aggregates())).toEqual({ "10.0.0.2": 8000 });
  });

  it("drops hours by the month in which they were rolled up, and numbers go on where they were", async () => {
    const life = await bringToLife(store);
    await life.insert(conversation(0), { receivedAtMs: day(0) });
    await life.fold(day(0));
    await life.rollup({ nowMs: day(0) });
    expect(await life.forgetting.expire(at(365 + 26))).toMatchObject({ slices: 1, hours: 0 });
    expect(await readHours(store.client)).toHaveLength(2);
    expect(await life.forgetting.expire(at(365 + 27))).toMatchObject({ slices: 0, hours: 1 });
    for (const table of ["flows", "aggregates", "folds", "aggregates_hourly", "rollups"])
      expect(await count(table), table).toBe(0);
    const reborn = await bringToLife(store);
    expect(reborn.numbers.lastFold).toBe(life.numbers.lastFold);
    expect(reborn.numbers.lastBatch).toBe(life.numbers.lastBatch);
  });
});

describe("an expiry", () => {
  it("removes what interrupted folds left, and what the bookkeeping no longer needs", async () => {
    const life = await bringToLife(store);
    await life.insert(conversation(0), { receivedAtMs: day(0) });
    const dying = await bringToLife(store, mortal({ at: "fold: switch", when: "before" }));
    await expect(dying.fold(day(0))).rejects.toThrow("the power went out");
    const reborn = await bringToLife(store);
    await reborn.fold(day(0));
    await reborn.insert(conversation(1), { receivedAtMs: day(0), importId: 7 });
    await reborn.fold(day(0));
    await reborn.forgetting.forgetImport(7);
    await reborn.fold(day(0));
    expect([await count("aggregates"), await count("fold_cycles"), await count("fold_requests")]).toEqual([
      6, 2, 1,
    ]);
    await reborn.forgetting.expire({ ...KEPT, nowMs: day(1) });
    expect([await count("aggregates"), await count("fold_cycles"), await count("fold_requests")]).toEqual([
      4, 1, 0,
    ]);
    expect(reborn.forgetting.timesForgotten(7)).toBe(1);
    // Forgetting is dated by the server's clock.
    await reborn.forgetting.expire({ ...KEPT, nowMs: Date.now() + 9 * 86_400_000 });
    expect(reborn.forgetting.timesForgotten(7)).toBe(0);
  });

  it.each([
    [0, 90, 365],
    [7.5, 90, 365],
    [7, 6, 365],
    [7, 90, 89],
  ])(
    "refuses to keep %d days raw, %d days aggregated, %d days by the hour",
    async (rawDays, aggregateDays, hourlyDays) => {
      const { forgetting } = await bringToLife(store);
      await expect(
        forgetting.expire({ rawDays, aggregateDays, hourlyDays, nowMs: day(0) }),
      ).rejects.toMatchObject({
        code: "FLOW_STORE_BAD_ARGUMENT",
      });
    },
  );
});
