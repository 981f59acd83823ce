import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Logger } from "#telemetry";
import { MetadataStoreError } from "../errors.ts";

/** The first half of the advisory locks that processes hold; the second is the number of the process. "FLow". */
export const PROCESS_LOCK_CLASS = 0x464c6f77;

const RECONNECT_EVERY_MS = 250;

/** A machine that lost its power says no goodbye: PostgreSQL asks after it, and gives up after half a minute. */
const NOTICE_DEAD_MACHINES =
  "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

const END_FORMER_HOLDER = `
  SELECT pg_terminate_backend(pid) FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 2 AND classid = $1::oid AND objid = $2::oid AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Who is at work, as rows remember it. */
export interface ProcessSigns {
  readonly number: number;
  readonly host: string;
  readonly pid: number;
}

export interface SignOfLife {
  /** This process, while it can be seen to live. @throws METADATA_STORE_UNREACHABLE while the connection is broken */
  signs(): ProcessSigns;
  end(): Promise<void>;
}

/**
 * Lets other processes see that this one lives: one connection that holds an advisory lock on a number of its own.
 * PostgreSQL frees the lock when the connection ends, so a process that is killed is seen to be dead at once, on any
 * machine, without clocks or leases. (It needs a connection of its own all the way: a pooler that shares connections
 * between transactions would break it.) When PostgreSQL restarts, the lock is taken again.
 */
export async function showSignOfLife(
  clientOptions: () => pg.ClientConfig,
  logger: Logger,
): Promise<SignOfLife> {
  let ended = false;
  let client: pg.Client | undefined;
  let reconnecting: Promise<void> | undefined;
  const ending = new AbortController();

  async function connect(processNumber: number | undefined): Promise<number> {
    const options = clientOptions();
    const fresh = new pg.Client({
      ...options,
      application_name: "flowlens, sign of life",
      options: `${options.options ?? ""} ${NOTICE_DEAD_MACHINES}`,
    });
    // Errors are met by the queries; of an idle connection only its end matters.
    fresh.on("error", () => {});
    try {
      await fresh.connect();
      const number = processNumber ?? (await newNumber(fresh));
      // After a cut in the network PostgreSQL may still think that the connection before this one lives.
      if (processNumber !== undefined) await fresh.query(END_FORMER_HOLDER, [PROCESS_LOCK_CLASS, number]);
      await fresh.query("SELECT pg_advisory_lock($1, $2)", [PROCESS_LOCK_CLASS, number]);
      fresh.on("end", () => {
        if (client !== fresh) return;
        client = undefined;
        if (!ended) reconnecting = reconnect(number);
      });
      client = fresh;
      return number;
    } catch (error) {
      await fresh.end().catch(() => {});
      throw error;
    }
  }

  async function reconnect(processNumber: number): Promise<void> {
    logger.warn(
      { processNumber },
      "the connection that shows PostgreSQL that this process lives has ended, making a new one",
    );
    while (!ended) {
      try {
        await connect(processNumber);
        return;
      } catch {
        await sleep(RECONNECT_EVERY_MS, undefined, { signal: ending.signal }).catch(() => {});
      }
    }
  }

  const number = await connect(undefined);
  return {
    signs() {
      if (client === undefined) {
        throw new MetadataStoreError(
          "METADATA_STORE_UNREACHABLE",
          "The connection to PostgreSQL is broken and being made anew. Try again in a moment.",
        );
      }
      return { number, host: hostname(), pid: process.pid };
    },
    async end() {
      ended = true;
      ending.abort();
      await reconnecting;
      await client?.end().catch(() => {});
    },
  };
}

async function newNumber(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ number: number }>(
    "SELECT nextval('process_numbers')::integer AS number",
  );
  return rows[0].number;
}
