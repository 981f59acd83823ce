import { describe, expect, it } from "vitest";
import { longDuration, shortDuration, shortMoment } from "./moments.ts";
import { confidenceText, counted, percent, shortBytes, shortCount, shortRate } from "./quantities.ts";

describe("a number", () => {
  it.each([
    [0, "0"],
    [987, "987"],
    [9_876, "9,876"],
    [12_345, "12.3 k"],
    [999_960, "1 M"],
    [4_560_000, "4.56 M"],
  ])("of %d is counted as %s", (value, text) => expect(shortCount(value)).toBe(text));

  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1_000, "1 kB"],
    [1_234_567, "1.23 MB"],
    [9_007_199_254_740_991, "9.01 PB"],
  ])("of %d bytes reads %s", (value, text) => expect(shortBytes(value)).toBe(text));

  it.each([
    [0, "0"],
    [0.04, "< 0.1"],
    [0.44, "0.4"],
    [7.02, "7"],
    [1_234, "1,234"],
  ])("of %d a second reads %s", (value, text) => expect(shortRate(value)).toBe(text));

  it("that is almost all or almost nothing never reads as all or nothing", () => {
    expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual(["0 %", "< 1 %", "50 %", "> 99 %", "100 %"]);
    expect([0.999, 1].map(confidenceText)).toEqual(["0.99", "1.00"]);
  });

  it("has its noun in the right number", () => {
    expect([0, 1, 12_000].map((count) => counted(count, "client"))).toEqual([
      "0 clients",
      "1 client",
      "12 k clients",
    ]);
  });
});

describe("a time", () => {
  const NOW = Date.UTC(2026, 2, 3, 12);
  it.each([
    [0, "just now"],
    [2_400, "2 s ago"],
    [3_600_000, "1 h ago"],
    [6 * 86_400_000, "6 d ago"],
  ])("%d ms ago reads %s", (ageMs, text) => {
    expect(shortMoment(new Date(NOW - ageMs).toISOString(), NOW)).toBe(text);
  });

  it("long ago, or ahead, is a date", () => {
    expect(shortMoment("2009-06-01T12:00:00Z", NOW)).toContain("1 Jun 2009");
    expect(shortMoment("2026-03-04T12:00:00Z", NOW)).toMatch(/^4 Mar, /);
  });

  it("span says two units where one says too little", () => {
    expect([250, 59_999, 3_600_000, 5_100_000, 183_600_000].map(longDuration)).toEqual([
      "250 ms",
      "59 s",
      "1 h",
      "1 h 25 min",
      "2 d 3 h",
    ]);
    expect(shortDuration(-90_000)).toBe("1 min");
  });
});
