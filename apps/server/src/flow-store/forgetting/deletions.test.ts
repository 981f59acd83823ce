import { withClickHouse } from "#engines/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStoreUnderTest, type StoreUnderTest } from "../fold/testing/store-under-test.ts";
import { createDeletions } from "./deletions.ts";

const clickhouse = withClickHouse();
let store: StoreUnderTest;

beforeEach(async () => {
  store = await openStoreUnderTest(clickhouse);
  for (const day of [20_000, 20_001]) {
    const sql = `INSERT INTO served_endpoints (network_id, folded_on) SELECT number, ${day} FROM numbers(4)`;
    await store.client.command({ name: "fill", sql });
  }
});
afterEach(() => store.drop());

async function networks(): Promise<number[]> {
  const sql = "SELECT network_id FROM served_endpoints ORDER BY network_id";
  const rows = await store.client.rows<{ network_id: number }>({ name: "networks", sql });
  return rows.map(({ network_id }) => network_id);
}

async function mutations(): Promise<string[]> {
  const sql = "SELECT command FROM system.mutations WHERE database = currentDatabase() AND NOT is_done";
  return (await store.client.rows<{ command: string }>({ name: "mutations", sql })).map(
    ({ command }) => command,
  );
}

/** A deletion that cannot go on where it meets network 2. */
const FAILING = "throwIf(network_id = 2, 'the disk is on fire') = 0";

describe("deletions", () => {
  it("delete in every partition that has such rows, and touch no other", async () => {
    const deletions = createDeletions(store.client);
    await deletions.remove("served_endpoints", "network_id = {network:UInt32}", { params: { network: 1 } });
    expect(await networks()).toEqual([0, 0, 2, 2, 3, 3]);
    await deletions.remove("served_endpoints", "network_id = 3 AND folded_on = toDate(20000)");
    expect(await networks()).toEqual([0, 0, 2, 2, 3]);
    const sql = "SELECT count() AS n FROM system.mutations WHERE database = currentDatabase()";
    expect(await store.client.row({ name: "mutations", sql })).toEqual({ n: "3" });
  });

  it("ask for nothing where there is nothing to delete", async () => {
    await createDeletions(store.client).remove("served_endpoints", "network_id = 9");
    expect(await networks()).toHaveLength(8);
  });

  it("give up what keeps failing, say so once with the reason, and leave nothing under way", async () => {
    const deletions = createDeletions(store.client, { failingMs: 200 });
    const failing = deletions.remove("served_endpoints", FAILING, { partitions: ["20241004", "20241005"] });
    await expect(failing).rejects.toMatchObject({
      code: "FLOW_STORE_QUESTION_FAILED",
      message: expect.stringMatching(/served_endpoints .*the disk is on fire.* delete them again/) as unknown,
    });
    expect(await mutations()).toEqual([]);
    expect(await networks()).toHaveLength(8);
    await deletions.settle();
    await deletions.remove("served_endpoints", "network_id = 2");
    expect(await networks()).not.toContain(2);
  });

  it("wait for what an earlier process began, and give that up too when it cannot be done", async () => {
    const sql = `DELETE FROM served_endpoints WHERE ${FAILING}`;
    await store.client.command({ name: "begin", sql, settings: { lightweight_deletes_sync: "0" } });
    expect(await mutations()).toHaveLength(1);
    await expect(createDeletions(store.client, { failingMs: 200 }).settle()).rejects.toThrow(
      "the disk is on fire",
    );
    expect(await mutations()).toEqual([]);
  });
});
