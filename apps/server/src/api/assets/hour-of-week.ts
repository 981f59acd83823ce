/** An hour's place in the week; weekday 1 is Monday. */
export interface HourOfWeek {
  readonly weekday: number;
  readonly hour: number;
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Tells of a moment, ms since 1970, which hour of the week it lies in on the clocks of the time zone (an IANA name). */
export function hourTeller(timeZone: string): (ms: number) => HourOfWeek {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    hourCycle: "h23",
  });
  return (ms) => {
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
    return { weekday: WEEKDAYS.indexOf(parts.get("weekday") ?? "") + 1, hour: Number(parts.get("hour")) };
  };
}
