import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "./connection/database.ts";
import { MetadataStoreError } from "./errors.ts";
import type { TASK_STATUSES } from "./schema/columns.ts";
import { backgroundTasks } from "./schema/tasks.ts";

export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Counts of a task's items; `totalItems` null: not known yet. */
export interface TaskCounts {
  readonly totalItems: number | null;
  readonly processedItems: number;
  readonly successfulItems: number;
  readonly failedItems: number;
  readonly skippedItems: number;
}

export interface Task extends TaskCounts {
  /** A UUID. */
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly description: string;
  readonly status: TaskStatus;
  /** JSON in the words of the task's type, as are parameters, result and errorDetails. */
  readonly progress: unknown;
  readonly parameters: unknown;
  readonly result: unknown;
  readonly errorMessage: string | null;
  readonly errorDetails: unknown;
  readonly triggeredBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly updatedAt: Date;
  readonly finishedAt: Date | null;
}

export interface NewTask {
  readonly type: string;
  readonly name: string;
  readonly description?: string;
  readonly parameters?: object;
  readonly totalItems?: number;
  readonly triggeredBy: string;
}

export type TaskProgress = Partial<TaskCounts> & { readonly progress?: object };

export type TaskEnd =
  | { readonly status: "completed"; readonly result?: object }
  | { readonly status: "failed"; readonly errorMessage: string; readonly errorDetails?: object }
  | { readonly status: "cancelled" };

export interface Tasks {
  /** A pending task. @throws METADATA_STORE_CONFLICT for a second training while one is open */
  create(task: NewTask): Promise<Task>;
  /** Marks the task as running, from now on when it was pending, and notes how far it is. @throws METADATA_STORE_TASK_NOT_OPEN when it has ended or is none */
  progress(id: string, progress?: TaskProgress): Promise<Task>;
  /** Ends a pending or running task. @throws METADATA_STORE_TASK_NOT_OPEN when it has ended before or is none */
  finish(id: string, end: TaskEnd): Promise<Task>;
  /** Undefined when there is none of that id, a UUID. */
  find(id: string): Promise<Task | undefined>;
  /** Newest first, 100 unless `limit` says otherwise. */
  list(options?: {
    readonly type?: string;
    readonly status?: TaskStatus;
    readonly limit?: number;
  }): Promise<Task[]>;
}

const OPEN: TaskStatus[] = ["pending", "running"];

export function createTasks(database: () => Database): Tasks {
  const change = (name: string, id: string, set: object) =>
    database().query(name, async (queries) => {
      const [task] = await queries
        .update(backgroundTasks)
        .set({ updatedAt: sql`now()`, ...set })
        .where(and(eq(backgroundTasks.id, id), inArray(backgroundTasks.status, OPEN)))
        .returning();
      if (task !== undefined) return task;
      throw new MetadataStoreError(
        "METADATA_STORE_TASK_NOT_OPEN",
        `Task ${id} is neither pending nor running: it has ended, or was never made.`,
        { context: { task: id } },
      );
    });

  return {
    create: (task) =>
      database().query("create a task", async (queries) => {
        const [created] = await queries.insert(backgroundTasks).values(task).returning();
        return created;
      }),
    progress: (id, progress = {}) =>
      change("note a task's progress", id, {
        ...progress,
        status: "running",
        startedAt: sql`coalesce(${backgroundTasks.startedAt}, now())`,
      }),
    finish: (id, end) => change("finish a task", id, { ...end, finishedAt: sql`now()` }),
    find: (id) =>
      database().query("find a task", async (queries) => {
        const [task] = await queries.select().from(backgroundTasks).where(eq(backgroundTasks.id, id));
        return task;
      }),
    list: ({ type, status, limit = 100 } = {}) =>
      database().query("list tasks", (queries) =>
        queries
          .select()
          .from(backgroundTasks)
          .where(
            and(
              type === undefined ? undefined : eq(backgroundTasks.type, type),
              status === undefined ? undefined : eq(backgroundTasks.status, status),
            ),
          )
          .orderBy(desc(backgroundTasks.createdAt), desc(backgroundTasks.id))
          .limit(limit),
      ),
  };
}
