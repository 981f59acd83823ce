import { Value } from "typebox/value";
import type { Setting } from "./settings.ts";

export type Reading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/** Checks a value against its setting. The message names the setting and, unless it is secret, the value. */
export function checkValue({ path, schema, isSecret }: Setting, value: unknown): Reading {
  if (Value.Check(schema, value)) return { ok: true, value };
  const shown = isSecret ? "" : `, not ${JSON.stringify(value)}`;
  return { ok: false, message: `${path} ${expectation(schema, value)}${shown}` };
}

/**
 * Reads a setting from a text, as a variable or a flag gives it: the text itself, a number, true or false, a list with commas, or
 * JSON, whichever the schema accepts first.
 */
export function readText(setting: Setting, text: string): Reading {
  for (const candidate of meanings(text)) {
    if (Value.Check(setting.schema, candidate)) return { ok: true, value: candidate };
  }
  const [, meaning = text] = meanings(text);
  return checkValue(setting, typeof meaning === "number" ? meaning : text);
}

function meanings(text: string): unknown[] {
  const trimmed = text.trim();
  const found: unknown[] = [text];
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed)) found.push(Number(trimmed));
  if (/^(true|yes|on|1)$/i.test(trimmed)) found.push(true);
  if (/^(false|no|off|0)$/i.test(trimmed)) found.push(false);
  try {
    found.push(JSON.parse(trimmed) as unknown);
  } catch {
    // No JSON: one of the other meanings, or none.
  }
  const items = trimmed === "" ? [] : trimmed.split(",").map((item) => item.trim());
  found.push(items);
  if (items.every((item) => item !== "" && Number.isFinite(Number(item)))) found.push(items.map(Number));
  return found;
}

function expectation(schema: Setting["schema"], value: unknown): string {
  const { anyOf, enum: listed } = schema as {
    anyOf?: readonly Choice[];
    enum?: readonly unknown[];
  };
  const choices = listed ?? anyOf?.map((choice) => choice.const);
  if (choices !== undefined && choices.every((choice) => choice !== undefined)) {
    return `must be one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`;
  }
  if (anyOf !== undefined) return `must be ${anyOf.map(wordsOf).join(" or ")}`;
  const errors = Value.Errors(schema, value).map(({ instancePath, message }) =>
    `${instancePath} ${message}`.trim(),
  );
  return errors.slice(0, 3).join(" and ");
}

type Choice = {
  readonly const?: unknown;
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
};

function wordsOf({ const: constant, type = "something else", minimum, maximum }: Choice): string {
  if (constant !== undefined) return JSON.stringify(constant);
  const range = minimum === undefined || maximum === undefined ? "" : ` from ${minimum} to ${maximum}`;
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}${range}`;
}
