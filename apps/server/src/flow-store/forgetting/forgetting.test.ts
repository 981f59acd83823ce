import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withClickHouse } from "#engines/testing";
import { openStoreUnderTest, type StoreUnderTest } from "../fold/testing/store-under-test.ts";
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
  it("takes its rows and its counts out and leaves those of others as they are", async () => {
    const life = await bringToLife(store);
    await life.insert([...conversation(0, 1), ...conversation(3, 9)]);
    await life.fold();
    const before = await store.aggregates();
    await life.insert([...conversation(0, 2), ...conversation(1, 1), ...conversation(0, 1)], { importId: 7 });
    await life.fold();
    expect(await store.aggregates()).not.toEqual(before);
    expect(await life.forgetting.forgetImport(7)).toBe(6);
    expect(await count("flows")).toBe(4);
    await life.fold();
    expect(await store.aggregates()).toEqual(before);
    expect(await life.fold()).toBe(0);
  });

  it("asks for every window that a long record touches", async () => {
    const life = await bringToLife(store);
    const [up] = conversation(0);
    await life.insert([{ ...up, endMs: up.startMs + 3 * 300_000 }], { importId: 7 });
    await life.fold();
    await life.forgetting.forgetImport(7);
    expect(await life.fold()).toBe(4);
    expect(await store.aggregates()).toEqual([]);
  });

  it("lets the same batches be stored again under the same tokens, also after a restart", async () => {
    const life = await bringToLife(store);
    const again = { importId: 7, token: "batch 0" };
    await life.insert(conversation(0), again);
    await life.insert(conversation(0), again);
    expect(await count("flows")).toBe(2);
    await life.forgetting.forgetImport(7);
    await life.insert(conversation(0), again);
    expect(await count("flows")).toBe(2);
    const reborn = await bringToLife(store);
    expect(reborn.forgetting.timesForgotten(7)).toBe(1);
    await reborn.insert(conversation(0), again);
    expect(await count("flows")).toBe(2);
    await reborn.forgetting.forgetImport(7);
    await reborn.insert(conversation(0), again);
    expect(await count("flows")).toBe(2);
  });

  it("does nothing for an import without rows", async () => {
    const life = await bringToLife(store);
    await life.insert(conversation(0));
    expect(await life.forgetting.forgetImport(7)).toBe(0);
    expect(life.forgetting.timesForgotten(7)).toBe(0);
    expect([
      await count("fold_requests"),
      await count("forgotten_imports"),
      await count("system.mutations", "database = currentDatabase()"),
    ]).toEqual([0, 0, 0]);
  });

  it("refuses to forget import 0, which is all live traffic", async () => {
    const life = await bringToLife(store);
    await life.insert(conversation(0));
    await expect(life.forgetting.forgetImport(0)).rejects.toMatchObject({ code: "FLOW_STORE_BAD_ARGUMENT" });
    expect(await count("flows")).toBe(2);
  });

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

  it("does not let a fold read while the rows are still going, whoever began that", async () => {
    const life = await bringToLife(store);
    await life.insert(conversation(0, 1));
    await life.insert(conversation(0, 2), { importId: 7 });
    await life.fold();
    await store.client.command({ name: "hold the deletions back", sql: "SYSTEM STOP MERGES flows" });
    let forgotten = false;
    const forgetting = life.forgetting.forgetImport(7).then(() => (forgotten = true));
    await expect.poll(() => count("system.mutations", "database = currentDatabase()")).toBe(1);
    const reborn = await bringToLife(store);
    let folded = false;
    const folding = reborn.fold().then(() => (folded = true));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([forgotten, folded]).toEqual([false, false]);
    await store.client.command({ name: "let go", sql: "SYSTEM START MERGES flows" });
    await Promise.all([forgetting, folding]);
    const hosts = (await store.aggregates()).filter((row) => row.side === "client").map((row) => row.host);
    expect(hosts).toEqual(["10.0.0.1"]);
  });
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
