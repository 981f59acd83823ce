import { bigint, check, doublePrecision, index, integer, json, pgTable, text } from "drizzle-orm/pg-core";
import { assets } from "./assets.ts";
import { CLASSIFICATION_METHODS, featureVector, instant, isShare, oneOf } from "./columns.ts";
import type { Reason } from "./reason.ts";
import { assetTypes } from "./types.ts";
import { users } from "./users.ts";

/** Every change of the type in force, with what it rested on. Only added to. */
export const classificationHistory = pgTable(
  "classification_history",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    assetId: bigint("asset_id", { mode: "number" })
      .notNull()
      .references(() => assets.id, { onDelete: "cascade" }),
    at: instant("at").notNull().defaultNow(),
    fromType: text("from_type").notNull(),
    toType: text("to_type").notNull(),
    method: text({ enum: CLASSIFICATION_METHODS }).notNull(),
    confidence: doublePrecision().notNull(),
    modelVersion: text("model_version"),
    featureVersion: text("feature_version"),
    /** Null: a person decided before the host had traffic. */
    vector: featureVector("vector"),
    counts: json().$type<object>(),
    reasons: json().$type<readonly Reason[]>().notNull(),
    /** Null: the engine, or a user who is gone. */
    changedBy: integer("changed_by").references(() => users.id, { onDelete: "set null" }),
  },
  (table) => [
    index("classification_history_asset").on(table.assetId, table.id),
    index("classification_history_changed_by").on(table.changedBy),
    check("classification_history_method", oneOf(table.method, CLASSIFICATION_METHODS)),
    check("classification_history_confidence", isShare(table.confidence)),
  ],
);

/** What people confirmed: the samples that training learns from. */
export const labels = pgTable(
  "labels",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    assetId: bigint("asset_id", { mode: "number" })
      .notNull()
      .references(() => assets.id, { onDelete: "cascade" }),
    assetType: text("asset_type")
      .notNull()
      .references(() => assetTypes.name, { onUpdate: "cascade" }),
    at: instant("at").notNull().defaultNow(),
    confirmedBy: integer("confirmed_by").references(() => users.id, { onDelete: "set null" }),
    /** As the person was called then; stays when the user is removed. */
    confirmedByName: text("confirmed_by_name").notNull(),
    /** What the engine had said. */
    engineType: text("engine_type"),
    modelVersion: text("model_version"),
    /** As they stood when it was confirmed; null until the host has traffic, then its first vector. */
    vector: featureVector("vector"),
    featureVersion: text("feature_version"),
    counts: json().$type<object>(),
    periodFrom: instant("period_from"),
    periodTo: instant("period_to"),
    /** A later label of the same asset, or its unlocking, ends this one. */
    endedAt: instant("ended_at"),
  },
  (table) => [
    index("labels_asset").on(table.assetId, table.id),
    index("labels_asset_type").on(table.assetType),
    index("labels_confirmed_by").on(table.confirmedBy),
  ],
);
