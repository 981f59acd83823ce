import type { FieldError } from "@flowlens/contract";
import { nearest } from "#config";
import type { Static, TObject, TSchema } from "typebox";
import { Value } from "typebox/value";
import { RequestError } from "../errors.ts";
import { readParameterText } from "./parameter-text.ts";

/** Parameters as they come in: texts, lists of texts; values already read are taken too, absent ones left out. */
export type GivenParameters = Readonly<Record<string, unknown>>;

/**
 * The parameters that the schema describes, of what was given. Defaults are not filled in.
 * @throws RequestError PARAMETER_UNKNOWN, PARAMETER_INVALID; it names every parameter at fault
 */
export function readParameters<Schema extends TObject>(
  schema: Schema,
  given: GivenParameters,
  place: FieldError["in"] = "query",
): Static<Schema> {
  const properties = schema.properties as Readonly<Record<string, TSchema>>;
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  const unknown = present
    .map(([name]) => name)
    .filter((name) => !Object.hasOwn(properties, name))
    .map((name) => ({ in: place, field: name, message: unknownParameter(name, Object.keys(properties)) }));
  if (unknown.length > 0) throw parameterError("PARAMETER_UNKNOWN", unknown);

  const values: Record<string, unknown> = {};
  const invalid: FieldError[] = [];
  for (const [name, value] of present) {
    // A body says itself what is a number and what is a text.
    const reading = place === "body" ? { value } : readParameterText(properties[name], value);
    const complaint =
      ("error" in reading ? reading.error : undefined) ?? complaintAbout(properties[name], reading.value);
    if (complaint === undefined) values[name] = reading.value;
    else invalid.push({ in: place, field: name, message: `${complaint}, not ${shown(value)}` });
  }
  for (const name of schema.required ?? []) {
    if (!present.some(([given_]) => given_ === name)) {
      invalid.push({ in: place, field: name, message: "must be given" });
    }
  }
  if (invalid.length > 0) throw parameterError("PARAMETER_INVALID", invalid);
  const { minProperties = 0 } = schema as { readonly minProperties?: number };
  if (present.length < minProperties) {
    throw new RequestError(
      "PARAMETER_INVALID",
      `Nothing is said that could be done. There are ${Object.keys(properties).join(", ")}.`,
    );
  }
  return values as Static<Schema>;
}

/** A parameter that cannot be used although it has the right form. */
export function invalidParameter(
  field: string,
  message: string,
  place: FieldError["in"] = "query",
): RequestError {
  return parameterError("PARAMETER_INVALID", [{ in: place, field, message }]);
}

function parameterError(
  code: "PARAMETER_UNKNOWN" | "PARAMETER_INVALID",
  fields: readonly FieldError[],
): RequestError {
  const sentences = fields.map(({ field, message }) =>
    code === "PARAMETER_UNKNOWN" ? message : `${shortened(field)} ${message}.`,
  );
  return new RequestError(code, sentences.join(" "), { fields });
}

function unknownParameter(name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  const listed = known.length === 0 ? "There are none here." : `There are ${known.join(", ")}.`;
  return `There is no parameter ${shown(name)}${guess === undefined ? "" : `; did you mean ${guess}?`}${guess === undefined ? `. ${listed}` : ""}`;
}

/** Why the value does not fit, as a clause; undefined when it does. */
function complaintAbout(schema: TSchema, value: unknown): string | undefined {
  const [error] = Value.Errors(schema, value);
  if (error === undefined) return undefined;
  const { anyOf } = schema as { readonly anyOf?: readonly TSchema[] };
  if (anyOf !== undefined) return `${complaintAbout(anyOf[0], value) ?? "must be of another form"}, or null`;
  const { items } = schema as { readonly items?: TSchema };
  const inner = error.instancePath === "" || items === undefined ? schema : items;
  switch (error.keyword) {
    case "enum":
      return `must be ${oneOf(error.params.allowedValues)}`;
    case "minimum":
    case "maximum":
      return `must be ${range(inner)}`;
    case "minLength":
      return "must not be empty";
    case "maxLength":
      return `must have at most ${error.params.limit} characters`;
    case "maxItems":
      return `must have at most ${error.params.limit} values`;
    case "format":
      return error.params.format === "date-time"
        ? "must be a time such as 2026-03-01T12:00:00Z"
        : `must be a ${error.params.format}`;
    case "pattern":
      return `must be ${example(inner)}`;
    default:
      return error.message;
  }
}

function range(schema: TSchema): string {
  const { minimum, maximum } = schema as { readonly minimum?: number; readonly maximum?: number };
  if (maximum === undefined) return `at least ${minimum}`;
  return minimum === undefined ? `at most ${maximum}` : `${minimum} to ${maximum}`;
}

function example(schema: TSchema): string {
  const { examples, description } = schema as {
    readonly examples?: readonly string[];
    readonly description?: string;
  };
  if (examples !== undefined && examples.length > 0) return `like ${examples.join(" or ")}`;
  return description === undefined
    ? "of another form"
    : `of another form (${description.replace(/\.$/, "")})`;
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}`;
}

const SHOWN_CHARACTERS = 60;

function shown(value: unknown): string {
  return JSON.stringify(
    typeof value === "string"
      ? shortened(value)
      : [value]
          .flat()
          .map((one) => shortened(String(one)))
          .join(", "),
  );
}

function shortened(text: string): string {
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
