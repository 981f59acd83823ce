import { Type, type Static } from "typebox";
import { count, instant, nullable } from "./fields.ts";

export const IMPORT_OUTCOMES = ["imported", "already_imported", "incomplete", "refused"] as const;

const BREAK = Type.Object(
  { offset: count("Bytes of decompressed content up to the end of the last whole record."), reason: Type.String() },
  { additionalProperties: false },
);

/** What became of one file, as `flowlens import --json` prints it and as the task of an upload has it for a result. */
export const IMPORT_REPORT = Type.Object(
  {
    file: Type.String(),
    network: Type.String(),
    outcome: Type.Enum(IMPORT_OUTCOMES, {
      description:
        "`imported`: wholly; `already_imported`: the same content was there, nothing changed; `incomplete`: to its last whole record; `refused`: nothing changed.",
    }),
    import_id: nullable(Type.Integer({ minimum: 1 })),
    format: nullable(Type.String()),
    records: nullable(count("Flow records.")),
    bytes: nullable(count("Of the decompressed content.")),
    incomplete: nullable(BREAK),
    error: Type.Optional(
      Type.Object(
        { code: Type.String(), message: Type.String() },
        { additionalProperties: false, description: "Why it was refused." },
      ),
    ),
  },
  { title: "ImportReport", additionalProperties: false },
);

export type ImportReport = Readonly<Static<typeof IMPORT_REPORT>>;

export const IMPORT_STATES = ["running", "complete", "incomplete", "undoing"] as const;

export const IMPORT_ITEM = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    network: Type.String(),
    file: Type.String(),
    state: Type.Enum(IMPORT_STATES),
    format: nullable(Type.String()),
    sha256: nullable(Type.String({ description: "Of the decompressed content." })),
    records: nullable(count("Flow records.")),
    bytes: nullable(count("Of the decompressed content.")),
    incomplete: nullable(BREAK),
    first_record_at: nullable(instant("By the flows' own time.")),
    last_record_at: nullable(instant("By the flows' own time.")),
    counters: Type.Record(Type.String(), Type.Number()),
    started_at: instant("When reading began."),
    finished_at: nullable(instant("When it was wholly there.")),
  },
  { title: "Import", additionalProperties: false },
);

export const IMPORT_LIST = Type.Object({ imports: Type.Array(IMPORT_ITEM) }, { title: "ImportList", additionalProperties: false });

export type ImportItem = Readonly<Static<typeof IMPORT_ITEM>>;
export type ImportList = Readonly<Static<typeof IMPORT_LIST>>;

/** Query parameters of `GET /imports`. */
export const IMPORT_LIST_QUERY = Type.Object(
  {
    network: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: "Name of a network." })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "Newest first." })),
  },
  { additionalProperties: false },
);

export type ImportListQuery = Readonly<Static<typeof IMPORT_LIST_QUERY>>;

/** Query parameters of `POST /imports`; the body is the file. */
export const IMPORT_QUERY = Type.Object(
  {
    network: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: "^\\S(.*\\S)?$",
        default: "default",
        description: "Name of the network it goes into; made when there is none.",
      }),
    ),
    name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 4096, pattern: "^[^\\u0000-\\u001f]*$", default: "upload", description: "How the import is listed: the file's path." }),
    ),
    strict: Type.Optional(Type.Boolean({ default: false, description: "Refuse a file that breaks off." })),
    as: Type.Optional(
      Type.Enum(["traffic", "export"], { description: "What a capture's packets are; told by looking where not given." }),
    ),
  },
  { additionalProperties: false },
);

export type ImportQuery = Readonly<Static<typeof IMPORT_QUERY>>;

export const IMPORT_STEPS = ["waiting", "examining", "importing", "folding", "describing"] as const;

/** Where a task of type `import_file` stands. */
export const IMPORT_PROGRESS = Type.Object(
  {
    step: Type.Enum(IMPORT_STEPS),
    file_bytes: count("Read so far, of the file as it was sent."),
    of_bytes: count("Size of the file as it was sent."),
    records: count("Flow records so far."),
  },
  { title: "ImportProgress", additionalProperties: false },
);

export type ImportProgressReport = Readonly<Static<typeof IMPORT_PROGRESS>>;
export type ImportStep = ImportProgressReport["step"];
