import { Value } from "typebox/value";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { unknownSetting } from "./config-file.ts";
import { findPlace, type ConfigSources, type Origin } from "./config-place.ts";
import { readEnvironment } from "./environment.ts";
import { checkValue, readText, type Reading } from "./setting-value.ts";
import { listSettings, type ConfigOf, type Sections, type Setting } from "./settings.ts";

/** One setting as it is now, for people; the value of a secret is not in it. */
export type SettingInForce = {
  readonly path: string;
  readonly variable: string;
  readonly description: string;
  readonly origin: Origin;
  /** `"[hidden]"` for a secret that is set, undefined for what is not set. */
  readonly value: unknown;
};

export type Config<S extends Sections> = {
  /** Absolute. */
  readonly dataDirectory: string;
  readonly dataDirectoryOrigin: Origin;
  /** Frozen to its depths. */
  readonly values: ConfigOf<S>;
  readonly settings: readonly SettingInForce[];
};

type Given = { readonly value: unknown; readonly origin: Origin };

/**
 * Defaults, overridden by the settings file, by the environment, by flags, in this order.
 * @throws ConfigError that names every wrong, unknown or missing setting and where it was given
 */
export function loadConfig<const S extends Sections>(sections: S, sources: ConfigSources): Config<S> {
  const settings = listSettings(sections);
  const place = findPlace(sections, settings, sources);
  const problems: ConfigProblem[] = [...place.problems];
  const given = new Map<string, Given>();
  const wrong = new Set<string>();

  function take(
    setting: Setting,
    reading: Reading,
    { where, origin }: { where: string; origin: Origin },
  ): void {
    if (reading.ok) given.set(setting.path, { value: reading.value, origin });
    else {
      wrong.add(setting.path);
      problems.push({ where, message: reading.message });
    }
  }

  const environment = readEnvironment(sources.environment, settings);
  problems.push(...environment.problems);
  const flags = new Map(Object.entries(sources.flags ?? {}).filter(([, value]) => value !== undefined));
  for (const setting of settings) {
    const { path, defaultValue } = setting;
    if (defaultValue !== undefined)
      given.set(path, { value: structuredClone(defaultValue), origin: { kind: "default" } });
    for (const file of place.files) {
      if (!file.values.has(path)) continue;
      take(setting, checkValue(setting, file.values.get(path)), {
        where: file.path,
        origin: { kind: "file", name: file.path },
      });
    }
    const variable = environment.given.get(path);
    if (variable !== undefined) {
      const name = variable.variable;
      take(setting, readText(setting, variable.text), { where: name, origin: { kind: "environment", name } });
    }
    if (flags.has(path)) {
      const value = flags.get(path);
      const reading = typeof value === "string" ? readText(setting, value) : checkValue(setting, value);
      take(setting, reading, { where: "command line", origin: { kind: "flag", name: path } });
    }
    if (!given.has(path) && !wrong.has(path) && !setting.isOptional)
      problems.push({ where: "settings", message: `${path} must be given (${setting.variable})` });
  }
  const paths = settings.map(({ path }) => path);
  for (const name of flags.keys()) {
    if (!paths.includes(name)) problems.push({ where: "command line", message: unknownSetting(name, paths) });
  }
  const values = assemble(sections, given);
  if (problems.length === 0) problems.push(...checkSections(sections, values));
  if (problems.length > 0) throw new ConfigError("CONFIG_INVALID", problems);
  return {
    dataDirectory: place.dataDirectory,
    dataDirectoryOrigin: place.origin,
    values: deepFreeze(values) as ConfigOf<S>,
    settings: Object.freeze(settings.map((setting) => inForce(setting, given.get(setting.path)))),
  };
}

type Tree = { [key: string]: unknown };

function assemble(sections: Sections, given: ReadonlyMap<string, Given>): Tree {
  const root: Tree = {};
  for (const key of Object.keys(sections)) root[key] = {};
  for (const [path, { value }] of given) {
    const keys = path.split(".");
    const last = keys.pop() as string;
    let at = root;
    for (const key of keys) at = (at[key] ??= {}) as Tree;
    at[last] = value;
  }
  return root;
}

// Each value has been checked alone; a schema may also say how they must fit together.
function checkSections(sections: Sections, values: Tree): ConfigProblem[] {
  return Object.entries(sections).flatMap(([key, schema]) =>
    Value.Errors(schema, values[key]).map(({ instancePath, message }) => ({
      where: "settings",
      message: `${key}${instancePath.replaceAll("/", ".")} ${message}`,
    })),
  );
}

function inForce(
  { path, variable, description, isSecret }: Setting,
  given: Given | undefined,
): SettingInForce {
  const value = given === undefined || !isSecret ? given?.value : "[hidden]";
  return Object.freeze({ path, variable, description, value, origin: given?.origin ?? { kind: "default" } });
}

function deepFreeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const child of Object.values(value)) deepFreeze(child);
  return Object.freeze(value);
}
