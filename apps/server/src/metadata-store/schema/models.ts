import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { digest, instant, MODEL_ALGORITHMS, MODEL_KINDS, oneOf } from "./columns.ts";
import { users } from "./users.ts";

/** Models that can be active: the one that came with the product, and those trained here. */
export const mlModelRegistry = pgTable(
  "ml_model_registry",
  {
    version: text().primaryKey(),
    kind: text({ enum: MODEL_KINDS }).notNull(),
    algorithm: text({ enum: MODEL_ALGORITHMS }).notNull(),
    featureVersion: text("feature_version").notNull(),
    classes: text().array().notNull(),
    isActive: boolean("is_active").notNull().default(false),
    metrics: jsonb().notNull(),
    confusionMatrix: jsonb("confusion_matrix").notNull(),
    importances: jsonb().notNull(),
    calibration: jsonb().notNull(),
    /** Of the data it was trained on, with the assets in it, so that a later comparison can leave them out. */
    fingerprint: jsonb().notNull(),
    seed: bigint({ mode: "number" }).notNull(),
    notes: text().notNull().default(""),
    /** The model file, and its digest: a file that does not match is refused. */
    artefact: digest("artefact"),
    artefactSha256: digest("artefact_sha256").notNull(),
    trainedAt: instant("trained_at").notNull(),
    trainedBy: integer("trained_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex("ml_model_registry_one_active")
      .on(table.isActive)
      .where(sql`is_active`),
    index("ml_model_registry_trained_by").on(table.trainedBy),
    check("ml_model_registry_kind", oneOf(table.kind, MODEL_KINDS)),
    check("ml_model_registry_algorithm", oneOf(table.algorithm, MODEL_ALGORITHMS)),
    check("ml_model_registry_digest_length", sql`octet_length(${table.artefactSha256}) = 32`),
    // The shipped model's file lies in the product; a custom one has no other home.
    check("ml_model_registry_artefact", sql`(${table.kind} = 'custom') = (${table.artefact} is not null)`),
  ],
);

/** What was live, from when to when, by whom. The open row is the active model. */
export const modelActivations = pgTable(
  "model_activations",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    version: text()
      .notNull()
      .references(() => mlModelRegistry.version),
    activatedAt: instant("activated_at").notNull().defaultNow(),
    endedAt: instant("ended_at"),
    activatedBy: integer("activated_by").references(() => users.id, { onDelete: "set null" }),
    /** As the person, or the task, was called then. */
    activatedByName: text("activated_by_name").notNull(),
  },
  (table) => [
    index("model_activations_version").on(table.version),
    index("model_activations_activated_by").on(table.activatedBy),
    uniqueIndex("model_activations_one_open")
      .on(sql`(${table.endedAt} is null)`)
      .where(sql`ended_at is null`),
    check("model_activations_order", sql`${table.endedAt} >= ${table.activatedAt}`),
  ],
);
