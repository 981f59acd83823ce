import { Type, type Static } from "typebox";
import { CLASSIFICATION_METHODS } from "./asset.ts";

export const ASSET_SORT_KEYS = [
  "address",
  "name",
  "type",
  "method",
  "confidence",
  "first_seen",
  "last_seen",
  "conversations",
  "bytes_in",
  "bytes_out",
  "clients",
  "servers",
] as const;

/** Query parameters of `GET /assets`. What is given must hold, all of it. */
export const ASSET_LIST_QUERY = Type.Object(
  {
    network: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "Name of a network." })),
    type: Type.Optional(
      Type.Array(Type.String({ pattern: "^[a-z][a-z0-9_]{0,62}$" }), {
        minItems: 1,
        maxItems: 50,
        description: "Any of these types is in force; `unknown` is one.",
      }),
    ),
    method: Type.Optional(
      Type.Array(Type.Enum(CLASSIFICATION_METHODS), { minItems: 1, maxItems: 5, description: "Any of these decided." }),
    ),
    min_confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "0–1, included." })),
    max_confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: "0–1, included." })),
    served_port: Type.Optional(
      Type.String({ format: "served-port", description: "A port it serves: `443`, `443/tcp`, or with a protocol number `443/6`." }),
    ),
    address: Type.Optional(
      Type.String({ format: "address-range", description: "An address or a range: `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`." }),
    ),
    search: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: "^[^\\u0000]*$",
        description: "Occurs in the address as written, the name or the notes; case is ignored.",
      }),
    ),
    locked: Type.Optional(Type.Boolean()),
    confirmed: Type.Optional(Type.Boolean({ description: "A person said so." })),
    last_seen_from: Type.Optional(Type.String({ format: "date-time", description: "Last seen at this time or later." })),
    last_seen_to: Type.Optional(Type.String({ format: "date-time", description: "Last seen at this time or earlier." })),
    sort: Type.Optional(Type.Enum(ASSET_SORT_KEYS, { default: "address" })),
    order: Type.Optional(Type.Enum(["asc", "desc"], { default: "asc" })),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 2000, description: "`next_cursor` of the page before, asked with the same order." })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "Assets on a page." })),
    with_total: Type.Optional(Type.Boolean({ default: false, description: "Also count all assets that pass the filter." })),
  },
  { additionalProperties: false },
);

export type AssetListQuery = Readonly<Static<typeof ASSET_LIST_QUERY>>;
