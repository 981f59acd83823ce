import type { TSchema } from "typebox";

/** What a parameter's text means; `error`: it means nothing, and why, as a clause. */
export type Reading =
  | { readonly value: unknown; readonly error?: never }
  | { readonly value?: never; readonly error: string };

const INTEGER = /^-?\d{1,15}$/;
const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;

/**
 * Reads a parameter as its schema wants it. Lists may be given as several parameters of one name or with commas; what
 * is no text already is left as it is.
 */
export function readParameterText(schema: TSchema, given: unknown): Reading {
  const { type, items } = schema as { readonly type?: unknown; readonly items?: TSchema };
  if (type === "array" && items !== undefined) return readList(items, given);
  if (Array.isArray(given)) return { error: "is given more than once" };
  return readOne(type, given);
}

function readList(items: TSchema, given: unknown): Reading {
  const several: unknown[] = Array.isArray(given) ? given : [given];
  const texts = several.flatMap((one) => (typeof one === "string" ? one.split(",") : [one]));
  const values: unknown[] = [];
  for (const text of texts) {
    const reading = readParameterText(items, text);
    if (reading.error !== undefined) return reading;
    values.push(reading.value);
  }
  return { value: values };
}

function readOne(type: unknown, given: unknown): Reading {
  if (typeof given !== "string") return { value: given };
  switch (type) {
    case "integer":
      return INTEGER.test(given) ? { value: Number(given) } : { error: "must be a whole number" };
    case "number":
      return NUMBER.test(given) ? { value: Number(given) } : { error: "must be a number such as 0.7" };
    case "boolean":
      return given === "true" || given === "false"
        ? { value: given === "true" }
        : { error: "must be true or false" };
    default:
      return { value: given };
  }
}
