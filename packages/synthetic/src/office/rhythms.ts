import type { Rhythm } from "../plan/network-plan.ts";
import { createRandom, mix } from "../random/random.ts";

const DAY_MINUTES = 1_440;

const NOON_MS = 43_200_000;

/** 0 is Sunday. The first day's weekday on the clock of `timeZone`. Throws a RangeError on an unknown one. */
export function weekdayOf(dayStartMs: number, timeZone: string): number {
  let name: string;
  try {
    name = new Intl.DateTimeFormat("en-US", { timeZone, weekday: "short" }).format(dayStartMs + NOON_MS);
  } catch {
    throw new RangeError(
      `An office needs a time zone and the first midnight on its clock; ${JSON.stringify(timeZone)} and ${dayStartMs} are not such.`,
    );
  }
  return ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"].indexOf(name);
}

export interface PersonsHours {
  /** Usual minutes of the day of coming and leaving. */
  readonly comesAt: number;
  readonly leavesAt: number;
  /** Works on days off too (shifts). */
  readonly everyDay?: boolean;
}

interface OneDay {
  readonly isAway: boolean;
  readonly comesAt: number;
  readonly leavesAt: number;
  readonly lunchAt: number;
  readonly lunchMinutes: number;
  /** What the machine does while its person is gone; 0 when it is off. */
  readonly left: number;
}

export interface WorkWeek {
  readonly seed: number;
  /** Of the first day; 0 is Sunday. */
  readonly firstWeekday: number;
}

/**
 * When a person's machine is busy: from about eight to about six with a dip at noon, some later, a few not at all; one
 * in six machines is left on and looks after itself. `who` tells people apart.
 */
export function personsRhythm(who: number, hours: PersonsHours, week: WorkWeek): Rhythm {
  let knownDay = Number.NaN;
  let today: OneDay = { isAway: true, comesAt: 0, leavesAt: 0, lunchAt: 0, lunchMinutes: 0, left: 0 };
  const random = createRandom(mix(week.seed, who, 0x64617973));

  function draw(day: number): OneDay {
    random.seek(day, 0);
    const isStraggler = random.chance(0.07);
    const comesAt = random.normal(hours.comesAt, 28);
    const leavesAt = random.normal(hours.leavesAt, 35) + (isStraggler ? random.between(60, 210) : 0);
    const weekday = (week.firstWeekday + day) % 7;
    const isDayOff = weekday === 0 || weekday === 6;
    return {
      isAway: random.chance(isDayOff && hours.everyDay !== true ? 0.95 : 0.04),
      comesAt,
      leavesAt: Math.min(DAY_MINUTES - 5, leavesAt),
      lunchAt: (comesAt + leavesAt) / 2 + random.normal(-40, 25),
      lunchMinutes: random.between(25, 60),
      left: random.chance(0.16) ? 0.05 : 0,
    };
  }

  return (minute) => {
    const day = Math.floor(minute / DAY_MINUTES);
    if (day !== knownDay) {
      knownDay = day;
      today = draw(day);
    }
    const at = minute - day * DAY_MINUTES;
    if (today.isAway || at < today.comesAt || at >= today.leavesAt) return today.left;
    if (at >= today.lunchAt && at < today.lunchAt + today.lunchMinutes) return 0.15;
    // Nobody works evenly: quarters of an hour with much, and with little.
    const quarter = mix(mix(week.seed, who), day, Math.floor(at / 15)) / 4294967296;
    return 0.4 + 1.2 * quarter;
  };
}

/** A day of many people elsewhere: little at night, most in the afternoon. */
export function publicRhythm(nightShare: number): Rhythm {
  return (minute) => {
    const hour = (minute % DAY_MINUTES) / 60;
    const day = (1 - Math.cos((2 * Math.PI * (hour - 3)) / 24)) / 2;
    return nightShare + (1 - nightShare) * day;
  };
}

/** 1 from one minute of the day to another, else what is given. */
export function between(fromMinute: number, toMinute: number, otherwise = 0): Rhythm {
  return (minute) => {
    const at = minute % DAY_MINUTES;
    return at >= fromMinute && at < toMinute ? 1 : otherwise;
  };
}
