import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError } from "../errors.ts";

/** ClickHouse's NO_SUCH_DATA_PART: it was merged into another meanwhile, which is found the next time. */
const NO_SUCH_PART = 232;

export interface ActivePart {
  readonly name: string;
  /** As the partition's key reads: `20261122`, `2026-11-22`, `202611`. */
  readonly partition: string;
}

/** Parts of partitions before the given one. Their keys are dates, so that text and time sort alike. */
export async function partsBefore(
  client: StoreClient,
  table: string,
  partition: string,
): Promise<ActivePart[]> {
  return client.rows<ActivePart>({
    name: `old parts of ${table}`,
    sql: `
      SELECT name, partition FROM system.parts
      WHERE active AND database = currentDatabase() AND table = {table:String} AND partition < {partition:String}
      ORDER BY partition, name`,
    params: { table, partition },
  });
}

/** Drops the parts, and nothing that was inserted into their partitions since they were listed. */
export async function dropParts(
  client: StoreClient,
  table: string,
  parts: readonly ActivePart[],
): Promise<void> {
  for (const { name } of parts) {
    try {
      await client.command({ name: `expire ${table}`, sql: `ALTER TABLE ${table} DROP PART '${name}'` });
    } catch (error) {
      if (!(error instanceof FlowStoreError) || error.context["serverCode"] !== NO_SUCH_PART) throw error;
    }
  }
}

/** The day (UTC) that was so many days before the given time. Whatever is of an earlier day is older than that. */
export function firstDayKept(nowMs: number, days: number): Date {
  const DAY_MS = 86_400_000;
  return new Date((Math.floor(nowMs / DAY_MS) - days) * DAY_MS);
}

/** `2026-11-22`: as partitions by a date are named. */
export function dayText(day: Date): string {
  return day.toISOString().slice(0, 10);
}
