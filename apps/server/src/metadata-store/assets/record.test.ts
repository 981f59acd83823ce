import { describe, expect, it } from "vitest";
import { LOOK_BACK, observation, withMetadataStore } from "../testing.ts";
import type { AssetDetail } from "./asset.ts";
import type { AssetObservation } from "./observation.ts";

const test = withMetadataStore();

async function network(name: string): Promise<number> {
  return (await test.store.networks.ensure(name)).id;
}

async function find(networkId: number, address: string): Promise<AssetDetail> {
  const found = await test.store.assets.find({ networkId, address });
  expect(found).toBeDefined();
  return found as AssetDetail;
}

const decided = (type: string, confidence = 0.9): Partial<AssetObservation> => ({
  decision: { type, confidence, method: "ml" },
  engine: { type, confidence, method: "ml", runnerUp: null, role: null, modelVersion: "shipped" },
});

describe("recording what was observed of a host", () => {
  it("makes an asset that is found again with evidence and the change of its type", async () => {
    const networkId = await network("first");
    const role = { type: "web_server", confidence: 0.7 };
    const seen = observation("10.0.0.1", {
      engine: { ...observation("").engine, role },
      challenger: { type: "database", runs: 2 },
    });
    expect(await test.store.assets.record(networkId, [seen])).toEqual({
      created: 1,
      typeChanges: 1,
      keptConfirmed: 0,
    });
    const asset = await find(networkId, "10.0.0.1");
    expect(asset).toMatchObject({
      networkId,
      address: "10.0.0.1",
      assetType: "server",
      confidence: 0.8,
      classificationMethod: "heuristic",
      confirmed: false,
      engine: seen.engine,
      challenger: { type: "database", runs: 2 },
      servedEndpoints: [{ protocol: 6, port: 443, clients: 12 }],
      firstSeen: LOOK_BACK.from,
      evidence: seen.evidence,
      history: [
        {
          fromType: "unknown",
          toType: "server",
          method: "heuristic",
          vector: [4.8, null, 0],
          counts: seen.evidence.counts,
        },
      ],
    });
    expect(await test.store.assets.find({ id: asset.id })).toEqual(asset);
    expect(await test.store.assets.find({ networkId, address: "10.0.0.2" })).toBeUndefined();
    expect(await test.store.assets.find({ id: 0 })).toBeUndefined();
  });

  it("again replaces the figures, widens the time it was seen and writes no history for the same type", async () => {
    const networkId = await network("again");
    await test.store.assets.record(networkId, [observation("10.0.0.1")]);
    const before = await find(networkId, "10.0.0.1");
    const earlier = new Date("2026-02-20T00:00:00.000Z");
    const later = new Date("2026-03-02T00:00:00.000Z");
    const update = {
      conversations: 7,
      servedEndpoints: [],
      decision: { type: "server", confidence: 0.6, method: "heuristic" as const },
    };
    await test.store.assets.record(networkId, [
      observation("10.0.0.1", { ...update, firstSeen: earlier, lastSeen: earlier }),
    ]);
    expect(
      await test.store.assets.record(networkId, [
        observation("10.0.0.1", { ...update, firstSeen: later, lastSeen: later }),
      ]),
    ).toEqual({
      created: 0,
      typeChanges: 0,
      keptConfirmed: 0,
    });
    const after = await find(networkId, "10.0.0.1");
    expect(after).toMatchObject({
      id: before.id,
      conversations: 7,
      confidence: 0.6,
      servedEndpoints: [],
      firstSeen: earlier,
      lastSeen: later,
      typeSince: before.typeSince,
    });
    expect(after.history).toHaveLength(1);
  });

  it("of another type keeps each change, newest first, with what it rested on", async () => {
    const networkId = await network("changes");
    for (const type of ["server", "database", "unknown", "storage"]) {
      const method = type === "unknown" ? "none" : "ml";
      await test.store.assets.record(networkId, [
        observation("10.0.0.1", { ...decided(type), decision: { type, confidence: 0.9, method } }),
      ]);
    }
    const { history } = await find(networkId, "10.0.0.1");
    expect(history.map(({ fromType, toType }) => `${fromType} → ${toType}`)).toEqual([
      "unknown → storage",
      "database → unknown",
      "server → database",
      "unknown → server",
    ]);
    expect(history[0]).toMatchObject({
      modelVersion: "shipped",
      featureVersion: "features.v1",
      method: "ml",
    });
    expect(history[0].reasons).toEqual(observation("").evidence.reasons);
  });

  it("holds what is in force apart from what the engine says", async () => {
    const networkId = await network("steady");
    await test.store.assets.record(networkId, [observation("10.0.0.1")]);
    const { decision } = observation("");
    await test.store.assets.record(networkId, [
      observation("10.0.0.1", {
        ...decided("database"),
        decision,
        challenger: { type: "database", runs: 1 },
      }),
    ]);
    expect(await find(networkId, "10.0.0.1")).toMatchObject({
      assetType: "server",
      engine: { type: "database", confidence: 0.9 },
      challenger: { type: "database", runs: 1 },
      history: [{ toType: "server" }],
    });
  });

  it("takes the same address in another network, and IPv4 and IPv6, for different hosts", async () => {
    const [one, two] = [await network("one"), await network("two")];
    await test.store.assets.record(one, [
      observation("10.0.0.1"),
      observation("2001:DB8:0::1"),
      observation("::102:304"),
    ]);
    await test.store.assets.record(two, [observation("::ffff:10.0.0.1", { conversations: 5 })]);
    expect((await find(two, "10.0.0.1")).conversations).toBe(5);
    expect((await find(one, "10.0.0.1")).conversations).toBe(120);
    expect((await find(one, "2001:db8::1")).address).toBe("2001:db8::1");
    expect((await find(one, "::102:304")).address).toBe("::102:304");
  });

  it("of 10,000 hosts at once is done once, and all of them stand", async () => {
    const networkId = await network("many");
    const hosts = Array.from({ length: 10_000 }, (_, i) => observation(`10.7.${i >> 8}.${i & 255}`));
    expect(await test.store.assets.record(networkId, hosts)).toEqual({
      created: 10_000,
      typeChanges: 10_000,
      keptConfirmed: 0,
    });
    const standings = await test.store.assets.standings(networkId, ["10.7.0.0", "10.7.39.15", "10.8.0.0"]);
    expect([...standings.keys()].toSorted()).toEqual(["10.7.0.0", "10.7.39.15"]);
    expect(standings.get("10.7.39.15")).toMatchObject({
      type: "server",
      confidence: 0.8,
      method: "heuristic",
      confirmed: false,
      pinned: false,
      challenger: null,
    });
    expect(await test.store.assets.record(networkId, [])).toEqual({
      created: 0,
      typeChanges: 0,
      keptConfirmed: 0,
    });
  });

  it("by several at once in any order ends without a deadlock and counts each host once", async () => {
    const networkId = await network("together");
    const hosts = Array.from({ length: 500 }, (_, i) => observation(`10.9.${i >> 8}.${i & 255}`));
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, run) =>
        test.store.assets.record(networkId, run % 2 === 0 ? hosts : hosts.toReversed()),
      ),
    );
    expect(answers.reduce((sum, { created }) => sum + created, 0)).toBe(500);
    expect(answers.reduce((sum, { typeChanges }) => sum + typeChanges, 0)).toBe(500);
  });

  it.each([
    ["an address that is none", [observation("10.0.0.256")]],
    ["an address twice", [observation("10.0.0.1"), observation("::ffff:10.0.0.1")]],
    ["more than 10,000", Array.from({ length: 10_001 }, () => observation("10.0.0.1"))],
    ["a share above 1", [observation("10.0.0.1"), observation("10.0.0.2", decided("server", 1.5))]],
    [
      "a type that is in no catalogue",
      [observation("10.0.0.1"), observation("10.0.0.2", decided("toaster"))],
    ],
    [
      "a type without a method",
      [observation("10.0.0.1", { decision: { type: "server", confidence: 1, method: "none" } })],
    ],
    ["a count that is none", [observation("10.0.0.1", { conversations: 1.5 })]],
  ])("with %s is refused, and nothing of it is written", async (what, observations) => {
    const networkId = await network(what);
    await expect(test.store.assets.record(networkId, observations)).rejects.toMatchObject({
      code: "METADATA_STORE_BAD_ARGUMENT",
    });
    expect((await test.store.assets.list({ filter: { networkId } })).assets).toEqual([]);
  });
});

describe("a confirmed asset", () => {
  it.each([
    [
      "locked",
      "UPDATE assets SET asset_type = 'database', confidence = 1, classification_method = 'ml', classification_locked = true",
    ],
    [
      "of method manual",
      "UPDATE assets SET asset_type = 'database', confidence = 1, classification_method = 'manual'",
    ],
  ])(
    "that is %s keeps its type, whatever the engine says, and its traffic goes on",
    async (how, confirmation) => {
      const networkId = await network(`confirmed, ${how}`);
      await test.store.assets.record(networkId, [observation("10.0.0.1"), observation("10.0.0.2")]);
      const client = await test.database.client();
      await client.query(`${confirmation} WHERE network_id = $1 AND address = '10.0.0.1'`, [networkId]);
      const before = await find(networkId, "10.0.0.1");
      expect(before.confirmed).toBe(true);

      const says = {
        ...decided("workstation", 0.99),
        conversations: 999,
        lastSeen: new Date("2026-03-05T00:00:00.000Z"),
      };
      expect(
        await test.store.assets.record(networkId, [
          observation("10.0.0.1", says),
          observation("10.0.0.2", says),
        ]),
      ).toEqual({ created: 0, typeChanges: 1, keptConfirmed: 1 });
      const after = await find(networkId, "10.0.0.1");
      expect(after).toMatchObject({
        assetType: "database",
        confidence: 1,
        classificationMethod: before.classificationMethod,
        classificationLocked: before.classificationLocked,
        typeSince: before.typeSince,
        conversations: 999,
        engine: { type: "workstation", confidence: 0.99, modelVersion: "shipped" },
      });
      expect(after.history).toEqual(before.history);
      expect((await find(networkId, "10.0.0.2")).assetType).toBe("workstation");
      expect((await test.store.assets.standings(networkId, ["10.0.0.1"])).get("10.0.0.1")?.confirmed).toBe(
        true,
      );
    },
  );

  it("that was confirmed while a run was under way, keeps its type too", async () => {
    const networkId = await network("meanwhile");
    await test.store.assets.record(networkId, [observation("10.0.0.1")]);
    const client = await test.database.client();
    await client.query("BEGIN");
    await client.query(
      "UPDATE assets SET asset_type = 'storage', classification_method = 'manual' WHERE network_id = $1",
      [networkId],
    );
    const recording = test.store.assets.record(networkId, [observation("10.0.0.1", decided("workstation"))]);
    const onlooker = await test.database.client();
    const waits = async () =>
      (
        await onlooker.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
      ).rowCount === 1;
    while (!(await waits())) await new Promise((resolve) => setTimeout(resolve, 5));
    await client.query("COMMIT");
    expect(await recording).toEqual({ created: 0, typeChanges: 0, keptConfirmed: 1 });
    expect(await find(networkId, "10.0.0.1")).toMatchObject({
      assetType: "storage",
      classificationMethod: "manual",
    });
  });

  it("keeps name, notes and pin, which no observation touches", async () => {
    const networkId = await network("named");
    await test.store.assets.record(networkId, [observation("10.0.0.1")]);
    const client = await test.database.client();
    await client.query(
      "UPDATE assets SET name = 'db-1', notes = 'do not reboot', pinned = true WHERE network_id = $1",
      [networkId],
    );
    await test.store.assets.record(networkId, [observation("10.0.0.1", decided("database"))]);
    expect(await find(networkId, "10.0.0.1")).toMatchObject({
      name: "db-1",
      notes: "do not reboot",
      pinned: true,
      assetType: "database",
    });
  });
});
