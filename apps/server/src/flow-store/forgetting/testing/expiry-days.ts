/** Days and questions that the tests of expiry share. */
import type { TestAggregate } from "../../fold/testing/store-under-test.ts";
import type { ExpireRequest } from "../expire.ts";

/** Noon, so many days after 2026-01-05. */
export const day = (number: number): number => Date.UTC(2026, 0, 5 + number, 12);
export const KEPT = { rawDays: 7, aggregateDays: 90, hourlyDays: 365 };
export const at = (number: number, kept: Partial<ExpireRequest> = {}): ExpireRequest => ({
  ...KEPT,
  ...kept,
  nowMs: day(number),
});

/** What all clients received, by client. */
export function received(rows: readonly TestAggregate[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { side, host, bytes_in } of rows)
    if (side === "client") sums[host] = (sums[host] ?? 0) + bytes_in;
  return sums;
}
