import { formatAddress } from "@flowlens/flow";
import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError } from "../errors.ts";
import { AGGREGATE_COLUMNS } from "../schema/aggregate-columns.ts";
import type { RowOf } from "../schema/column.ts";
import { readRow, selectList } from "../schema/read-row.ts";
import { addressOf, checkLimit } from "./check-arguments.ts";
import { currentAggregates, rangeParams, type WindowRange } from "./current-aggregates.ts";

export interface AggregatesQuestion extends WindowRange {
  readonly address: string;
  readonly peer?: string;
  readonly side?: "client" | "server";
  readonly protocol?: number;
  /** Of the server. */
  readonly port?: number;
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

/** An aggregate that counts: names of AGGREGATE_COLUMNS in camel case, times in ms since 1970, addresses as text. */
export type StoredAggregate = RowOf<typeof AGGREGATE_COLUMNS>;

export interface Aggregates {
  /** Newest window first; within one always in the same order. */
  readonly aggregates: readonly StoredAggregate[];
  /** Undefined on the last page. */
  readonly next: string | undefined;
}

/** Aggregates of a host, a page at a time. The place in the list is a window and how many of it have been given. */
export async function aggregates(client: StoreClient, question: AggregatesQuestion): Promise<Aggregates> {
  const limit = checkLimit(question.limit);
  const place = question.cursor === undefined ? undefined : readCursor(question.cursor);
  const conditions = ["host = toIPv6({host:String})"];
  const params: Record<string, unknown> = {
    ...(await rangeParams(client, question)),
    host: formatAddress(addressOf(question.address)),
    given: place?.given ?? 0,
  };
  const given = (condition: string, name: string, value: unknown): void => {
    if (value === undefined) return;
    conditions.push(condition);
    params[name] = value;
  };
  const { peer, side, protocol, port } = question;
  given("peer = toIPv6({peer:String})", "peer", peer && formatAddress(addressOf(peer)));
  given("side = {side:String}", "side", side);
  given("protocol = {protocol:UInt8}", "protocol", protocol);
  given("service_port = {port:UInt16}", "port", port);
  given("window <= toDateTime({place:UInt32}, 'UTC')", "place", place?.windowS);
  const rows: StoredAggregate[] = [];
  const pieces = client.stream({
    name: "aggregates of a host",
    sql: `
SELECT ${selectList(AGGREGATE_COLUMNS)}
FROM ${currentAggregates(conditions.join(" AND "))}
ORDER BY window DESC, side, peer, protocol, service_port, answered, fold
LIMIT ${limit + 1} OFFSET {given:UInt64}`,
    params,
  });
  for await (const piece of pieces) rows.push(...piece.map((row) => readRow(AGGREGATE_COLUMNS, row)));
  const shown = rows.slice(0, limit);
  return { aggregates: shown, next: rows.length > limit ? cursorAfter(shown, place) : undefined };
}

interface Place {
  /** Start of the window, seconds. */
  readonly windowS: number;
  /** Aggregates of it that have been given. */
  readonly given: number;
}

function cursorAfter(shown: readonly StoredAggregate[], before: Place | undefined): string {
  const windowMs = shown[shown.length - 1].window;
  const ofWindow = shown.filter(({ window }) => window === windowMs).length;
  const goesOn = ofWindow === shown.length && before?.windowS === windowMs / 1000;
  return [windowMs / 1000, ofWindow + (goesOn ? before.given : 0)].join(".");
}

function readCursor(cursor: string): Place {
  const [, windowS, given] = /^(\d{1,10})\.(\d{1,12})$/.exec(cursor) ?? [];
  if (windowS === undefined || Number(windowS) > 0xffff_ffff) {
    throw new FlowStoreError(
      "FLOW_STORE_BAD_ARGUMENT",
      `"${cursor.slice(0, 60)}" is no cursor of this list. Begin without one.`,
      { context: { field: "cursor" } },
    );
  }
  return { windowS: Number(windowS), given: Number(given) };
}
