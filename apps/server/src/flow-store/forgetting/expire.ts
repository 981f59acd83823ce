import { FlowStoreError } from "../errors.ts";
import { expireAggregates, expireHours, type ExpiryDependencies } from "./expire-derived.ts";
import { expireRaw } from "./expire-raw.ts";
import { clearRequests } from "./fold-requests.ts";
import { purgeDeadFolds, trimBookkeeping } from "./trim.ts";

export interface ExpireRequest {
  /** Raw rows are kept for so many whole days after they were received. */
  readonly rawDays: number;
  /** Aggregates after they were folded; not fewer than `rawDays`. */
  readonly aggregateDays: number;
  /** Hours after they were rolled up, and then to the end of their month; not fewer than `aggregateDays`. */
  readonly hourlyDays: number;
  /** The time, ms since 1970. */
  readonly nowMs: number;
  readonly signal?: AbortSignal;
}

export interface ExpireResult {
  readonly rawRows: number;
  /** Slices of windows whose aggregates went. */
  readonly slices: number;
  /** Hours of networks whose roll-ups went. */
  readonly hours: number;
  /** True: something old was kept, and nothing else done, since it has not been folded. Fold, then call again. */
  readonly waitsForFold: boolean;
}

export async function expire(
  dependencies: ExpiryDependencies,
  request: ExpireRequest,
): Promise<ExpireResult> {
  const { client, deletions } = dependencies;
  const { rawDays, aggregateDays, hourlyDays, nowMs, signal } = request;
  checkDays(request);
  await deletions.settle();
  const raw = await expireRaw(client, nowMs, rawDays);
  const totals = { rawRows: raw.rows, slices: 0, hours: 0, waitsForFold: raw.waitsForFold };
  // Aggregates may go only when no fold can make them anew, hours when no roll-up can.
  if (raw.waitsForFold) return totals;
  totals.slices = await expireAggregates(dependencies, { nowMs, days: aggregateDays, signal });
  totals.hours = await expireHours(dependencies, { nowMs, days: hourlyDays, signal });
  await purgeDeadFolds(dependencies, nowMs);
  await clearRequests(client);
  await trimBookkeeping(dependencies, nowMs, rawDays);
  return totals;
}

function checkDays({ rawDays, aggregateDays, hourlyDays }: ExpireRequest): void {
  const days = [rawDays, aggregateDays, hourlyDays];
  if (days.every((one, i) => Number.isInteger(one) && one >= 1 && one >= days[Math.max(0, i - 1)])) return;
  throw new FlowStoreError(
    "FLOW_STORE_BAD_ARGUMENT",
    `Nothing can be kept for ${rawDays} days raw, ${aggregateDays} days aggregated and ${hourlyDays} days by the hour: give whole numbers from 1 on, none smaller than the one before.`,
    { context: { rawDays, aggregateDays, hourlyDays } },
  );
}
