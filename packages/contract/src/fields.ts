import { Type, type TSchema } from "typebox";

/** A value that may be absent; JSON says null, never leaves the key out. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** RFC 3339 in UTC, to the millisecond. */
export function instant(description: string) {
  return Type.String({ format: "date-time", description });
}

/** 0–1. */
export function share(description: string) {
  return Type.Number({ minimum: 0, maximum: 1, description });
}

export function count(description: string) {
  return Type.Integer({ minimum: 0, description });
}
