import type { FlowBatch } from "@flowlens/flow";
import type { Logger } from "#telemetry";
import type { SpoolConfig } from "../config.ts";

export interface SpoolWriterOptions extends Partial<SpoolConfig> {
  /** Made when it is missing. Only spools lie in it. */
  readonly directory: string;
  readonly logger?: Logger;
}

/** What holds for every row of an appended batch. */
export interface SpoolTarget {
  readonly networkId: number;
  /** When it was received, ms since 1970, real time. */
  readonly receivedAtMs: number;
}

/**
 * Why rows were refused. `limit`: the spool holds `maxBytes`. `disk_full`: the disk has no room (or only
 * `keepFreeBytes`). `io_error`: the disk failed. `behind`: too many segments wait for the disk to take them.
 * `closed`: the writer was closed.
 */
export type RefusedReason = "limit" | "disk_full" | "io_error" | "behind" | "closed";

/** Plain values, fit to be posted to another thread. */
export interface SpoolWriterStatus {
  readonly directory: string;
  /** Appended since the writer was made. */
  readonly rows: number;
  readonly frames: number;
  readonly bytes: number;
  readonly segmentsSealed: number;
  /** Rows that were not taken, by reason; nothing else is lost. */
  readonly refusedRows: Readonly<Record<RefusedReason, number>>;
  /** Why rows are refused just now, if they are. */
  readonly refusing: RefusedReason | null;
  /** On disk as this writer knows it: waiting segments and its own. Lags behind deletions by up to a second. */
  readonly spoolBytes: number;
  readonly limitBytes: number;
  /** fsync calls, how many failed, and what the last and the longest took; the age of the oldest row when it reached the disk. */
  readonly syncs: number;
  readonly syncFailures: number;
  readonly lastSyncMs: number;
  readonly longestSyncMs: number;
  readonly longestUnsyncedMs: number;
  /** Appended and not fsynced yet. */
  readonly unsyncedBytes: number;
}

/** Appends received records to segment files. Several writers may work in one directory. */
export interface SpoolWriter {
  /**
   * Takes all rows of the batch, or none of them: they are written to the operating system when this returns
   * "stored" (a kill of the process does not lose them) and fsynced within `syncEveryMs` (`sync` waits for
   * that). The batch may be filled again at once. "full": refused and counted, see `status().refusing`; it
   * is tried again with a later batch. Never throws.
   */
  append(batch: FlowBatch, target: SpoolTarget): "stored" | "full";
  /**
   * Resolves when everything appended so far is on disk, against power loss too.
   *
   * @throws SpoolError SPOOL_SYNC_FAILED when the disk refused to say so
   */
  sync(): Promise<void>;
  status(): SpoolWriterStatus;
  /** Seals what is open and waits until it is on disk. Can be repeated. */
  close(): Promise<void>;
}
