import { withClickHouse } from "#engines/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStoreUnderTest, type StoreUnderTest } from "../fold/testing/store-under-test.ts";
import { readHours } from "../rollup/testing/hours-of.ts";
import { at, day, received } from "./testing/expiry-days.ts";
import { bringToLife, conversation, deathsAt, mortal } from "./testing/living-store.ts";

const clickhouse = withClickHouse();
let store: StoreUnderTest;

beforeEach(async () => {
  store = await openStoreUnderTest(clickhouse);
});
afterEach(() => store.drop());

async function count(table: string, where = "1"): Promise<number> {
  const { rows } = await store.client.row<{ rows: string }>({
    name: "count",
    sql: `SELECT count() AS rows FROM ${table} WHERE ${where}`,
  });
  return Number(rows);
}

describe("forgetting an import", () => {
  it.each(["straight away", "after a fold"])(
    "may be killed before and after each of its statements: done again %s, it is as if the import had never been, and it can be imported anew",
    async (next) => {
      const deaths = deathsAt("request folds", "note forgotten imports", "forget rows of flows").map(
        (death, i) => ({ death, id: i + 1 }),
      );
      const imported = [...conversation(0, 1), ...conversation(0, 2)];
      let life = await bringToLife(store);
      const seen = () =>
        Promise.all(deaths.map(async ({ death, id }) => ({ death, aggregates: await store.aggregates(id) })));
      for (const { id } of deaths) await life.insert(conversation(0, 1), { networkId: id });
      await life.fold();
      const without = await seen();
      const importAll = async () => {
        for (const { id } of deaths)
          await life.insert(imported, { networkId: id, importId: id, token: "batch 0" });
        await life.fold();
      };
      await importAll();
      const withImports = await seen();
      expect(withImports).not.toEqual(without);
      for (const { death, id } of deaths) {
        const dying = await bringToLife(store, mortal(death));
        await expect(dying.forgetting.forgetImport(id)).rejects.toThrow("the power went out");
      }
      life = await bringToLife(store);
      if (next === "after a fold") await life.fold();
      for (const { id } of deaths) await life.forgetting.forgetImport(id);
      await life.fold();
      expect(await seen()).toEqual(without);
      await importAll();
      expect(await seen()).toEqual(withImports);
    },
    60_000,
  );
});

describe("forgetting a network", () => {
  const TABLES = [
    "flows",
    "aggregates",
    "folds",
    "aggregates_hourly",
    "rollups",
    "served_endpoints",
    "fold_requests",
  ];

  async function fill(networkIds: readonly number[]): Promise<void> {
    const life = await bringToLife(store);
    for (const networkId of networkIds) {
      await life.insert([...conversation(0, 1), ...conversation(1, 2)], { networkId, importId: 7 });
      await life.insert(conversation(0, 3), { networkId });
    }
    await life.fold();
    for (const table of ["aggregates_hourly", "rollups", "served_endpoints"]) {
      const rows = networkIds.map((networkId) => `(${networkId})`).join(",");
      await store.client.command({ name: "fill", sql: `INSERT INTO ${table} (network_id) VALUES ${rows}` });
    }
  }

  it("leaves nothing of it and everything of the others, killed before and after each of its statements and done again", async () => {
    const deaths = deathsAt(
      "request folds",
      "note forgotten imports",
      ...TABLES.map((table) => `forget rows of ${table}`),
    );
    await fill([1, ...deaths.map((_, i) => 2 + i)]);
    const others = await store.aggregates(1);
    for (const [i, death] of deaths.entries()) {
      const dying = await bringToLife(store, mortal(death));
      await expect(dying.forgetting.forgetNetwork(2 + i), JSON.stringify(death)).rejects.toThrow(
        "the power went out",
      );
    }
    const reborn = await bringToLife(store);
    await reborn.fold();
    for (const i of deaths.keys()) await reborn.forgetting.forgetNetwork(2 + i);
    await reborn.fold();
    for (const table of TABLES) expect(await count(table, "network_id > 1"), table).toBe(0);
    expect(await store.aggregates(1)).toEqual(others);
    expect(await count("rollups")).toBe(1);
    expect(reborn.forgetting.timesForgotten(7)).toBeGreaterThan(0);
  }, 60_000);
});

describe("the expiry of aggregates", () => {
  it.each(
    deathsAt(
      "note expired batches",
      "expire flows",
      "roll up hours",
      "switch hours",
      "note expired folds",
      "forget rows of folds",
      "expire aggregates",
    ),
  )(
    "killed $when its statement '$at' it loses nothing and doubles nothing when late rows come and it is done again",
    async (death) => {
      const life = await bringToLife(store);
      await life.insert(conversation(0, 1), { receivedAtMs: day(0) });
      await life.fold(day(0));
      await life.insert(conversation(1, 2), { receivedAtMs: day(60) });
      await life.fold(day(60));
      const dying = await bringToLife(store, mortal(death));
      await expect(dying.forgetting.expire(at(95))).rejects.toThrow("the power went out");
      const reborn = await bringToLife(store);
      expect(reborn.numbers.lastFold).toBeGreaterThanOrEqual(life.numbers.lastFold);
      await reborn.insert(conversation(2, 3), { receivedAtMs: day(95) });
      await reborn.fold(day(95));
      await reborn.rollup({ nowMs: day(95) });
      await reborn.forgetting.expire(at(95));
      expect(received(await readHours(store.client))).toEqual({
        "10.0.0.1": 4000,
        "10.0.0.2": 4000,
        "10.0.0.3": 4000,
      });
      expect(received(await store.aggregates())).toEqual({ "10.0.0.2": 4000, "10.0.0.3": 4000 });
    },
  );
});
