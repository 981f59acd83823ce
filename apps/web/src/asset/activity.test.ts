import { describe, expect, it } from "vitest";
import { activityOf, activityWords } from "./activity.ts";

function hour(weekday: number, at: number, conversations: number) {
  return {
    start: "2026-03-02T00:00:00Z",
    weekday,
    hour: at,
    conversations,
    conversations_in: 0,
    bytes_in: 0,
    bytes_out: 0,
    unanswered: 0,
    refused: 0,
  };
}

describe("the activity of a host", () => {
  it("adds up the same hour of the same weekday, and of all days", () => {
    const activity = activityOf([hour(1, 9, 5), hour(1, 9, 2), hour(7, 23, 4)]);
    expect(activity.byWeekday[0][9]).toBe(7);
    expect(activity.byWeekday[6][23]).toBe(4);
    expect(activity).toMatchObject({ mostByWeekday: 7, mostByHour: 7, weekdays: 2 });
    expect(activityWords(activity)).toBe("Active in 2 of 24 hours of the day, most from 09:00 to 10:00.");
  });

  it("of nothing is nothing", () => {
    expect(activityOf([])).toMatchObject({ mostByWeekday: 0, mostByHour: 0, weekdays: 0 });
  });
});
