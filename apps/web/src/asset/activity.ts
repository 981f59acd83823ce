import type { AssetHour } from "@flowlens/contract";

export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;

const HOURS = 24;

/** Conversations by weekday (0 is Monday) and hour of the day. */
export interface Activity {
  readonly byWeekday: readonly (readonly number[])[];
  readonly byHour: readonly number[];
  /** Of one cell of each. */
  readonly mostByWeekday: number;
  readonly mostByHour: number;
  /** Weekdays with anything. */
  readonly weekdays: number;
}

export function activityOf(hours: readonly AssetHour[]): Activity {
  const byWeekday = WEEKDAYS.map(() => Array.from({ length: HOURS }, () => 0));
  const byHour = Array.from({ length: HOURS }, () => 0);
  for (const { weekday, hour, conversations } of hours) {
    byWeekday[weekday - 1][hour] += conversations;
    byHour[hour] += conversations;
  }
  return {
    byWeekday,
    byHour,
    mostByWeekday: Math.max(...byWeekday.flat()),
    mostByHour: Math.max(...byHour),
    weekdays: byWeekday.filter((day) => day.some((count) => count > 0)).length,
  };
}

/** The busiest hour and how many have anything, for those who do not see the picture. */
export function activityWords({ byHour, mostByHour }: Activity): string {
  const active = byHour.filter((count) => count > 0).length;
  const busiest = byHour.indexOf(mostByHour);
  return `Active in ${active} of 24 hours of the day, most from ${clock(busiest)} to ${clock(busiest + 1)}.`;
}

/** `08:00`. */
export function clock(hour: number): string {
  return `${String(hour % HOURS).padStart(2, "0")}:00`;
}
