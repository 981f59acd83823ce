import { destination as openDestination, pino, stdTimeFunctions, type DestinationStream } from "pino";
import { hideSecrets } from "./secrets.ts";
import { textLines } from "./text-lines.ts";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes one line: the fields first, then a sentence. */
export type LogMethod = {
  (fields: Readonly<Record<string, unknown>>, message: string): void;
  (message: string): void;
};

/** What rooms depend on to log; {@link createLogger} makes one of pino. An error goes into the field `err`. */
export type Logger = {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  readonly fatal: LogMethod;
  /** A logger that adds `fields` to every line. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
};

export type LoggerOptions = {
  /** Lines below it are dropped; `silent` drops all. */
  readonly level: LogLevel;
  /** `json` (default): one object a line, for machines. `text`: for a terminal. */
  readonly format?: "json" | "text";
  /** Default stdout. Commands that print data there log to stderr. */
  readonly destination?: "stdout" | "stderr" | DestinationStream;
};

const FILE_DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/**
 * A logger on pino: `time` in ISO 8601 UTC, `level` by name, `msg`, then the fields. Secrets are hidden by the name of their field
 * and in URLs, whoever logs them. Lines are written at once, so that the last one before a death is there.
 */
export function createLogger({ level, format = "json", destination = "stdout" }: LoggerOptions): Logger {
  const stream =
    typeof destination === "string"
      ? openDestination({ dest: FILE_DESCRIPTORS[destination], sync: true })
      : destination;
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: hideSecrets },
    },
    format === "text" ? textLines(stream) : stream,
  );
}

/** A logger that drops everything. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  child: () => silentLogger,
};
