import { describe, expect, it } from "vitest";
import { refreshPasses } from "./refresh-passes.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON = Date.UTC(2026, 2, 3, 12);

function passes(newest: Record<string, number>, reach: "look_back" | "hour") {
  const grouped = refreshPasses(new Map(Object.entries(newest)), { lookBackHours: 24, reach });
  return [...grouped].map(({ period, hosts }) => ({ ...period, hosts: [...hosts].sort() }));
}

describe("refreshPasses", () => {
  it("takes all live traffic in one, with a look-back that ends with the newest window", () => {
    const seen = { a: NOON + 60_000, b: NOON - 10 * 60_000, c: NOON - 50 * 60_000 };
    const toMs = NOON + 300_000;
    expect(passes(seen, "hour")).toEqual([{ fromMs: toMs - DAY_MS, toMs, hosts: ["a", "b", "c"] }]);
  });

  it("gives hosts that were seen hours apart look-backs of their own", () => {
    const grouped = passes({ a: NOON, b: NOON - 3 * HOUR_MS, c: NOON - 3 * HOUR_MS - 1 }, "hour");
    expect(grouped.map(({ hosts }) => hosts)).toEqual([["a"], ["b", "c"]]);
    expect(grouped[1].toMs).toBe(NOON - 3 * HOUR_MS + 300_000);
  });

  it("takes what lies in one look-back together where that is asked for", () => {
    const grouped = passes({ a: NOON, b: NOON - 20 * HOUR_MS, c: NOON - 30 * HOUR_MS }, "look_back");
    expect(grouped.map(({ hosts }) => hosts)).toEqual([["a", "b"], ["c"]]);
  });

  it("keeps their number down when times lie far apart, and loses none", () => {
    const many = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, i) => [`h${i}`, NOON - i * 7 * 60_000]),
    );
    const grouped = passes(many, "hour");
    expect(grouped.length).toBeLessThanOrEqual(14);
    expect(grouped.flatMap(({ hosts }) => hosts).sort()).toEqual(Object.keys(many).sort());
    for (const { fromMs, toMs, hosts } of grouped)
      for (const host of hosts) expect(many[host] >= fromMs && many[host] < toMs).toBe(true);
    expect(passes({}, "hour")).toEqual([]);
  });
});
