import { AGGREGATE_COLUMNS, HOURLY_COLUMNS } from "./aggregate-columns.ts";
import type { StoreColumn } from "./column.ts";
import { FLOW_STORE_COLUMNS } from "./flow-columns.ts";

export interface TableSpec {
  readonly name: string;
  readonly comment: string;
  readonly columns: readonly StoreColumn[];
  /** Engine of the MergeTree family with its arguments, as a single server has it. */
  readonly engine: "MergeTree" | `ReplacingMergeTree(${string})`;
  readonly partitionBy?: string;
  readonly orderBy: readonly string[];
  readonly indexes?: readonly string[];
  /** Besides FSYNC_SETTINGS. */
  readonly settings?: Readonly<Record<string, number>>;
}

/**
 * An insert that was acknowledged survives a power cut: the spool forgets a batch on that word, and the fold its
 * watermark. By default ClickHouse leaves it to the page cache. Of every table; no cost could be measured.
 */
export const FSYNC_SETTINGS: Readonly<Record<string, number>> = {
  fsync_after_insert: 1,
  fsync_part_directory: 1,
};

/** Tokens of the newest so many inserts are remembered: a replay comes from segments still spooled, far fewer. */
const DEDUPLICATION_WINDOW = 10_000;

const FLOWS: TableSpec = {
  name: "flows",
  comment: "Raw records, one row per one-way record as exported",
  columns: FLOW_STORE_COLUMNS,
  engine: "MergeTree",
  // received_at is one constant per batch, so a batch never crosses a partition and is never torn by a kill.
  partitionBy: "toYYYYMMDD(received_at)",
  orderBy: ["network_id", "window_first", "slice"],
  indexes: [
    "INDEX window_last_range window_last TYPE minmax GRANULARITY 1",
    "INDEX batch_range batch TYPE minmax GRANULARITY 1",
    "INDEX import_range import_id TYPE minmax GRANULARITY 1",
  ],
  settings: { non_replicated_deduplication_window: DEDUPLICATION_WINDOW },
};

const AGGREGATES: TableSpec = {
  name: "aggregates",
  comment:
    "What one host did in one 5-minute window with one peer on one service, from both sides; read through folds only",
  columns: AGGREGATE_COLUMNS,
  engine: "MergeTree",
  // By day, not by month: a look-back of a day then skips every other part by the range of its windows. With a
  // part a month, ordered by host, each granule holds all days of a host and nothing can be skipped.
  partitionBy: "folded_on",
  // By host for questions about one host; answered before it (two runs a host instead of one), since what was never
  // answered is asked for apart from the rest and would else be strewn over every granule; by service before the
  // window, since counting distinct peers of each service of every host is the dearest thing asked.
  // docs/decisions/0012-counting-hosts.md has the figures.
  orderBy: ["network_id", "answered", "host", "side", "protocol", "service_port", "peer", "window"],
  indexes: ["INDEX window_range window TYPE minmax GRANULARITY 1"],
};

const FOLDS: TableSpec = {
  name: "folds",
  comment:
    "Which fold of a slice counts: the newest per (network, window, slice, floor_batch). Written after the fold's aggregates: this is the switch",
  columns: [
    { name: "network_id", type: "UInt32", comment: "Address space" },
    { name: "window", type: "DateTime('UTC')", comment: "Start of the 5-minute window" },
    { name: "slice", type: "UInt8", comment: "Slice of the address pairs" },
    {
      name: "floor_batch",
      type: "UInt64",
      comment:
        "0, or: this fold covers only batches above and stands beside the older one, whose raw rows have expired",
    },
    { name: "fold", type: "UInt32", comment: "Number of the fold, ascending" },
    {
      name: "batch_from",
      type: "UInt64",
      comment: "Lowest batch among the raw rows it read; 0 where it found none",
    },
    { name: "batch_to", type: "UInt64", comment: "It covers the batches up to here" },
    { name: "folded_at", type: "DateTime('UTC')", comment: "When; its day is folded_on of its aggregates" },
  ],
  // Superseded rows stay until they are purged: a reader that holds on to the newest fold it saw when it began
  // (fold <= N) still finds the fold that counted then, and its aggregates.
  engine: "MergeTree",
  orderBy: ["network_id", "window", "slice", "floor_batch", "fold"],
};

const FOLD_CYCLES: TableSpec = {
  name: "fold_cycles",
  comment: "Finished cycles: every slice dirtied by batches up to batch_to has been folded",
  columns: [
    { name: "batch_to", type: "UInt64", comment: "The watermark" },
    { name: "finished_at", type: "DateTime('UTC')", comment: "When the cycle ended" },
  ],
  engine: "MergeTree",
  orderBy: ["batch_to"],
};

const FOLD_REQUESTS: TableSpec = {
  name: "fold_requests",
  comment:
    "Slices that must be folded again although no new row says so (rows were deleted): wanted until a fold with at least this number is in folds",
  columns: [
    { name: "network_id", type: "UInt32", comment: "Address space" },
    { name: "window", type: "DateTime('UTC')", comment: "Start of the 5-minute window" },
    { name: "slice", type: "UInt8", comment: "Slice of the address pairs" },
    {
      name: "wanted_fold",
      type: "UInt32",
      comment: "Above every fold that may have read the rows before they were deleted",
    },
    { name: "requested_at", type: "DateTime('UTC')", comment: "When" },
  ],
  engine: "ReplacingMergeTree(wanted_fold)",
  orderBy: ["network_id", "window", "slice"],
};

const RAW_EXPIRIES: TableSpec = {
  name: "raw_expiries",
  comment:
    "Raw rows of batches up to batch_to have expired, or are about to: written before they are dropped",
  columns: [
    { name: "batch_to", type: "UInt64", comment: "Highest batch that expired" },
    { name: "expired_at", type: "DateTime('UTC')", comment: "When" },
  ],
  engine: "MergeTree",
  orderBy: ["batch_to"],
};

const AGGREGATE_EXPIRIES: TableSpec = {
  name: "aggregate_expiries",
  comment: "Aggregates of folds up to fold_to have expired, or are about to: written before they are dropped",
  columns: [
    { name: "fold_to", type: "UInt32", comment: "Highest fold that expired" },
    { name: "expired_at", type: "DateTime('UTC')", comment: "When" },
  ],
  engine: "MergeTree",
  orderBy: ["fold_to"],
};

const FORGOTTEN_IMPORTS: TableSpec = {
  name: "forgotten_imports",
  comment: "One row each time an import's rows were deleted: its deduplication tokens count anew from there",
  columns: [
    { name: "import_id", type: "UInt32", comment: "The import" },
    { name: "forgotten_at", type: "DateTime('UTC')", comment: "When" },
  ],
  engine: "MergeTree",
  orderBy: ["import_id"],
};

const AGGREGATES_HOURLY: TableSpec = {
  name: "aggregates_hourly",
  comment: "Current aggregates by hour, hosts and peers kept; read through rollups only",
  columns: HOURLY_COLUMNS,
  engine: "MergeTree",
  partitionBy: "toYYYYMM(rolled_on)",
  orderBy: ["network_id", "answered", "host", "side", "protocol", "service_port", "peer", "hour"],
  indexes: ["INDEX hour_range hour TYPE minmax GRANULARITY 1"],
};

const ROLLUPS: TableSpec = {
  name: "rollups",
  comment:
    "Which roll-up of an hour counts: the newest per (network, hour, floor_fold). Written after its rows: this is the switch",
  columns: [
    { name: "network_id", type: "UInt32", comment: "Address space" },
    { name: "hour", type: "DateTime('UTC')", comment: "Start of the hour" },
    {
      name: "floor_fold",
      type: "UInt32",
      comment:
        "0, or: this roll-up covers only folds above and stands beside the older one, whose aggregates have expired",
    },
    { name: "rollup", type: "UInt32", comment: "Number of the roll-up, ascending" },
    {
      name: "fold_to",
      type: "UInt32",
      comment: "Newest fold of the hour's windows when it was read: a newer one makes the hour dirty",
    },
    { name: "rolled_at", type: "DateTime('UTC')", comment: "When" },
  ],
  engine: "MergeTree",
  orderBy: ["network_id", "hour", "rollup"],
};

const SERVED_ENDPOINTS: TableSpec = {
  name: "served_endpoints",
  comment:
    "Memory of orientation: endpoints above the system ports that were plainly servers. A hint for later folds, never a count",
  columns: [
    { name: "network_id", type: "UInt32", comment: "Address space" },
    { name: "hour", type: "DateTime('UTC')", comment: "Start of the hour of traffic it was seen in" },
    { name: "host", type: "IPv6", comment: "The server" },
    { name: "protocol", type: "UInt8", comment: "IP protocol number" },
    { name: "service_port", type: "UInt16", comment: "Its port" },
    { name: "clients", type: "UInt32", comment: "Different clients in the fold that noticed it" },
    {
      name: "folded_on",
      type: "Date",
      comment: "Day of that fold, UTC; partitions and retention count from here",
    },
  ],
  engine: "ReplacingMergeTree(clients)",
  partitionBy: "folded_on",
  orderBy: ["network_id", "host", "protocol", "service_port", "hour"],
};

const SCHEMA_MIGRATIONS: TableSpec = {
  name: "schema_migrations",
  comment: "Migrations that were applied",
  columns: [
    { name: "number", type: "UInt32", comment: "The migration's number" },
    { name: "name", type: "String", comment: "Its name" },
    { name: "applied_at", type: "DateTime('UTC')", comment: "When" },
  ],
  engine: "MergeTree",
  orderBy: ["number"],
};

export const TABLES: readonly TableSpec[] = [
  FLOWS,
  AGGREGATES,
  FOLDS,
  FOLD_CYCLES,
  FOLD_REQUESTS,
  RAW_EXPIRIES,
  AGGREGATE_EXPIRIES,
  FORGOTTEN_IMPORTS,
  AGGREGATES_HOURLY,
  ROLLUPS,
  SERVED_ENDPOINTS,
  SCHEMA_MIGRATIONS,
];
