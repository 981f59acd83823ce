import { Task, TaskList, TaskListQuery, TaskPath } from "@flowlens/contract";
import type { MetadataStore, Task as StoredTask } from "#metadata-store";
import { Type } from "typebox";
import { RequestError } from "../errors.ts";
import type { Server } from "../server/server.ts";
import { toTask } from "./task-json.ts";

const NOTHING = Type.Object({}, { additionalProperties: false });

export interface TaskRouteDependencies {
  readonly metadata: Pick<MetadataStore, "tasks">;
  /** Orders a task of this process to stop; false when it is none of them. */
  readonly cancel: (taskId: string) => boolean;
}

export function addTaskRoutes(server: Server, { metadata, cancel }: TaskRouteDependencies): void {
  async function find(id: string): Promise<StoredTask> {
    const task = await metadata.tasks.find(id);
    if (task !== undefined) return task;
    throw new RequestError(
      "TASK_NOT_FOUND",
      `There is no task ${id}. GET /api/v1/tasks lists those there are.`,
    );
  }

  server.get(
    "/tasks",
    {
      config: { access: "open", example: "?status=running" },
      schema: {
        operationId: "listTasks",
        summary: "Work in the background, newest first",
        tags: ["tasks"],
        querystring: TaskListQuery,
        response: { 200: TaskList },
      },
    },
    async (request) => ({ tasks: (await metadata.tasks.list(request.query)).map(toTask) }),
  );
  server.get(
    "/tasks/:id",
    {
      config: { access: "open", problems: ["TASK_NOT_FOUND"], example: "" },
      schema: {
        operationId: "getTask",
        summary: "How far a task is, and what came of it",
        tags: ["tasks"],
        params: TaskPath,
        querystring: NOTHING,
        response: { 200: Task },
      },
    },
    async (request) => toTask(await find(request.params.id)),
  );
  server.post(
    "/tasks/:id/cancel",
    {
      config: { access: "admin", problems: ["TASK_NOT_FOUND", "TASK_ENDED"], example: "" },
      schema: {
        operationId: "cancelTask",
        summary: "Stop a task; what it did is undone",
        tags: ["tasks"],
        params: TaskPath,
        querystring: NOTHING,
        response: { 202: Task },
      },
    },
    async (request, reply) => {
      const task = await find(request.params.id);
      if (task.finishedAt !== null) {
        throw new RequestError("TASK_ENDED", `Task ${task.id} has ended: it is ${task.status}.`);
      }
      if (!cancel(task.id)) await metadata.tasks.finish(task.id, { status: "cancelled" });
      return reply.code(202).send(toTask(await find(task.id)));
    },
  );
}
