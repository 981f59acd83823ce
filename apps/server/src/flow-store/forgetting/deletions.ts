import { setTimeout as sleep } from "node:timers/promises";
import type { StoreClient } from "../client/store-client.ts";
import { FlowStoreError } from "../errors.ts";

/**
 * Deleting rows. ClickHouse does it in the background, one part after another, goes on with it when whoever asked
 * has died, and after its own restart. A fold that read while that is under way would see half and believe it whole.
 */
export interface Deletions {
  /** Deletes the rows of the table for which `where` is true. None is there when it resolves; those inserted meanwhile stay. */
  remove(table: string, where: string, options?: RemoveOptions): Promise<void>;
  /**
   * Resolves when no deletion is under way, those of an earlier process included. What cannot be finished is given
   * up: the rows it has not reached stay, and it throws, once.
   */
  settle(): Promise<void>;
}

export interface RemoveOptions {
  readonly params?: Readonly<Record<string, number>>;
  /** Ids of the partitions that hold such rows, where they are known; they are looked for otherwise. */
  readonly partitions?: readonly string[];
}

export interface DeletionTimes {
  /** A deletion that keeps failing for so long is given up. Default 60,000. */
  readonly failingMs?: number;
  /** One that does not fail but makes no progress. Default 1,800,000: it may wait for merges. */
  readonly idleMs?: number;
}

interface Mutation {
  readonly table: string;
  readonly mutation_id: string;
  readonly parts: string;
  readonly reason: string;
}

const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 1000;

export function createDeletions(
  client: StoreClient,
  { failingMs = 60_000, idleMs = 1_800_000 }: DeletionTimes = {},
): Deletions {
  let isSettled = false;

  async function underWay(): Promise<Mutation[]> {
    return client.rows<Mutation>({
      name: "deletions under way",
      sql: `
        SELECT table, mutation_id, parts_to_do AS parts, latest_fail_reason AS reason FROM system.mutations
        WHERE database = currentDatabase() AND NOT is_done`,
    });
  }

  async function giveUp(mutations: readonly Mutation[]): Promise<never> {
    for (const { table, mutation_id } of mutations) {
      await client.command({
        name: "give up a deletion",
        sql: "KILL MUTATION WHERE database = currentDatabase() AND table = {table:String} AND mutation_id = {id:String} SYNC",
        params: { table, id: mutation_id },
        idempotent: true,
      });
    }
    isSettled = true;
    const { table, reason } = mutations.find((mutation) => mutation.reason !== "") ?? mutations[0];
    const why = reason === "" ? "it made no progress" : reason.split("\n", 1)[0].slice(0, 300);
    throw new FlowStoreError(
      "FLOW_STORE_QUESTION_FAILED",
      `Rows of ${table} could not be deleted: ${why}. Some of them are still there; see to ClickHouse and delete them again.`,
      { context: { question: `forget rows of ${table}`, table } },
    );
  }

  async function settle(): Promise<void> {
    let moved = performance.now();
    let last = "";
    for (let pauseMs = SHORTEST_PAUSE_MS; !isSettled; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 1.5)) {
      const mutations = await underWay();
      if (mutations.length === 0) {
        isSettled = true;
        return;
      }
      const state = mutations.map(({ mutation_id, parts }) => `${mutation_id}:${parts}`).join();
      if (state !== last) moved = performance.now();
      last = state;
      const patienceMs = mutations.some(({ reason }) => reason !== "") ? failingMs : idleMs;
      if (performance.now() - moved > patienceMs) await giveUp(mutations);
      await sleep(pauseMs);
    }
  }

  return {
    settle,
    async remove(table, where, { params = {}, partitions } = {}) {
      const name = `forget rows of ${table}`;
      const found = partitions ?? (await partitionsWith(client, { table, where, params }));
      // Told which partition, ClickHouse leaves the parts of all others alone instead of making each of them anew.
      for (const partition of found) {
        isSettled = false;
        await client.command({
          name,
          sql: `DELETE FROM ${table} IN PARTITION ID '${partition}' WHERE ${where}`,
          params,
          // A request may break off long before a big deletion ends; asking how it goes does not.
          settings: { lightweight_deletes_sync: "0" },
          idempotent: true,
        });
      }
      await settle();
    },
  };
}

async function partitionsWith(
  client: StoreClient,
  {
    table,
    where,
    params,
  }: { readonly table: string; readonly where: string; readonly params: Readonly<Record<string, number>> },
): Promise<string[]> {
  const rows = await client.rows<{ id: string }>({
    name: `partitions to forget of ${table}`,
    sql: `SELECT DISTINCT _partition_id AS id FROM ${table} WHERE ${where}`,
    params,
  });
  return rows.map(({ id }) => id);
}
