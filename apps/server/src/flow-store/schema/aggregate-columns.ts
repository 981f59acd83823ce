import { T64, type StoreColumn } from "./column.ts";

/**
 * How several rows of the same key become one, when windows are rolled up to hours:
 * `key` columns stay apart; `generation` columns say which run wrote the row and are written anew.
 */
export type Combine = "key" | "sum" | "min" | "max" | "bit_or" | "distinct" | "generation";

export interface AggregateColumn extends StoreColumn {
  readonly combine: Combine;
}

/**
 * One row: what one host did in one 5-minute window with one peer on one service, seen from the host.
 * Every conversation is written from both sides; totals over a network read one side only.
 */
export const AGGREGATE_COLUMNS = [
  { name: "network_id", type: "UInt32", combine: "key", comment: "Address space" },
  { name: "host", type: "IPv6", combine: "key", comment: "Whose view the row is" },
  {
    name: "window",
    type: "DateTime('UTC')",
    combine: "key",
    comment: "Start of the 5-minute window",
    codec: T64,
  },
  { name: "side", type: "Enum8('client' = 0, 'server' = 1)", combine: "key", comment: "Role of host" },
  { name: "peer", type: "IPv6", combine: "key", comment: "The other side" },
  { name: "protocol", type: "UInt8", combine: "key", comment: "IP protocol number" },
  {
    name: "service_port",
    type: "UInt16",
    combine: "key",
    comment: "Port of the server; 0 for protocols without ports",
  },
  {
    name: "answered",
    type: "UInt8",
    combine: "key",
    comment: "1: in this window the server sent something else than resets or ICMP unreachable",
  },
  {
    name: "started",
    type: "UInt32",
    combine: "sum",
    comment: "Conversations whose first record is in this window",
    codec: T64,
  },
  {
    name: "accepted",
    type: "UInt32",
    combine: "sum",
    comment: "Conversations first answered in this window",
    codec: T64,
  },
  {
    name: "refused",
    type: "UInt32",
    combine: "sum",
    comment: "Conversations started here that got resets or unreachables only",
    codec: T64,
  },
  {
    name: "one_way",
    type: "UInt32",
    combine: "sum",
    comment: "Conversations started here that got nothing back",
    codec: T64,
  },
  {
    name: "bytes_in",
    type: "UInt64",
    combine: "sum",
    comment: "Bytes host received, scaled by the sampling rate",
    codec: T64,
  },
  { name: "bytes_out", type: "UInt64", combine: "sum", comment: "Bytes host sent, scaled", codec: T64 },
  {
    name: "packets_in",
    type: "UInt64",
    combine: "sum",
    comment: "Packets host received, scaled",
    codec: T64,
  },
  { name: "packets_out", type: "UInt64", combine: "sum", comment: "Packets host sent, scaled", codec: T64 },
  {
    name: "tcp_flags_or",
    type: "UInt8",
    combine: "bit_or",
    comment: "OR of the TCP flags of both directions",
  },
  {
    name: "duration_ms_sum",
    type: "UInt64",
    combine: "sum",
    comment: "Time the conversations took inside the window, summed, ms",
    codec: T64,
  },
  {
    name: "first_seen",
    type: "DateTime64(3, 'UTC')",
    combine: "min",
    comment: "First packet inside the window",
    codec: T64,
  },
  {
    name: "last_seen",
    type: "DateTime64(3, 'UTC')",
    combine: "max",
    comment: "Last packet inside the window",
    codec: T64,
  },
  {
    name: "max_sampling_rate",
    type: "UInt32",
    combine: "max",
    comment: "Highest sampling rate met; 1 is unsampled",
  },
  {
    name: "orientation_evidence",
    type: "UInt16",
    combine: "bit_or",
    comment: "Bit set of the kinds of evidence that decided who is the server",
  },
  {
    name: "exporters",
    type: "Array(IPv6)",
    combine: "distinct",
    comment: "Only where more than one exporter saw it: the counted one first",
  },
  { name: "slice", type: "UInt8", combine: "generation", comment: "Slice of the address pair, as in flows" },
  {
    name: "fold",
    type: "UInt32",
    combine: "generation",
    comment: "Fold that wrote the row; folds says which one counts",
    codec: T64,
  },
  {
    name: "folded_on",
    type: "Date",
    combine: "generation",
    comment: "Day of that fold, UTC; partitions and retention count from here",
  },
] as const satisfies readonly AggregateColumn[];

/** Columns of `aggregates_hourly`: the same by hour, kept per (network, hour) roll-up instead of per slice. */
export const HOURLY_COLUMNS: readonly AggregateColumn[] = AGGREGATE_COLUMNS.flatMap(
  (column: AggregateColumn) => {
    if (column.name === "window") return [{ ...column, name: "hour", comment: "Start of the hour, UTC" }];
    return column.combine === "generation" ? [] : [column];
  },
).concat([
  {
    name: "rollup",
    type: "UInt32",
    combine: "generation",
    comment: "Roll-up that wrote the row; rollups says which one counts",
    codec: T64,
  },
  { name: "rolled_on", type: "Date", combine: "generation", comment: "Day of that roll-up, UTC" },
]);
