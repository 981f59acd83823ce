import { Type, type Static } from "typebox";
import { answer, Count, Moment, nullable } from "./values.ts";

const TASK_STATUSES = ["pending", "running", "completed", "failed", "cancelled"] as const;

const Uuid = Type.String({ format: "uuid", pattern: "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$" });

/** Long work in the background. `progress`, `parameters`, `result` and `error_details` are in the words of its type. */
export const Task = answer("Task", {
  id: Uuid,
  type: Type.String({ description: "import_file: progress is an ImportProgress, result an ImportReport." }),
  name: Type.String(),
  description: Type.String(),
  status: Type.Enum(TASK_STATUSES),
  total_items: nullable(Count),
  processed_items: Count,
  successful_items: Count,
  failed_items: Count,
  skipped_items: Count,
  progress: Type.Unknown(),
  parameters: Type.Unknown(),
  result: Type.Unknown({ description: "Null until it is completed." }),
  error_message: nullable(Type.String()),
  error_details: Type.Unknown(),
  triggered_by: Type.String(),
  created_at: Moment,
  started_at: nullable(Moment),
  updated_at: Moment,
  finished_at: nullable(Moment),
});
export type Task = Static<typeof Task>;

export const TaskList = answer("TaskList", { tasks: Type.Array(Task) });
export type TaskList = Static<typeof TaskList>;

export const TaskListQuery = Type.Object(
  {
    type: Type.Optional(Type.String({ pattern: "^[a-z][a-z0-9_]{0,62}$", examples: ["import_file"] })),
    status: Type.Optional(Type.Enum(TASK_STATUSES)),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000, default: 100, description: "Newest first." }),
    ),
  },
  { additionalProperties: false },
);
export type TaskListQuery = Static<typeof TaskListQuery>;

export const TaskPath = Type.Object({ id: Uuid }, { additionalProperties: false });

/** What goes on in the background: `GET /tasks/{task_id}` tells how it fares. */
export const TaskAccepted = answer("TaskAccepted", { task_id: Uuid });
export type TaskAccepted = Static<typeof TaskAccepted>;
