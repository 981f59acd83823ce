import { beforeAll, describe, expect, it } from "vitest";
import { LOOK_BACK, observation, withMetadataStore } from "../testing.ts";

const test = withMetadataStore();
const HOUR_MS = 3_600_000;
const QUESTION = { newMs: 24 * HOUR_MS, changedSince: new Date(Date.now() - 24 * HOUR_MS) };

let here = 0;
let there = 0;

const takenFor = (type: string) => ({ type, confidence: 0.9, method: "heuristic" as const });

beforeAll(async () => {
  const { assets, networks } = test.store;
  here = (await networks.ensure("here")).id;
  there = (await networks.ensure("there")).id;
  const old = new Date(LOOK_BACK.to.getTime() - 25 * HOUR_MS);
  await assets.record(here, [
    observation("10.0.0.1", { firstSeen: old }),
    observation("10.0.0.2", { firstSeen: old, decision: takenFor("database") }),
    observation("10.0.0.3", { firstSeen: old, decision: takenFor("database") }),
    observation("10.0.0.4", { decision: { type: "unknown", confidence: 0, method: "none" } }),
    observation("192.0.2.1", { internal: false, lastSeen: old, firstSeen: old }),
  ]);
  await assets.record(there, [observation("10.0.0.1")]);
  // What was a database becomes a storage; unknown ones that become something have not changed.
  await assets.record(here, [
    observation("10.0.0.3", { firstSeen: old, decision: takenFor("storage") }),
    observation("10.0.0.4", { decision: takenFor("database") }),
  ]);
  const client = await test.database.client();
  // The engine says server of each.
  await client.query(
    "UPDATE assets SET classification_locked = true WHERE address IN ('10.0.0.1', '10.0.0.2')",
  );
});

describe("the tally of assets", () => {
  it("counts one network by type, confirmed, new and changed", async () => {
    expect(await test.store.assets.tally({ ...QUESTION, networkId: here })).toEqual({
      internal: 4,
      external: 1,
      disagreeing: 1,
      types: [
        { assetType: "database", count: 2, confirmed: 1 },
        { assetType: "server", count: 2, confirmed: 1 },
        { assetType: "storage", count: 1, confirmed: 0 },
      ],
      newestTraffic: LOOK_BACK.to,
      newAssets: 0,
      changedAssets: 1,
    });
  });

  it("counts all networks together, and only changes since then", async () => {
    const client = await test.database.client();
    await client.query("UPDATE assets SET first_seen = $1 WHERE network_id = $2", [
      new Date(LOOK_BACK.to.getTime() - 23 * HOUR_MS),
      there,
    ]);
    const tally = await test.store.assets.tally({
      ...QUESTION,
      changedSince: new Date(Date.now() + HOUR_MS),
    });
    expect(tally).toMatchObject({ internal: 5, external: 1, newAssets: 1, changedAssets: 0 });
  });

  it("of an empty network is nothing", async () => {
    const { id } = await test.store.networks.ensure("empty");
    expect(await test.store.assets.tally({ ...QUESTION, networkId: id })).toEqual({
      internal: 0,
      external: 0,
      disagreeing: 0,
      types: [],
      newestTraffic: null,
      newAssets: 0,
      changedAssets: 0,
    });
  });
});

describe("the history of an asset", () => {
  it("is read page by page, newest first, and its cursor is of this asset only", async () => {
    const types = ["server", "database", "storage", "server", "workstation"];
    for (const type of types) {
      await test.store.assets.record(there, [observation("10.0.0.9", { decision: takenFor(type) })]);
    }
    const asset = await test.store.assets.find({ networkId: there, address: "10.0.0.9" });
    const id = asset!.id;
    const first = await test.store.assets.history({ id, limit: 3 });
    expect(first).toMatchObject({ total: 5 });
    const second = await test.store.assets.history({ id, limit: 3, cursor: first!.nextCursor! });
    expect(second?.nextCursor).toBeNull();
    const shown = [...first!.changes, ...second!.changes];
    expect(shown.map(({ toType }) => toType)).toEqual(types.toReversed());
    expect(shown).toEqual(asset!.history);
    await expect(
      test.store.assets.history({ id: id - 1, limit: 3, cursor: first!.nextCursor! }),
    ).rejects.toMatchObject({ code: "METADATA_STORE_BAD_CURSOR" });
    expect(await test.store.assets.history({ id: 999_999, limit: 3 })).toBeUndefined();
  });
});

it("assets are looked up by the addresses of one network", async () => {
  const found = await test.store.assets.references(here, ["10.0.0.2", "10.0.0.200", "2001:db8::1"]);
  expect([...found.values()]).toEqual([
    { id: expect.any(Number), address: "10.0.0.2", name: "", assetType: "database" },
  ]);
  expect(await test.store.assets.references(here, [])).toEqual(new Map());
});
