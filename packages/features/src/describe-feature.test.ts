import { describe, expect, test } from "vitest";
import { describeFeature, FEATURES_V1, formatBytes, formatCount, formatShare } from "./index.ts";

describe("a feature in words", () => {
  test.each([
    [4, Math.log1p(12), "fan-in 12 clients"],
    [4, Math.log1p(1), "fan-in 1 client"],
    [5, Math.log1p(1204), "fan-out 1,204 servers"],
    [0, Math.log1p(60), "accepted conversations 60"],
    [3, Math.log1p(12_345_678), "bytes sent 12 MB"],
    [22, Math.log1p(1400), "bytes per conversation 1.4 kB"],
    [10, 0.93, "conversations in business hours 93 %"],
    [13, 0.25, "hours of the day with traffic 25 %"],
    [14, 0.5, "unevenness from hour to hour 0.50 times the mean"],
    [15, 1, "serves a database port: yes"],
    [18, 0, "serves SSH: no"],
  ])("feature %i of %d reads as a person would say it", (index, value, words) => {
    expect(describeFeature(index, value)).toBe(words);
  });

  test("says why a value is missing", () => {
    expect(describeFeature(8, Number.NaN)).toBe("served ports up to 1023: missing, it serves no port");
  });

  test("every feature has words for a value and for none", () => {
    for (const { index } of FEATURES_V1.features) {
      expect(describeFeature(index, 1)).not.toMatch(/NaN|undefined/);
      expect(describeFeature(index, Number.NaN)).toContain("missing");
    }
  });

  test("a feature that does not exist is refused", () => {
    expect(() => describeFeature(24, 1)).toThrow("features.v1 has no feature 24.");
  });
});

describe("numbers in words", () => {
  test("a share that is not quite 0 or 1 does not read as 0 % or 100 %", () => {
    expect([0, 0.004, 0.5, 0.996, 1].map(formatShare)).toEqual([
      "0 %",
      "under 1 %",
      "50 %",
      "over 99 %",
      "100 %",
    ]);
  });

  test("bytes read in decimal units", () => {
    expect([0, 999, 1000, 12_345, 9.99e9].map(formatBytes)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "12 kB",
      "10.0 GB",
    ]);
  });

  test("a plural that is no -s can be given", () => {
    expect(formatCount(2, "address", "addresses")).toBe("2 addresses");
  });
});
