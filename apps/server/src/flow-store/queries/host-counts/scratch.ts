import { randomBytes } from "node:crypto";
import type { StoreClient } from "../../client/store-client.ts";
import { servedEndpoints, type CountingSources } from "../counted-rows.ts";
import { CURRENT_FOLDS, type RangeParams } from "../current-aggregates.ts";

const PREFIX = "scratch_";

/** Two tables that a question fills for itself when it begins, so that all its statements count from the same. */
export interface Scratch {
  readonly sources: CountingSources;
  drop(): Promise<void>;
}

export interface ScratchOptions {
  readonly params: RangeParams;
  /** Narrows served endpoints down by `host`, given the text of the folds. */
  readonly where?: (folds: string) => string;
  readonly signal?: AbortSignal;
}

/** Makes and fills the tables. Where that fails nothing is left. */
export async function fillScratch(
  client: StoreClient,
  { params, where, signal }: ScratchOptions,
): Promise<Scratch> {
  const id = randomBytes(8).toString("hex");
  const folds = `${PREFIX}folds_${id}`;
  const served = `${PREFIX}served_${id}`;
  const sources = {
    folds: `SELECT window, slice, fold FROM ${folds}`,
    served: `SELECT host, protocol, service_port FROM ${served}`,
  };
  const make = (table: string, columns: string) =>
    client.command({
      name: "host counts: scratch",
      sql: `CREATE TABLE IF NOT EXISTS ${table} (${columns}) ENGINE = Memory`,
      idempotent: true,
    });
  const drop = async (): Promise<void> => {
    for (const table of [folds, served]) await dropTable(client, table);
  };
  const given = { ...params };
  const asked = signal === undefined ? { params: given } : { params: given, signal };
  try {
    await make(folds, "window DateTime('UTC'), slice UInt8, fold UInt32");
    await make(served, "host IPv6, protocol UInt8, service_port UInt16");
    await client.command({
      name: "host counts: folds",
      sql: `INSERT INTO ${folds} ${CURRENT_FOLDS}`,
      ...asked,
    });
    await client.command({
      name: "host counts: served",
      sql: `INSERT INTO ${served} ${servedEndpoints(where?.(sources.folds), sources.folds)}`,
      settings: { optimize_aggregation_in_order: 1 },
      ...asked,
    });
  } catch (error) {
    await drop();
    throw error;
  }
  return { sources, drop };
}

/** Drops what questions of a killed process have left. */
export async function dropLeftScratch(client: StoreClient): Promise<void> {
  const left = await client.rows<{ name: string }>({
    name: "left scratch tables",
    sql: `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, '${PREFIX}')`,
  });
  for (const { name } of left) await dropTable(client, name);
}

async function dropTable(client: StoreClient, table: string): Promise<void> {
  await client.command({
    name: "host counts: scratch",
    sql: `DROP TABLE IF EXISTS ${table}`,
    idempotent: true,
  });
}
