import type { Logger } from "#telemetry";

/** Log lines about things that may happen a thousand times a second. */
export interface SeldomLogger {
  /** Writes the line unless one of the same subject was written within the pause; how many were kept back is told by the next. */
  warn(subject: string, fields: Readonly<Record<string, unknown>>, message: string): void;
  info(subject: string, fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface SeldomOptions {
  readonly logger: Logger;
  /** Between two lines of one subject. */
  readonly pauseMs: number;
  /** Lines of all subjects together, each minute. */
  readonly perMinute: number;
  readonly now: () => number;
}

/** Subjects remembered; beyond that all are forgotten, which only lets a line through too early. */
const MAX_SUBJECTS = 10_000;
const MINUTE_MS = 60_000;

export function createSeldomLogger({ logger, pauseMs, perMinute, now }: SeldomOptions): SeldomLogger {
  const subjects = new Map<string, { writtenMs: number; keptBack: number }>();
  let minuteBegan = 0;
  let inMinute = 0;
  let keptBackOfMinute = 0;

  function write(
    level: "warn" | "info",
    {
      subject,
      fields,
      message,
    }: { subject: string; fields: Readonly<Record<string, unknown>>; message: string },
  ): void {
    const nowMs = now();
    const before = subjects.get(subject);
    if (before !== undefined && nowMs - before.writtenMs < pauseMs) {
      before.keptBack++;
      return;
    }
    if (nowMs - minuteBegan >= MINUTE_MS) {
      if (keptBackOfMinute > 0) logger.info({ lines: keptBackOfMinute }, "more such lines were kept back");
      minuteBegan = nowMs;
      inMinute = 0;
      keptBackOfMinute = 0;
    }
    if (inMinute >= perMinute) {
      keptBackOfMinute++;
      return;
    }
    inMinute++;
    if (subjects.size >= MAX_SUBJECTS) subjects.clear();
    subjects.set(subject, { writtenMs: nowMs, keptBack: 0 });
    const more = before === undefined || before.keptBack === 0 ? {} : { linesKeptBack: before.keptBack };
    logger[level]({ ...fields, ...more }, message);
  }

  return {
    warn: (subject, fields, message) => write("warn", { subject, fields, message }),
    info: (subject, fields, message) => write("info", { subject, fields, message }),
  };
}
