import type { StoreClient } from "../client/store-client.ts";
import { WINDOW_SECONDS } from "../schema/flow-columns.ts";
import type { DirtySlice } from "./dirty-slices.ts";

/** What raw rows a slice of a window has, dirty or not. */
export interface SliceSize {
  readonly networkId: number;
  readonly window: number;
  readonly slice: number;
  readonly rows: number;
  readonly batchFrom: number;
  readonly firstStartMs: number;
  /** Lowest and highest exporter address, as text that compares as equal or not. */
  readonly exporterFrom: string;
  readonly exporterTo: string;
  readonly hasIpv6: boolean;
}

/** Dirty windows of one network that lie so close together that what is between them is read with them. */
export interface WindowRun {
  readonly networkId: number;
  readonly fromWindow: number;
  readonly toWindow: number;
}

/** Half an hour of untouched windows: cheaper to read than another range in the question. */
const CLOSE_SECONDS = 1800;
const RUNS_PER_QUESTION = 100;

export function windowRuns(dirty: readonly Pick<DirtySlice, "networkId" | "window">[]): WindowRun[] {
  const runs: { networkId: number; fromWindow: number; toWindow: number }[] = [];
  for (const { networkId, window } of [...dirty].sort(
    (a, b) => a.networkId - b.networkId || a.window - b.window,
  )) {
    const last = runs.at(-1);
    if (last?.networkId === networkId && window - last.toWindow <= CLOSE_SECONDS) last.toWindow = window;
    else runs.push({ networkId, fromWindow: window, toWindow: window });
  }
  return runs;
}

export interface SizesOptions {
  readonly batchTo: number;
  readonly signal: AbortSignal | undefined;
}

/** Sizes of all slices in the runs and in the window before each, rows up to `batchTo`. */
export async function readSliceSizes(
  client: StoreClient,
  dirty: readonly DirtySlice[],
  options: SizesOptions,
): Promise<SliceSize[]> {
  const runs = windowRuns(dirty);
  const sizes: SliceSize[] = [];
  for (let at = 0; at < runs.length; at += RUNS_PER_QUESTION) {
    const some = runs.slice(at, at + RUNS_PER_QUESTION);
    const near = (first: string, last: string, bound: (seconds: number) => string): string =>
      some
        .map(
          ({ networkId, fromWindow, toWindow }) =>
            `(network_id = ${networkId} AND ${first} <= ${bound(toWindow)} AND ${last} >= ${bound(fromWindow - WINDOW_SECONDS)})`,
        )
        .join(" OR ");
    const rows = await client.rows<{
      network_id: number;
      start: number | string;
      slice: number;
      rows: string;
      batch_from: string;
      first_start: string;
      exporter_from: string;
      exporter_to: string;
      has_ipv6: number;
    }>({
      name: "slice sizes",
      sql: `
        SELECT network_id, arrayJoin(range(toUInt32(first), toUInt32(last) + 1, ${WINDOW_SECONDS})) AS start, slice,
          sum(row_count) AS rows, min(lowest_batch) AS batch_from, toUnixTimestamp64Milli(min(earliest)) AS first_start,
          min(lowest_exporter) AS exporter_from, max(highest_exporter) AS exporter_to, max(some_ipv6) AS has_ipv6
        FROM (
          SELECT network_id, window_first AS first, window_last AS last, slice, count() AS row_count, min(batch) AS lowest_batch,
            min(time_start) AS earliest, min(exporter) AS lowest_exporter, max(exporter) AS highest_exporter,
            toIPv6('::ffff:ffff:ffff') < max(src_addr) OR min(src_addr) < toIPv6('::ffff:0:0') AS some_ipv6
          FROM flows
          WHERE (${near("window_first", "window_last", (seconds) => `toDateTime(${seconds}, 'UTC')`)}) AND batch <= ${options.batchTo}
          GROUP BY network_id, first, last, slice
        )
        GROUP BY network_id, start, slice
        HAVING ${near("start", "start", String)}`,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    for (const row of rows) {
      sizes.push({
        networkId: row.network_id,
        window: Number(row.start),
        slice: row.slice,
        rows: Number(row.rows),
        batchFrom: Number(row.batch_from),
        firstStartMs: Number(row.first_start),
        exporterFrom: row.exporter_from,
        exporterTo: row.exporter_to,
        hasIpv6: row.has_ipv6 === 1,
      });
    }
  }
  return sizes;
}
