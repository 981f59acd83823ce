/**
 * Tables in the server's memory that one chunk of a fold works in. Their names carry the fold's number, so that a
 * statement of an earlier, interrupted fold cannot reach them; leftovers are dropped when the next fold begins.
 */
export const STAGE_PREFIX = "fold_stage_";

export interface StageTables {
  /** Slices to fold. */
  readonly targets: string;
  /** One row per unordered 5-tuple, window and exporter. */
  readonly grouped: string;
  /** The same with what each says of its server. */
  readonly rows: string;
  /** The same per 5-tuple and window, one exporter chosen, of 5-tuples with several rows. */
  readonly windows: string;
  /** Conversations of several rows put together. */
  readonly combined: string;
  /** 5-tuples that need more than a look at their one row: several rows, or not plain who is the server. */
  readonly tuples: string;
  /** What the chunk says of endpoints, ports and hosts of unplain tuples. */
  readonly witnesses: string;
  /** The verdict on each of `tuples`. */
  readonly verdicts: string;
}

/** Columns of a conversation, with their types and without. */
const CONVERSATION = `
  tuple_hash UInt64, network_id UInt32, lo_top UInt64, lo_low UInt64, hi_top UInt64, hi_low UInt64,
  lo_port UInt16, hi_port UInt16, ip_protocol UInt8, slice UInt8,
  packets_lo UInt64, packets_hi UInt64, bytes_lo UInt64, bytes_hi UInt64,
  first_lo UInt64, first_hi UInt64, last_lo UInt64, last_hi UInt64, bits UInt64, sampling_rate UInt32`;

export const CONVERSATION_COLUMNS = CONVERSATION.trim()
  .split(",")
  .map((column) => column.trim().split(" ", 1)[0])
  .join(", ");

const DEFINITIONS: Readonly<Record<keyof StageTables, string>> = {
  targets: "network_id UInt32, window UInt32, slice UInt8, floor_batch UInt64, batch_from UInt64",
  grouped: `${CONVERSATION}, window UInt32, exporter_top UInt64, exporter_low UInt64, is_target UInt8`,
  rows: `${CONVERSATION}, window UInt32, exporter_top UInt64, exporter_low UInt64, is_target UInt8, score Int32, kinds UInt32, is_real UInt8, only_refuses_lo UInt8, only_refuses_hi UInt8`,
  windows: `${CONVERSATION}, window UInt32, is_target UInt8, counted Array(IPv6), seen_by Array(IPv6)`,
  combined: `${CONVERSATION}, comparable UInt8`,
  tuples: `${CONVERSATION}, score Int32, kinds UInt32, is_real UInt8, only_refuses_lo UInt8, only_refuses_hi UInt8, has_several UInt8`,
  witnesses: "key UInt64, peers UInt64, as_server UInt64, as_client UInt64",
  verdicts:
    "tuple_hash UInt64, has_several UInt8, hi_serves UInt8, kinds UInt16, score Int32, only_refuses UInt8, client_sent UInt8",
};

export function stageTables(fold: number): StageTables {
  const name = (part: keyof StageTables): string => `${STAGE_PREFIX}${fold}_${part}`;
  return {
    targets: name("targets"),
    grouped: name("grouped"),
    rows: name("rows"),
    windows: name("windows"),
    combined: name("combined"),
    tuples: name("tuples"),
    witnesses: name("witnesses"),
    verdicts: name("verdicts"),
  };
}

export function createStageSql(tables: StageTables): string[] {
  return (Object.keys(DEFINITIONS) as (keyof StageTables)[]).map(
    (part) => `CREATE TABLE ${tables[part]} (${DEFINITIONS[part]}) ENGINE = Memory`,
  );
}

export function dropStageSql(names: readonly string[]): string[] {
  return names.map((name) => `DROP TABLE IF EXISTS ${name} SYNC`);
}
