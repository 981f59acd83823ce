import type { DestinationStream } from "pino";

const COLUMNS = new Set(["level", "time", "msg"]);

/** Turns lines of JSON into lines for people: time, level, sentence, and the rest as name=value. What is no JSON stays as it is. */
export function textLines(out: DestinationStream): DestinationStream {
  return { write: (line) => out.write(`${formatLine(line)}\n`) };
}

function formatLine(line: string): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line.trimEnd();
  }
  const { level, time, msg } = fields;
  const rest = Object.entries(fields).filter(([name]) => !COLUMNS.has(name));
  return [
    String(time),
    String(level).toUpperCase().padEnd(5),
    typeof msg === "string" ? msg : "",
    ...rest.map(
      ([name, value]) =>
        `${name}=${typeof value === "string" && /^\S+$/.test(value) ? value : JSON.stringify(value)}`,
    ),
  ]
    .filter((part) => part !== "")
    .join(" ");
}
