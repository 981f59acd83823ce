import { setTimeout as sleep } from "node:timers/promises";
import { ImportProgress, ImportReport, Task } from "@flowlens/contract";
import { toRefusalReport } from "#api";
import { Value } from "typebox/value";
import type { RemoteCalls } from "./remote-calls.ts";
import type { RemoteImportOptions } from "./remote-client.ts";
import { RemoteError } from "./remote-error.ts";
import { uploadFile } from "./upload-file.ts";

const ASK_EVERY_MS = 200;
/** So many questions in a row may go without an answer before the import counts as lost. */
const MISSES = 5;
const MISS_PAUSE_MS = 1_000;

/** Sends the file, then waits for the task that takes it in. */
export async function importRemotely(
  calls: RemoteCalls,
  path: string,
  options: RemoteImportOptions,
): Promise<ImportReport> {
  const { network = "default", name = path, strict, content } = options;
  try {
    const { taskId } = await uploadFile(calls, path, {
      query: { network, name, strict, as: content },
      signal: options.signal,
      onBytes: (sent, ofBytes) =>
        options.onProgress?.({ step: "uploading", fileBytes: sent, ofBytes, records: 0 }),
    });
    return reportOf(await follow(calls, taskId, options), name);
  } catch (error) {
    const refusal = toRefusalReport(error, { file: name, network });
    if (refusal === undefined) throw error;
    return refusal;
  }
}

function reportOf(task: Task, name: string): ImportReport {
  if (Value.Check(ImportReport, task.result)) return task.result;
  if (task.status === "cancelled") {
    throw new RemoteError("IMPORT_CANCELLED", `${name}: the import was stopped and undone.`);
  }
  const { report } = (task.error_details ?? {}) as { readonly report?: unknown };
  if (Value.Check(ImportReport, report)) return report;
  throw new RemoteError("REMOTE_IMPORT_FAILED", `${name}: ${task.error_message ?? "the import failed."}`);
}

/** The task when it has ended. An abort of the signal has it cancelled. */
async function follow(
  calls: RemoteCalls,
  taskId: string,
  { signal, onProgress }: RemoteImportOptions,
): Promise<Task> {
  const path = `/api/v1/tasks/${taskId}`;
  let misses = 0;
  let isCancelled = false;
  for (;;) {
    if (signal?.aborted === true && !isCancelled) {
      isCancelled = true;
      await calls.post(Task, `${path}/cancel`).catch(ignoreEnded);
    }
    try {
      const task = await calls.get(Task, path);
      misses = 0;
      tellProgress(task, onProgress);
      if (task.finished_at !== null) return task;
    } catch (error) {
      if (!(error instanceof RemoteError) || !isPassing(error) || ++misses > MISSES) throw error;
    }
    await sleep(misses === 0 ? ASK_EVERY_MS : MISS_PAUSE_MS, undefined, {
      signal: isCancelled ? undefined : signal,
    }).catch(() => {});
  }
}

function tellProgress({ progress }: Task, onProgress: RemoteImportOptions["onProgress"]): void {
  if (!Value.Check(ImportProgress, progress)) return;
  onProgress?.({
    step: progress.step,
    fileBytes: progress.file_bytes,
    ofBytes: progress.of_bytes,
    records: progress.records,
  });
}

function isPassing({ code }: RemoteError): boolean {
  return code === "REMOTE_UNREACHABLE" || code === "STORE_UNAVAILABLE";
}

/** It ended before the order came: then there is nothing to cancel. */
function ignoreEnded(error: unknown): void {
  if (error instanceof RemoteError && error.code === "TASK_ENDED") return;
  throw error;
}
