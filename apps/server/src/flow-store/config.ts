import { Type, type Static } from "typebox";

/** Settings of the flow store, each with its default. Where ClickHouse is comes from the engines, not from here. */
export const FLOW_STORE_CONFIG = Type.Object(
  {
    database: Type.String({
      pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$",
      default: "flowlens",
      description: "Database in ClickHouse; made when there is none.",
    }),
    insertGiveUpAfterMs: Type.Integer({
      minimum: 1_000,
      maximum: 3_600_000,
      default: 60_000,
      description: "An insert is tried again for so long before it fails.",
    }),
    foldRowsPerChunk: Type.Integer({
      minimum: 10_000,
      maximum: 20_000_000,
      default: 2_000_000,
      description: "Raw rows folded at a time, about; memory grows with it by some 250 bytes a row.",
    }),
  },
  { additionalProperties: false },
);

export type FlowStoreConfig = Readonly<Static<typeof FLOW_STORE_CONFIG>>;
