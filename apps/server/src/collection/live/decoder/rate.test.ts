import { describe, expect, it } from "vitest";
import { createRate } from "./rate.ts";

describe("a rate", () => {
  it("is that of the last minute, however it was before", () => {
    const rate = createRate();
    let total = 0;
    let nowMs = 1_000_000;
    for (let tick = 0; tick < 100; tick++) {
      rate.note(nowMs, total);
      nowMs += 5_000;
      total += tick < 80 ? 500_000 : 50;
    }
    expect(rate.perSecond(nowMs, total)).toBeCloseTo(10, 5);
  });

  it("of a new counter is taken since its begin, over a second at least", () => {
    const rate = createRate();
    rate.note(1_000, 0);
    expect(rate.perSecond(1_010, 30)).toBe(30);
    expect(rate.perSecond(11_000, 100)).toBe(10);
  });

  it("of a counter that rests comes down to 0", () => {
    const rate = createRate();
    rate.note(1_000, 0);
    for (let tick = 1; tick < 20; tick++) rate.note(1_000 + tick * 5_000, 100);
    expect(rate.perSecond(1_000 + 20 * 5_000, 100)).toBe(0);
  });

  it("is 0 when nobody looked for more than a minute", () => {
    const rate = createRate();
    rate.note(1_000, 5);
    expect(rate.perSecond(200_000, 500)).toBe(0);
  });
});
