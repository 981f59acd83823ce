import type { Static, TObject, TSchema } from "typebox";

/** What rooms declare: an object schema a section, each setting with its default and description. */
export type Sections = Readonly<Record<string, TObject>>;

export type ConfigOf<S extends Sections> = { readonly [Key in keyof S]: Readonly<Static<S[Key]>> };

/**
 * What a schema may say beside JSON Schema. `env`: the variable, when it is not FLOWLENS_ and the path in capitals.
 * `secret`: never shown, and may be read from the file that the variable with _FILE behind its name points to.
 */
type Annotations = {
  readonly default?: unknown;
  readonly description?: string;
  readonly env?: string;
  readonly secret?: boolean;
};

export type Setting = {
  /** Like `engines.clickhouseUrl`. */
  readonly path: string;
  readonly schema: TSchema;
  /** Name of its environment variable. */
  readonly variable: string;
  readonly description: string;
  readonly isSecret: boolean;
  /** May be left out although it has no default. */
  readonly isOptional: boolean;
  readonly defaultValue: unknown;
};

function isObjectSchema(schema: TSchema): schema is TObject {
  return "properties" in schema;
}

function constantCase(path: string): string {
  return path
    .replaceAll(".", "_")
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toUpperCase();
}

/**
 * All settings of the sections, objects within them taken apart.
 * @throws Error when two would share a variable: a mistake of ours, not of the user's
 */
export function listSettings(sections: Sections): Setting[] {
  const settings: Setting[] = [];
  const walk = (path: string, schema: TSchema, isOptional: boolean): void => {
    if (isObjectSchema(schema)) {
      const required = new Set(schema.required ?? []);
      for (const [key, property] of Object.entries<TSchema>(schema.properties))
        walk(`${path}.${key}`, property, isOptional || !required.has(key));
      return;
    }
    const { default: defaultValue, description = "", env, secret = false } = schema as Annotations;
    const variable = env ?? `FLOWLENS_${constantCase(path)}`;
    settings.push({ path, schema, variable, description, isSecret: secret, isOptional, defaultValue });
  };
  for (const [key, schema] of Object.entries(sections)) walk(key, schema, false);
  const variables = new Map<string, string>();
  for (const { path, variable } of settings) {
    const other = variables.get(variable);
    if (other !== undefined)
      throw new Error(`the settings ${other} and ${path} share the variable ${variable}`);
    variables.set(variable, path);
  }
  return settings;
}
