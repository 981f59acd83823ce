import { HOUR_SECONDS, type HourToRoll } from "./dirty-hours.ts";

const MOST_HOURS = 24;
/** Hours in between that are not wanted are read over: cheaper than another statement. */
const LARGEST_GAP_HOURS = 6;

/** How many of the first hours go into one statement: of one network, one floor, near to each other, not too many rows. */
export function batchSize(
  hours: readonly HourToRoll[],
  limits: { readonly rowsPerHour: number; readonly maxRows: number },
): number {
  const most = Math.max(
    1,
    Math.min(MOST_HOURS, Math.floor(limits.maxRows / Math.max(1, limits.rowsPerHour))),
  );
  let size = 1;
  while (size < most && size < hours.length && belongTogether(hours[size - 1], hours[size])) size++;
  return size;
}

function belongTogether(one: HourToRoll, next: HourToRoll): boolean {
  return (
    one.networkId === next.networkId &&
    one.floorFold === next.floorFold &&
    next.hour - one.hour <= (1 + LARGEST_GAP_HOURS) * HOUR_SECONDS
  );
}
