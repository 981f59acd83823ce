import { describe, expect, it } from "vitest";
import { DEFAULT_INTERNAL_RANGES } from "@flowlens/flow";
import { withMetadataStore } from "./testing.ts";

const test = withMetadataStore();

describe("a network", () => {
  it("is made with the default ranges in UTC, and found again under its name", async () => {
    const made = await test.store.networks.ensure("office");
    expect(made).toMatchObject({ name: "office", internalRanges: DEFAULT_INTERNAL_RANGES, timeZone: "UTC" });
    expect(made.createdAt).toBeInstanceOf(Date);
    expect(await test.store.networks.ensure("office")).toEqual(made);
    expect(await test.store.networks.get("office")).toEqual(made);
    expect(await test.store.networks.get("Office")).toBeUndefined();
  });

  it("takes the settings it is given, now or later, and keeps those it is not given", async () => {
    await test.store.networks.ensure("lab", { internalRanges: ["192.0.2.77/24", "2001:db8::/32"] });
    const later = await test.store.networks.ensure("lab", { timeZone: "Asia/Kolkata" });
    expect(later).toMatchObject({
      internalRanges: ["192.0.2.0/24", "2001:db8::/32"],
      timeZone: "Asia/Kolkata",
    });
    expect((await test.store.networks.ensure("lab", { internalRanges: [] })).internalRanges).toEqual([]);
  });

  it("is one network, however many ask for it at once", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => test.store.networks.ensure("crowded")));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  });

  it.each([
    ["name", "", {}],
    ["name", " office", {}],
    ["name", "x".repeat(201), {}],
    ["internal_ranges", "bad", { internalRanges: ["10.0.0.0/33"] }],
    ["internal_ranges", "bad", { internalRanges: ["fe80::1%eth0"] }],
    ["time_zone", "bad", { timeZone: "Mars/Olympus" }],
    ["time_zone", "bad", { timeZone: "+02:00" }],
  ])("with a wrong %s is refused and not made", async (field, name, settings) => {
    await expect(test.store.networks.ensure(name, settings)).rejects.toMatchObject({
      code: "METADATA_STORE_BAD_ARGUMENT",
      context: { field },
    });
    expect(await test.store.networks.get(name)).toBeUndefined();
  });

  it("stands in the list by name", async () => {
    for (const name of ["beta", "alpha"]) await test.store.networks.ensure(name);
    const names = (await test.store.networks.list()).map(({ name }) => name);
    expect(names.indexOf("alpha")).toBeLessThan(names.indexOf("beta"));
    expect(names.indexOf("alpha")).toBeGreaterThanOrEqual(0);
  });
});

describe("a setting", () => {
  it("is what was set last, and undefined before", async () => {
    expect(await test.store.settings.get("thresholds")).toBeUndefined();
    await test.store.settings.set("thresholds", { model: 0.7, list: [1, "two", null] });
    expect(await test.store.settings.get("thresholds")).toEqual({ model: 0.7, list: [1, "two", null] });
    await test.store.settings.set("thresholds", 3);
    expect(await test.store.settings.get("thresholds")).toBe(3);
    await test.store.settings.set("thresholds", "text");
    expect(await test.store.settings.get("thresholds")).toBe("text");
  });
});
