import { describe, expect, it } from "vitest";
import { newestWeekday, nextMidnight } from "./newest-weekday.ts";

const iso = (nowIso: string, timeZone: string): string =>
  new Date(newestWeekday(Date.parse(nowIso), timeZone)).toISOString();

describe("newestWeekday", () => {
  it("is yesterday, and on Mondays and at weekends the Friday before", () => {
    expect(iso("2026-11-25T10:11:12.345Z", "UTC")).toBe("2026-11-24T00:00:00.000Z");
    for (const day of [21, 22, 23])
      expect(iso(`2026-11-${day}T23:59:59Z`, "UTC")).toBe("2026-11-20T00:00:00.000Z");
    expect(iso("2026-11-24T00:00:00Z", "UTC")).toBe("2026-11-23T00:00:00.000Z");
  });

  it("begins at midnight of the zone's own clock", () => {
    expect(iso("2026-11-25T00:30:00Z", "America/New_York")).toBe("2026-11-23T05:00:00.000Z");
    expect(iso("2026-11-25T00:30:00Z", "Asia/Kolkata")).toBe("2026-11-23T18:30:00.000Z");
  });

  it("does so around the days when clocks are put forward or back", () => {
    // Berlin: Sunday 29 March 2026 has 23 hours, Sunday 25 October 25.
    expect(iso("2026-03-30T12:00:00Z", "Europe/Berlin")).toBe("2026-03-26T23:00:00.000Z");
    expect(iso("2026-10-26T12:00:00Z", "Europe/Berlin")).toBe("2026-10-22T22:00:00.000Z");
    // Cairo puts them forward on a Friday at midnight: 24 April 2026 begins at 01:00.
    expect(iso("2026-04-27T12:00:00Z", "Africa/Cairo")).toMatch(/^2026-04-23T2[12]:00/);
  });

  it("ends at the next midnight, after 23 or 25 hours too", () => {
    const hours = (midnight: string): number =>
      (nextMidnight(Date.parse(midnight), "Europe/Berlin") - Date.parse(midnight)) / 3_600_000;
    expect(hours("2026-03-27T23:00:00Z")).toBe(24);
    expect(hours("2026-03-28T23:00:00Z")).toBe(23);
    expect(hours("2026-10-24T22:00:00Z")).toBe(25);
  });
});
