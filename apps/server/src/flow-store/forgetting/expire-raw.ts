import type { StoreClient } from "../client/store-client.ts";
import { readWatermark } from "../fold/dirty-slices.ts";
import { countRequests } from "./fold-requests.ts";
import { dayText, dropParts, firstDayKept, partsBefore } from "./parts.ts";

export interface ExpiredRaw {
  readonly rows: number;
  /** True where something old stays until it has been folded. */
  readonly waitsForFold: boolean;
}

/**
 * Drops raw rows received before the first day that is kept, of which everything is in the aggregates. Whatever a
 * fold has not seen stays, and everything while slices wait to be folded again: they need their rows.
 */
export async function expireRaw(client: StoreClient, nowMs: number, days: number): Promise<ExpiredRaw> {
  const firstDay = dayText(firstDayKept(nowMs, days));
  const parts = await partsBefore(client, "flows", firstDay.replaceAll("-", ""));
  if (parts.length === 0) return { rows: 0, waitsForFold: false };
  const { waiting } = await countRequests(client);
  if (waiting > 0) return { rows: 0, waitsForFold: true };
  const watermark = await readWatermark(client);
  const contents = await client.rows<{ part: string; newest: string; rows: string }>({
    name: "batches of old parts",
    sql: `
      SELECT _part AS part, max(batch) AS newest, count() AS rows FROM flows
      WHERE received_at < toDateTime({day:Date}, 'UTC')
      GROUP BY part`,
    params: { day: firstDay },
  });
  const contentOf = new Map(
    contents.map(({ part, newest, rows }) => [part, { newest: Number(newest), rows: Number(rows) }]),
  );
  // One that has no rows to be seen has been emptied by deletions.
  const folded = parts.filter(({ name }) => (contentOf.get(name)?.newest ?? 0) <= watermark);
  const newest = Math.max(0, ...folded.map(({ name }) => contentOf.get(name)?.newest ?? 0));
  if (newest > 0) {
    await client.command({
      name: "note expired batches",
      sql: "INSERT INTO raw_expiries (batch_to, expired_at) VALUES ({batch:UInt64}, {at:UInt32})",
      params: { batch: newest, at: Math.floor(nowMs / 1000) },
      idempotent: true,
    });
  }
  await dropParts(client, "flows", folded);
  return {
    rows: folded.reduce((sum, { name }) => sum + (contentOf.get(name)?.rows ?? 0), 0),
    waitsForFold: folded.length < parts.length,
  };
}
