import { Type, type Static } from "typebox";
import { count, instant, nullable } from "./fields.ts";

export const TASK_STATUSES = ["pending", "running", "completed", "failed", "cancelled"] as const;

/** Long work that goes on in the background. `progress`, `result` and `error_details` are in the words of its type. */
export const TASK = Type.Object(
  {
    id: Type.String({ format: "uuid" }),
    type: Type.String({ description: "`import_file`: progress is an ImportProgress, result an ImportReport." }),
    name: Type.String(),
    description: Type.String(),
    status: Type.Enum(TASK_STATUSES),
    total_items: nullable(count("Null: not known yet.")),
    processed_items: count("Done so far."),
    successful_items: count("Of those, done well."),
    failed_items: count("Of those, failed."),
    skipped_items: count("Of those, left out."),
    progress: Type.Unknown({ description: "Where it stands within the current item." }),
    parameters: Type.Unknown(),
    result: Type.Unknown({ description: "Null until it is completed." }),
    error_message: nullable(Type.String()),
    error_details: Type.Unknown(),
    triggered_by: Type.String(),
    created_at: instant("When it was asked for."),
    started_at: nullable(instant("When work began.")),
    updated_at: instant("When it last said something."),
    finished_at: nullable(instant("When it ended.")),
  },
  { title: "Task", additionalProperties: false },
);

export type TaskItem = Readonly<Static<typeof TASK>>;

export const TASK_LIST = Type.Object({ tasks: Type.Array(TASK) }, { title: "TaskList", additionalProperties: false });

export type TaskList = Readonly<Static<typeof TASK_LIST>>;

/** Query parameters of `GET /tasks`. */
export const TASK_LIST_QUERY = Type.Object(
  {
    type: Type.Optional(Type.String({ pattern: "^[a-z][a-z0-9_]{0,62}$" })),
    status: Type.Optional(Type.Enum(TASK_STATUSES)),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: "Newest first." })),
  },
  { additionalProperties: false },
);

export type TaskListQuery = Readonly<Static<typeof TASK_LIST_QUERY>>;

/** Answer of what goes on in the background: ask `GET /tasks/{task_id}` how it fares. */
export const TASK_ACCEPTED = Type.Object({ task_id: Type.String({ format: "uuid" }) }, { title: "TaskAccepted", additionalProperties: false });

export type TaskAccepted = Readonly<Static<typeof TASK_ACCEPTED>>;
