import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withClickHouse } from "#engines/testing";
import { openStoreUnderTest, type StoreUnderTest } from "../fold/testing/store-under-test.ts";
import { bringToLife, conversation } from "./testing/living-store.ts";

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
