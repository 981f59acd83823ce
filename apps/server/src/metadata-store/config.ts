import { Type, type Static } from "typebox";

/** Settings of the metadata store, each with its default. Where PostgreSQL is comes from the engines, not from here. */
export const METADATA_STORE_CONFIG = Type.Object(
  {
    connections: Type.Integer({
      minimum: 2,
      maximum: 200,
      default: 8,
      description: "Connections to PostgreSQL, at most, besides the one that marks this process as alive.",
    }),
    statementTimeoutMs: Type.Integer({
      minimum: 1_000,
      maximum: 600_000,
      default: 60_000,
      description: "A statement that runs for so long is cancelled.",
    }),
    connectTimeoutMs: Type.Integer({
      minimum: 100,
      maximum: 60_000,
      default: 5_000,
      description: "How long a query waits for a connection.",
    }),
    startTimeoutMs: Type.Integer({
      minimum: 0,
      maximum: 600_000,
      default: 30_000,
      description: "How long the start goes on trying while PostgreSQL does not answer.",
    }),
  },
  { additionalProperties: false },
);

export type MetadataStoreConfig = Readonly<Static<typeof METADATA_STORE_CONFIG>>;
