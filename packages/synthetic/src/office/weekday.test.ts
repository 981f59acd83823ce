import { describe, expect, it } from "vitest";
import { newestFullWeekday } from "./weekday.ts";

describe("the newest full weekday", () => {
  it.each([
    ["a Tuesday's is Monday", "2026-11-24T08:00:00Z", "UTC", "2026-11-23T00:00:00Z"],
    ["a Monday's is Friday", "2026-11-23T08:00:00Z", "UTC", "2026-11-20T00:00:00Z"],
    ["a Sunday's is Friday", "2026-11-22T23:59:59Z", "UTC", "2026-11-20T00:00:00Z"],
    ["east of Greenwich the day began before", "2026-11-24T08:00:00Z", "Asia/Tokyo", "2026-11-22T15:00:00Z"],
    ["where it is still yesterday", "2026-11-24T03:00:00Z", "America/New_York", "2026-11-20T05:00:00Z"],
    ["a zone of a quarter hour", "2026-11-24T08:00:00Z", "Asia/Kathmandu", "2026-11-22T18:15:00Z"],
    ["the zone farthest ahead", "2026-11-24T08:00:00Z", "Pacific/Kiritimati", "2026-11-22T10:00:00Z"],
    [
      "the day before the clocks went back is a Friday",
      "2026-10-25T12:00:00Z",
      "Europe/Berlin",
      "2026-10-22T22:00:00Z",
    ],
  ])("%s", (_, now, timeZone, expected) => {
    expect(new Date(newestFullWeekday(Date.parse(now), timeZone)).toISOString()).toBe(
      new Date(expected).toISOString(),
    );
  });
});
