import { formatAddress, type FlowColumnName } from "@flowlens/flow";
import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError } from "../errors.ts";
import type { CamelCase, StoreColumn } from "../schema/column.ts";
import { BATCH_COLUMNS, FLOW_STORE_COLUMNS, RECORD_REACH_SECONDS } from "../schema/flow-columns.ts";
import { readRow, selectList } from "../schema/read-row.ts";
import { inRanges } from "./address-sql.ts";
import { addressOf, checkLimit, rangeOf } from "./check-arguments.ts";

export interface RecordsFilter {
  readonly networkId: number;
  /** Records with any part in [fromMs, toMs). */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Source or destination: an address or a range. */
  readonly host?: string;
  /** The other end, an address; only with `host`. */
  readonly peer?: string;
  /** Source or destination port. */
  readonly port?: number;
  readonly protocol?: number;
  readonly exporter?: string;
  readonly importId?: number;
}

export interface RecordsPage {
  /** At most so many records. Default 100. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

type AddressName = "exporter" | "src_addr" | "dst_addr" | "next_hop";

/** A raw record as it was received: names of FLOW_COLUMNS in camel case, times in ms since 1970, addresses as text. */
export type StoredRecord = {
  readonly [Name in FlowColumnName as CamelCase<Name>]: Name extends AddressName ? string : number;
} & { readonly networkId: number; readonly importId: number; readonly receivedAt: number };

export interface Records {
  /** Latest start first; of equals any order, but always the same. */
  readonly records: readonly StoredRecord[];
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

const COLUMNS: readonly StoreColumn[] = FLOW_STORE_COLUMNS.filter(
  (column) => column.materialized === undefined && column.name !== "batch",
);

/**
 * Raw records, a page at a time. The place in the list is a window, a start time and how many with both have been
 * given; equal rows cannot be told apart, so which of them came first does not matter. The order begins like the
 * table's key: a page reads little more than itself.
 */
export async function records(
  client: StoreClient,
  filter: RecordsFilter,
  page: RecordsPage = {},
): Promise<Records> {
  const limit = checkLimit(page.limit ?? 100);
  const place = page.cursor === undefined ? undefined : readCursor(page.cursor);
  const { conditions, params } = conditionsOf(filter);
  if (place !== undefined) {
    conditions.push(
      "(window_first, time_start) <= (toDateTime({window:UInt32}, 'UTC'), fromUnixTimestamp64Milli({start:Int64}, 'UTC'))",
    );
    // The same in the form that the key can use.
    conditions.push("window_first <= toDateTime({window:UInt32}, 'UTC')");
    params.window = place.window;
    params.start = place.startMs;
  }
  const ties = ["batch", ...COLUMNS.slice(BATCH_COLUMNS.length - 1).map((column) => column.name)];
  const rows: unknown[][] = [];
  const pieces = client.stream({
    name: "records",
    sql: `
SELECT toUnixTimestamp(window_first), ${selectList(COLUMNS)}
FROM flows
WHERE ${conditions.join(" AND ")}
ORDER BY window_first DESC, time_start DESC, ${ties.join(", ")}
LIMIT ${limit + 1} OFFSET {given:UInt64}`,
    params: { ...params, given: place?.given ?? 0 },
  });
  for await (const piece of pieces) rows.push(...piece);
  const found = rows.slice(0, limit).map(([window, ...values]) => ({
    window: Number(window),
    record: readRow(COLUMNS, values) as unknown as StoredRecord,
  }));
  const next = rows.length > limit ? cursorAfter(found, place) : undefined;
  return { records: found.map(({ record }) => record), next };
}

function conditionsOf(filter: RecordsFilter): { conditions: string[]; params: Record<string, unknown> } {
  const conditions = ["network_id = {network:UInt32}"];
  const params: Record<string, unknown> = { network: filter.networkId };
  const text = (address: string): string => formatAddress(addressOf(address));
  if (filter.fromMs !== undefined) {
    conditions.push(
      "time_end >= fromUnixTimestamp64Milli({from:Int64}, 'UTC')",
      `window_last >= toDateTime(intDiv({from:Int64}, 300000) * 300, 'UTC')`,
    );
    // No record reaches further back from its last window than this, so the key can leave out what is older.
    conditions.push(
      `window_first >= toDateTime(greatest(0, intDiv({from:Int64}, 1000) - ${RECORD_REACH_SECONDS + 300}), 'UTC')`,
    );
    params.from = Math.max(0, Math.floor(filter.fromMs));
  }
  if (filter.toMs !== undefined) {
    conditions.push("time_start < fromUnixTimestamp64Milli({to:Int64}, 'UTC')");
    params.to = Math.max(0, Math.ceil(filter.toMs));
  }
  if (filter.host !== undefined) {
    const host = rangeOf(filter.host);
    if (filter.peer === undefined) {
      conditions.push(`(${inRanges("src_addr", [host])} OR ${inRanges("dst_addr", [host])})`);
    } else {
      params.peer = text(filter.peer);
      conditions.push(
        `((${inRanges("src_addr", [host])} AND dst_addr = toIPv6({peer:String})) OR (src_addr = toIPv6({peer:String}) AND ${inRanges("dst_addr", [host])}))`,
      );
    }
  } else if (filter.peer !== undefined) {
    throw new FlowStoreError("FLOW_STORE_BAD_ARGUMENT", "A peer is asked for only together with its host.", {
      context: { field: "peer" },
    });
  }
  if (filter.port !== undefined) {
    conditions.push("(src_port = {port:UInt16} OR dst_port = {port:UInt16})");
    params.port = filter.port;
  }
  if (filter.protocol !== undefined) {
    conditions.push("ip_protocol = {protocol:UInt8}");
    params.protocol = filter.protocol;
  }
  if (filter.exporter !== undefined) {
    conditions.push("exporter = toIPv6({exporter:String})");
    params.exporter = text(filter.exporter);
  }
  if (filter.importId !== undefined) {
    conditions.push("import_id = {import:UInt32}");
    params.import = filter.importId;
  }
  return { conditions, params };
}

interface Place {
  /** Start of the window, seconds. */
  readonly window: number;
  readonly startMs: number;
  /** Records with both that have been given. */
  readonly given: number;
}

function cursorAfter(
  found: readonly { window: number; record: StoredRecord }[],
  before: Place | undefined,
): string {
  const { window, record } = found[found.length - 1];
  const startMs = record.timeStart;
  let given = 0;
  while (given < found.length) {
    const one = found[found.length - 1 - given];
    if (one.window !== window || one.record.timeStart !== startMs) break;
    given++;
  }
  const goesOn = given === found.length && before?.window === window && before.startMs === startMs;
  return [window, startMs, given + (goesOn ? before.given : 0)].join(".");
}

function readCursor(cursor: string): Place {
  const [window, startMs, given, more] = cursor
    .split(".")
    .map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : Number.NaN));
  if (more !== undefined || ![window, startMs, given].every(Number.isSafeInteger) || window > 0xffff_ffff) {
    throw new FlowStoreError(
      "FLOW_STORE_BAD_ARGUMENT",
      `"${cursor.slice(0, 60)}" is no cursor of this list. Begin without one.`,
      { context: { field: "cursor" } },
    );
  }
  return { window, startMs, given };
}
