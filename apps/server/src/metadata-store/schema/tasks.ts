import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { instant, oneOf, TASK_STATUSES } from "./columns.ts";

/** Long work that users can watch. This table is the truth about it; a queue only wakes workers. */
export const backgroundTasks = pgTable(
  "background_tasks",
  {
    id: uuid().primaryKey().defaultRandom(),
    type: text().notNull(),
    name: text().notNull(),
    description: text().notNull().default(""),
    status: text({ enum: TASK_STATUSES }).notNull().default("pending"),
    /** Null: not known yet. */
    totalItems: integer("total_items"),
    processedItems: integer("processed_items").notNull().default(0),
    successfulItems: integer("successful_items").notNull().default(0),
    failedItems: integer("failed_items").notNull().default(0),
    skippedItems: integer("skipped_items").notNull().default(0),
    /** Where it stands within the current item, in the words of its type. */
    progress: jsonb(),
    parameters: jsonb().notNull().default({}),
    result: jsonb(),
    errorMessage: text("error_message"),
    errorDetails: jsonb("error_details"),
    /** A user's name, `schedule`, `command line`. */
    triggeredBy: text("triggered_by").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    startedAt: instant("started_at"),
    updatedAt: instant("updated_at").notNull().defaultNow(),
    finishedAt: instant("finished_at"),
  },
  (table) => [
    index("background_tasks_created").on(table.createdAt, table.id),
    index("background_tasks_open")
      .on(table.type)
      .where(sql`status in ('pending', 'running')`),
    uniqueIndex("background_tasks_one_training")
      .on(table.type)
      .where(sql`type = 'train_ml_model' and status in ('pending', 'running')`),
    check("background_tasks_status", oneOf(table.status, TASK_STATUSES)),
    check(
      "background_tasks_ended",
      sql`(${table.finishedAt} is not null) = (${table.status} in ('completed', 'failed', 'cancelled'))`,
    ),
    check(
      "background_tasks_failure_has_reason",
      sql`${table.status} <> 'failed' or ${table.errorMessage} is not null`,
    ),
    check(
      "background_tasks_counts",
      sql`least(${table.totalItems}, ${table.processedItems}, ${table.successfulItems}, ${table.failedItems}, ${table.skippedItems}) >= 0`,
    ),
  ],
);
