import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { readConfigFile, takeApart } from "./config-file.ts";
import type { ConfigProblem } from "./config-error.ts";
import { defaultDataDirectory, type Surroundings } from "./default-data-directory.ts";
import type { Environment } from "./environment.ts";
import type { Sections, Setting } from "./settings.ts";

/** Where a value comes from. `name` is the file's path, the variable's or the flag's name. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "file" | "environment" | "flag"; readonly name: string };

export type ConfigSources = {
  readonly environment: Environment;
  /** From --data. */
  readonly dataDirectory?: string | undefined;
  /** From --config. The file must then be there. */
  readonly configPath?: string | undefined;
  /** From other flags, by the path of the setting; a text is read like a variable's. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** By default those of this process. */
  readonly surroundings?: Partial<Omit<Surroundings, "environment">>;
};

export const CONFIG_FILE_NAME = "flowlens.json";

export type Place = {
  dataDirectory: string;
  origin: Origin;
  files: ReturnType<typeof takeApart>[];
  problems: ConfigProblem[];
};

/**
 * Finds the data directory and the settings file. Each may name the other: a file that was named may say where the data are; else the
 * file is looked for in the data directory.
 * @throws ConfigError CONFIG_FILE_UNREADABLE
 */
export function findPlace(sections: Sections, settings: readonly Setting[], sources: ConfigSources): Place {
  const { environment } = sources;
  const problems: ConfigProblem[] = [];
  const configPath = sources.configPath ?? (environment["FLOWLENS_CONFIG"] || undefined);
  const named =
    configPath === undefined
      ? null
      : takeApart(resolve(configPath), readConfigFile(resolve(configPath), true) ?? {}, {
          sections,
          settings,
        });
  let chosen: { path: string; origin: Origin };
  if (sources.dataDirectory !== undefined)
    chosen = { path: sources.dataDirectory, origin: { kind: "flag", name: "data" } };
  else if (environment["FLOWLENS_DATA"])
    chosen = { path: environment["FLOWLENS_DATA"], origin: { kind: "environment", name: "FLOWLENS_DATA" } };
  else if (typeof named?.dataDirectory === "string") {
    chosen = {
      path: resolve(dirname(named.path), named.dataDirectory),
      origin: { kind: "file", name: named.path },
    };
  } else {
    const path = defaultDataDirectory({
      environment,
      homeDirectory: homedir(),
      platform: process.platform,
      isRoot: process.getuid?.() === 0,
      ...sources.surroundings,
    });
    chosen = { path, origin: { kind: "default" } };
  }
  const dataDirectory = resolve(chosen.path);
  if (named !== null) {
    if (named.dataDirectory !== undefined && typeof named.dataDirectory !== "string") {
      problems.push({ where: named.path, message: "dataDirectory must be a text" });
    }
    return {
      dataDirectory,
      origin: chosen.origin,
      files: [named],
      problems: [...problems, ...named.problems],
    };
  }
  const path = join(dataDirectory, CONFIG_FILE_NAME);
  const content = readConfigFile(path, false);
  if (content === null) return { dataDirectory, origin: chosen.origin, files: [], problems };
  const found = takeApart(path, content, { sections, settings });
  if (found.dataDirectory !== undefined) {
    problems.push({
      where: path,
      message:
        "dataDirectory can only be given in a file that --config names, not in the data directory itself",
    });
  }
  return { dataDirectory, origin: chosen.origin, files: [found], problems: [...problems, ...found.problems] };
}
