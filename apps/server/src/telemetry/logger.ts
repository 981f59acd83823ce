import { pino, type DestinationStream } from "pino";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** Writes one line: the fields first, then a sentence. */
export type LogMethod = {
  (fields: Readonly<Record<string, unknown>>, message: string): void;
  (message: string): void;
};

/** What rooms depend on to log; {@link createLogger} makes one of pino. */
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
  readonly level: LogLevel;
  readonly destination?: DestinationStream;
};

const SECRET_FIELDS = ["password", "token", "secret", "authorization", "cookie", "apiKey"];

export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: null,
    redact: {
      paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: "[hidden]",
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** A logger that drops everything, for tests. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  fatal() {},
  child: () => silentLogger,
};
