import { readFileSync } from "node:fs";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { nearest } from "./nearest.ts";
import type { Sections, Setting } from "./settings.ts";

export type ConfigFile = {
  readonly path: string;
  /** By the path of the setting. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly dataDirectory?: unknown;
  readonly problems: readonly ConfigProblem[];
};

/** Keys beside the sections: an editor's schema, and where the data are. */
const OWN_KEYS = ["$schema", "dataDirectory"];

/**
 * Reads a file of settings: JSON, an object a section. `null` when there is none and none must be there.
 * @throws ConfigError CONFIG_FILE_UNREADABLE
 */
export function readConfigFile(path: string, mustExist: boolean): Record<string, unknown> | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (!mustExist && (cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      "CONFIG_FILE_UNREADABLE",
      [{ where: path, message: `the settings cannot be read: ${reason}` }],
      cause,
    );
  }
  let read: unknown;
  try {
    read = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(
      "CONFIG_FILE_UNREADABLE",
      [{ where: path, message: `this is not valid JSON: ${reason}` }],
      cause,
    );
  }
  if (!isObject(read)) {
    throw new ConfigError("CONFIG_FILE_UNREADABLE", [
      { where: path, message: "the settings must be a JSON object" },
    ]);
  }
  return read;
}

/** Takes the sections of a file apart into settings; what it does not know is a problem. */
export function takeApart(
  path: string,
  content: Readonly<Record<string, unknown>>,
  known: { sections: Sections; settings: readonly Setting[] },
): ConfigFile {
  const values = new Map<string, unknown>();
  const problems: ConfigProblem[] = [];
  const leaves = new Set(known.settings.map((setting) => setting.path));
  const inner = new Set([
    ...Object.keys(known.sections),
    ...known.settings.flatMap((setting) => ancestors(setting.path)),
  ]);

  const walk = (at: string, value: unknown): void => {
    if (leaves.has(at)) values.set(at, value);
    else if (!inner.has(at))
      problems.push({ where: path, message: unknownSetting(at, [...leaves, ...inner]) });
    else if (!isObject(value))
      problems.push({ where: path, message: `${at} must be an object with settings in it` });
    else for (const [key, child] of Object.entries(value)) walk(`${at}.${key}`, child);
  };
  for (const [key, value] of Object.entries(content)) {
    if (!OWN_KEYS.includes(key)) walk(key, value);
  }
  return { path, values, dataDirectory: content["dataDirectory"], problems };
}

export function unknownSetting(name: string, known: readonly string[]): string {
  const section = name.includes(".") ? name.slice(0, name.lastIndexOf(".") + 1) : "";
  const siblings = known.filter(
    (other) => other.startsWith(section) && !other.slice(section.length).includes("."),
  );
  const meant = nearest(name, siblings) ?? nearest(name, known);
  if (meant !== undefined) return `there is no setting "${name}"; did you mean "${meant}"?`;
  return `there is no setting "${name}"; there are ${siblings.length > 0 ? siblings.join(", ") : [...new Set(known.map((other) => other.split(".")[0]))].join(", ")}`;
}

function ancestors(path: string): string[] {
  const keys = path.split(".");
  return keys.slice(1).map((_, index) => keys.slice(0, index + 1).join("."));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
