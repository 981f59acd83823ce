import { Type, type Static, type TSchema } from "typebox";

/** The nine core types (spec §1). Customers add others, so a type in an answer is any name. */
export const CORE_ASSET_TYPES = [
  "server",
  "workstation",
  "database",
  "load_balancer",
  "network_device",
  "storage",
  "container",
  "cloud_service",
  "virtual_machine",
] as const;

export const UNKNOWN_ASSET_TYPE = "unknown";

/** Who decided: the model, the heuristics, a person, a rule of the user's, nobody. */
export const CLASSIFICATION_METHODS = ["ml", "heuristic", "manual", "rule", "none"] as const;

export const ClassificationMethod = Type.Enum([...CLASSIFICATION_METHODS], {
  description: "Who decided: the model, the heuristics, a person, a rule of the user's, nobody.",
});

export const AssetTypeName = Type.String({
  pattern: "^[a-z][a-z0-9_]{0,62}$",
  description: `A core type (${CORE_ASSET_TYPES.join(", ")}), unknown, or a type that was added.`,
  examples: ["database"],
});

export const NetworkName = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: "^\\S(.*\\S)?$",
  description: "Name of a network.",
  examples: ["default"],
});

export const Share = Type.Number({ minimum: 0, maximum: 1 });
export const Count = Type.Integer({ minimum: 0 });
export const Moment = Type.String({
  format: "date-time",
  description: "RFC 3339, UTC.",
  examples: ["2026-03-01T12:00:00.000Z"],
});
export const Address = Type.String({
  description: "An IPv4 or IPv6 address, as RFC 5952 writes it.",
  examples: ["10.1.2.3", "2001:db8::1"],
});

/** A type with how sure the answer is. */
export const ScoredType = Type.Object(
  { asset_type: Type.String(), confidence: Share },
  { additionalProperties: false, title: "ScoredType" },
);
export type ScoredType = Static<typeof ScoredType>;

/** A value that may not be there; JSON then says null and never leaves the key out. */
export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** An answer: it has these fields and no others. A schema with a title is a component of the OpenAPI document. */
export function answer<Fields extends Record<string, TSchema>>(title: string, fields: Fields) {
  return Type.Object(fields, { additionalProperties: false, title });
}
