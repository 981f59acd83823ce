import type { Task } from "@flowlens/contract";
import type { Task as StoredTask } from "#metadata-store";
import { toMoment } from "../assets/asset-json.ts";

export function toTask(task: StoredTask): Task {
  return {
    id: task.id,
    type: task.type,
    name: task.name,
    description: task.description,
    status: task.status,
    total_items: task.totalItems,
    processed_items: task.processedItems,
    successful_items: task.successfulItems,
    failed_items: task.failedItems,
    skipped_items: task.skippedItems,
    progress: task.progress ?? null,
    parameters: task.parameters ?? null,
    result: task.result ?? null,
    error_message: task.errorMessage,
    error_details: task.errorDetails ?? null,
    triggered_by: task.triggeredBy,
    created_at: task.createdAt.toISOString(),
    started_at: toMoment(task.startedAt),
    updated_at: task.updatedAt.toISOString(),
    finished_at: toMoment(task.finishedAt),
  };
}
