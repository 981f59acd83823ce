import { describe, expect, it } from "vitest";
import { withMetadataStore } from "./testing.ts";

const test = withMetadataStore();

const SEEN_MS = Date.UTC(2026, 2, 1, 12);

async function office() {
  return test.store.networks.ensure("office");
}

function seen(address: string, protocols = ["netflow5"], atMs = SEEN_MS) {
  return { address, protocols, firstSeenMs: atMs, lastSeenMs: atMs };
}

describe("an exporter", () => {
  it("is made in the network given when its first packets came, and keeps its first sight", async () => {
    const { id } = await office();
    await test.store.exporters.upsertSeen([seen("192.0.2.1"), seen("2001:db8::1", ["sflow5"])], id);
    await test.store.exporters.upsertSeen([seen("192.0.2.1", ["ipfix"], SEEN_MS + 60_000)], id);
    expect(await test.store.exporters.byAddress("192.0.2.1")).toMatchObject({
      address: "192.0.2.1",
      network: "office",
      networkId: id,
      name: "",
      samplingRate: null,
      simulatedClock: null,
      protocols: ["ipfix", "netflow5"],
      firstSeen: new Date(SEEN_MS),
      lastSeen: new Date(SEEN_MS + 60_000),
    });
    expect(await test.store.exporters.byAddress("2001:db8:0::1")).toMatchObject({ protocols: ["sflow5"] });
    expect(await test.store.exporters.byAddress("192.0.2.200")).toBeUndefined();
  });

  it("is not moved or renamed by being seen, and its sight does not go back", async () => {
    const { id } = await office();
    const { id: defaultId } = await test.store.networks.ensure("default");
    const clock = { realMs: 1, simulatedMs: 2, speed: 1_440 };
    await test.store.exporters.register("192.0.2.2", {
      network: "office",
      name: "core",
      samplingRate: 100,
      simulatedClock: clock,
    });
    await test.store.exporters.upsertSeen([seen("192.0.2.2")], defaultId);
    await test.store.exporters.upsertSeen([seen("192.0.2.2", ["netflow5"], SEEN_MS - 5_000)], defaultId);
    expect(await test.store.exporters.byAddress("192.0.2.2")).toMatchObject({
      networkId: id,
      name: "core",
      samplingRate: 100,
      simulatedClock: clock,
      firstSeen: new Date(SEEN_MS - 5_000),
      lastSeen: new Date(SEEN_MS),
    });
  });

  it("takes the changes it is given and keeps the rest; null takes a setting away", async () => {
    await office();
    await test.store.networks.ensure("default");
    expect(await test.store.exporters.register("192.0.2.3", {})).toMatchObject({
      network: "default",
      firstSeen: null,
      protocols: [],
    });
    await test.store.exporters.update("192.0.2.3", { name: "edge", samplingRate: 1_000, network: "office" });
    expect(await test.store.exporters.update("192.0.2.3", { samplingRate: null })).toMatchObject({
      name: "edge",
      samplingRate: null,
      network: "office",
    });
    expect(await test.store.exporters.register("192.0.2.3", { name: "edge 2" })).toMatchObject({
      name: "edge 2",
      network: "office",
    });
    expect(await test.store.exporters.update("192.0.2.99", { name: "nobody" })).toBeUndefined();
  });

  it.each([
    ["address", "192.0.2", {}],
    ["name", "192.0.2.4", { name: "x".repeat(201) }],
    ["sampling_rate", "192.0.2.4", { samplingRate: 0 }],
    ["sampling_rate", "192.0.2.4", { samplingRate: 2 ** 31 }],
    ["sampling_rate", "192.0.2.4", { samplingRate: 1.5 }],
    ["simulated_clock", "192.0.2.4", { simulatedClock: { realMs: 0, simulatedMs: 0, speed: 0 } }],
    ["simulated_clock", "192.0.2.4", { simulatedClock: { realMs: NaN, simulatedMs: 0, speed: 1 } }],
    ["network", "192.0.2.4", { network: "nowhere" }],
  ])("with a wrong %s is refused and not made", async (field, address, changes) => {
    await expect(test.store.exporters.register(address, changes)).rejects.toMatchObject({
      code: "METADATA_STORE_BAD_ARGUMENT",
      context: { field },
    });
    expect(await test.store.exporters.byAddress("192.0.2.4")).toBeUndefined();
  });

  it("stands in the list by its address, as a number", async () => {
    const { id } = await office();
    await test.store.exporters.upsertSeen([seen("10.0.0.10"), seen("10.0.0.9"), seen("fd00::1")], id);
    const addresses = (await test.store.exporters.list()).map(({ address }) => address);
    expect(addresses.filter((one) => /^(10\.|fd00)/.test(one))).toEqual(["10.0.0.9", "10.0.0.10", "fd00::1"]);
  });

  it("is noted in thousands at once", async () => {
    const { id } = await office();
    const many = Array.from({ length: 2_500 }, (_, n) => seen(`10.9.${n >> 8}.${n & 255}`));
    await test.store.exporters.upsertSeen(many, id);
    const addresses = (await test.store.exporters.list()).filter(({ address }) =>
      address.startsWith("10.9."),
    );
    expect(addresses).toHaveLength(2_500);
  });
});
