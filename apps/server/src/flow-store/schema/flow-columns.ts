import { FLOW_COLUMNS, type ColumnType } from "@flowlens/flow";
import { T64, type StoreColumn, type StoreType } from "./column.ts";

export const WINDOW_SECONDS = 300;
export const SLICES = 32;
/** A record is counted in the windows it touches, but in no more than these many seconds before its last. */
export const RECORD_REACH_SECONDS = 7 * 86_400;

/** How a column of the record's catalogue is stored. */
export const STORE_TYPE_OF: Readonly<Record<ColumnType, StoreType>> = {
  u8: "UInt8",
  u16: "UInt16",
  u32: "UInt32",
  u64: "UInt64",
  time_ms: "DateTime64(3, 'UTC')",
  address: "IPv6",
};

const T64_TYPES: ReadonlySet<ColumnType> = new Set(["u64", "time_ms"]);

/** What the store itself says of a row, written before the record's own columns. One constant per inserted batch each. */
export const BATCH_COLUMNS = [
  { name: "network_id", type: "UInt32", comment: "Address space the record belongs to" },
  { name: "import_id", type: "UInt32", comment: "Import that brought it; 0 is live traffic" },
  {
    name: "batch",
    type: "UInt64",
    comment: "Number of the inserted batch, ascending; below the settled number all are there",
  },
  {
    name: "received_at",
    type: "DateTime('UTC')",
    comment: "When the store took it; retention and partitions count from here, never from flow time",
  },
] as const satisfies readonly StoreColumn[];

/** The slice of an unordered address pair: both directions of a conversation fall into the same one. */
const SLICE_EXPRESSION = `toUInt8(cityHash64(least(src_addr, dst_addr), greatest(src_addr, dst_addr)) % ${SLICES})`;

const COMPUTED_COLUMNS = [
  {
    name: "window_last",
    type: "DateTime('UTC')",
    comment: "Start of the 5-minute window of time_end",
    materialized: `toDateTime(intDiv(toUnixTimestamp64Milli(time_end), ${WINDOW_SECONDS * 1000}) * ${WINDOW_SECONDS}, 'UTC')`,
  },
  {
    name: "window_first",
    type: "DateTime('UTC')",
    comment: "Start of the window of time_start, at most 7 days before window_last",
    materialized:
      `toDateTime(least(toInt64(toUnixTimestamp(window_last)), greatest(` +
      `intDiv(toUnixTimestamp64Milli(time_start), ${WINDOW_SECONDS * 1000}) * ${WINDOW_SECONDS}, ` +
      `toInt64(toUnixTimestamp(window_last)) - ${RECORD_REACH_SECONDS})), 'UTC')`,
  },
  {
    name: "slice",
    type: "UInt8",
    comment: "Hash of the unordered address pair: with the window, the unit that is folded",
    materialized: SLICE_EXPRESSION,
  },
] as const satisfies readonly StoreColumn[];

/** Columns of `flows`: the batch's, the record's (FLOW_COLUMNS, same names), the computed ones. */
export const FLOW_STORE_COLUMNS: readonly StoreColumn[] = [
  ...BATCH_COLUMNS,
  ...FLOW_COLUMNS.map((column) => ({
    name: column.name,
    type: STORE_TYPE_OF[column.type],
    comment: column.description,
    ...(T64_TYPES.has(column.type) ? { codec: T64 } : {}),
  })),
  ...COMPUTED_COLUMNS,
];
