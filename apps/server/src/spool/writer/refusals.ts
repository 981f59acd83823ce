import type { Logger } from "#telemetry";
import type { RefusedReason } from "./spool-writer-types.ts";

/** What was refused and why; says in the log when that begins, goes on and ends, not at each batch. */
export interface Refusals {
  readonly rows: Readonly<Record<RefusedReason, number>>;
  readonly current: RefusedReason | null;
  add(reason: RefusedReason, rows: number): void;
  /** Something was taken again. */
  end(): void;
}

const LOG_EVERY_MS = 10_000;

const SENTENCES: Readonly<Record<RefusedReason, string>> = {
  limit: "the spool is full: records are refused until the flow store has caught up",
  disk_full: "the disk of the spool is full: records are refused until there is room",
  io_error: "the disk of the spool fails: records are refused",
  behind: "the disk of the spool is too slow: records are refused",
  closed: "the spool is closed: records are refused",
};

export function createRefusals(logger: Logger): Refusals {
  const rows: Record<RefusedReason, number> = { limit: 0, disk_full: 0, io_error: 0, behind: 0, closed: 0 };
  let current: RefusedReason | null = null;
  let sinceBegin = 0;
  let loggedAt = 0;
  return {
    rows,
    get current() {
      return current;
    },
    add(reason, count) {
      rows[reason] += count;
      sinceBegin += count;
      const now = performance.now();
      if (current !== reason || now - loggedAt > LOG_EVERY_MS) {
        logger.warn({ reason, rows: sinceBegin }, SENTENCES[reason]);
        loggedAt = now;
      }
      current = reason;
    },
    end() {
      if (current === null) return;
      logger.info({ rows: sinceBegin }, "the spool takes records again");
      current = null;
      sinceBegin = 0;
    },
  };
}
