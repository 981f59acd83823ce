import { Type, type Static } from "typebox";
import { answer, Count, Moment, NetworkName, nullable } from "./values.ts";

/** Where and why a file broke off: bytes of decompressed content up to the end of its last whole record. */
const BREAK = Type.Object({ offset: Count, reason: Type.String() }, { additionalProperties: false });

export const IMPORT_OUTCOMES = ["imported", "already_imported", "incomplete", "refused"] as const;

/** What became of one file, as `flowlens import --json` prints it and as the task of an upload has it for a result. */
export const ImportReport = answer("ImportReport", {
  file: Type.String(),
  network: Type.String(),
  outcome: Type.Enum(IMPORT_OUTCOMES, {
    description:
      "imported: wholly. already_imported: the same content was there, nothing changed. incomplete: to its last whole record. refused: nothing changed.",
  }),
  import_id: nullable(Type.Integer({ minimum: 1 })),
  format: nullable(Type.String()),
  records: nullable(Count),
  bytes: nullable(Type.Integer({ minimum: 0, description: "Of the decompressed content." })),
  incomplete: nullable(BREAK),
  error: Type.Optional(
    Type.Object(
      { code: Type.String(), message: Type.String() },
      { additionalProperties: false, description: "Why it was refused." },
    ),
  ),
});
export type ImportReport = Static<typeof ImportReport>;

/** A file that was taken in, or is being taken in. */
export const Import = answer("Import", {
  id: Type.Integer({ minimum: 1 }),
  network: Type.String(),
  file: Type.String(),
  state: Type.Enum(["running", "complete", "incomplete", "undoing"]),
  format: nullable(Type.String()),
  sha256: nullable(Type.String({ description: "Of the decompressed content." })),
  records: nullable(Count),
  bytes: nullable(Type.Integer({ minimum: 0, description: "Of the decompressed content." })),
  incomplete: nullable(BREAK),
  first_record_at: nullable(Moment),
  last_record_at: nullable(Moment),
  counters: Type.Record(Type.String(), Type.Number()),
  started_at: Moment,
  finished_at: nullable(Moment),
});
export type Import = Static<typeof Import>;

export const ImportList = answer("ImportList", { imports: Type.Array(Import) });
export type ImportList = Static<typeof ImportList>;

export const ImportListQuery = Type.Object(
  {
    network: Type.Optional(NetworkName),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: "Newest first." }),
    ),
  },
  { additionalProperties: false },
);
export type ImportListQuery = Static<typeof ImportListQuery>;

/** What an upload says beside its body, which is the file. */
export const ImportQuery = Type.Object(
  {
    network: Type.Optional({ ...NetworkName, default: "default", description: "Made when there is none." }),
    name: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 4_096,
        pattern: "^\\P{Cc}*$",
        default: "upload",
        description: "How the import is listed: the path that the file has where it comes from.",
      }),
    ),
    strict: Type.Optional(Type.Boolean({ default: false, description: "Refuse a file that breaks off." })),
    as: Type.Optional(
      Type.Enum(["traffic", "export"], {
        description: "What the packets of a capture are; told by looking where not given.",
      }),
    ),
  },
  { additionalProperties: false },
);
export type ImportQuery = Static<typeof ImportQuery>;

export const IMPORT_STEPS = ["waiting", "examining", "importing", "folding", "describing"] as const;
export type ImportStep = (typeof IMPORT_STEPS)[number];

/** Where a task of type `import_file` stands. Bytes are of the file as it was sent. */
export const ImportProgress = answer("ImportProgress", {
  step: Type.Enum(IMPORT_STEPS),
  file_bytes: Type.Integer({ minimum: 0, description: "Read so far." }),
  of_bytes: Count,
  records: Type.Integer({ minimum: 0, description: "Flow records so far." }),
});
export type ImportProgress = Static<typeof ImportProgress>;
