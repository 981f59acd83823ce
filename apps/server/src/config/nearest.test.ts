import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearest } from "./nearest.ts";

describe("the nearest known name", () => {
  it("is the one with the fewest edits, and none when all are far", () => {
    const known = ["clickhouseUrl", "postgresUrl", "port"];
    expect(nearest("clickhosueurl", known)).toBe("clickhouseUrl");
    expect(nearest("prot", known)).toBe("port");
    expect(nearest("postgres_url", known)).toBe("postgresUrl");
    expect(nearest("completelyElse", known)).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });

  it("counts insertions, removals, exchanges and swaps of neighbours", () => {
    expect(editDistance("abc", "abc")).toBe(0);
    expect(editDistance("", "abc")).toBe(3);
    expect(editDistance("abc", "abxc")).toBe(1);
    expect(editDistance("abc", "ac")).toBe(1);
    expect(editDistance("abc", "axc")).toBe(1);
    expect(editDistance("abc", "acb")).toBe(1);
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("PORT", "port")).toBe(0);
  });

  it("is the same both ways, and within the bounds that lengths set", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
        expect(distance === 0).toBe(a === b);
      }),
    );
  });
});
