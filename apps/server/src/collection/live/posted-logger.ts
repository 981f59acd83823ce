import type { LogMethod, Logger } from "#telemetry";
import type { LogMessage } from "./messages.ts";

/** A logger for a thread: its lines are written by the main thread. */
export function postedLogger(
  post: (message: LogMessage) => void,
  common: Readonly<Record<string, unknown>> = {},
): Logger {
  const method =
    (level: LogMessage["level"]): LogMethod =>
    (first: string | Readonly<Record<string, unknown>>, second?: string) => {
      const [fields, message] = typeof first === "string" ? [{}, first] : [first, second ?? ""];
      post({ type: "log", level, fields: { ...common, ...withoutErrors(fields) }, message });
    };
  return {
    debug: method("debug"),
    info: method("info"),
    warn: method("warn"),
    error: method("error"),
    fatal: method("fatal"),
    child: (fields) => postedLogger(post, { ...common, ...fields }),
  };
}

/** An error may carry what cannot be posted; its words can. */
function withoutErrors(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) =>
      value instanceof Error ? [name, value.message] : [name, value],
    ),
  );
}
