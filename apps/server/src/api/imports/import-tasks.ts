import { setTimeout as sleep } from "node:timers/promises";
import type { ImportProgress, ImportQuery, ImportReport } from "@flowlens/contract";
import {
  MetadataStoreError,
  type MetadataStore,
  type Network,
  type Task,
  type TaskEnd,
} from "#metadata-store";
import type { Logger } from "#telemetry";
import type { ImportUpload } from "../dependencies.ts";
import { toImportReport, toRefusalReport } from "./import-report.ts";
import { IMPORT_TASK_TYPE, STOPPED, uploadPlace } from "./left-tasks.ts";
import { createProgressNote } from "./progress-note.ts";
import type { Upload, Uploads } from "./uploads.ts";

export interface UploadedFile {
  readonly network: Network;
  /** The file's path where it comes from. */
  readonly name: string;
  readonly strict: boolean;
  readonly content: ImportQuery["as"];
}

/** Uploads on their way into the stores, each a background task. */
export interface ImportTasks {
  /** Begins to take the upload in; answers the task's id. The upload is removed when the task has ended. */
  begin(upload: Upload, file: UploadedFile): Promise<string>;
  /** Orders an import of this process to stop; false when it is none of them. */
  cancel(taskId: string): boolean;
  /** Stops what is under way; resolves when it is undone and its tasks have ended, or after `limitMs`. */
  stop(limitMs: number): Promise<void>;
}

export interface ImportTaskDependencies {
  readonly metadata: Pick<MetadataStore, "tasks">;
  readonly importing: ImportUpload;
  readonly uploads: Uploads;
  readonly logger: Logger;
}

type StopReason = "cancelled" | "stopping";

/** A task that cannot be ended now would stay open for ever, so it is tried again. */
const END_TASK_AFTER_MS = [0, 500, 2_000, 10_000];

export function createImportTasks({
  metadata,
  importing,
  uploads,
  logger,
}: ImportTaskDependencies): ImportTasks {
  const running = new Map<
    string,
    { readonly stop: (reason: StopReason) => void; readonly ended: Promise<void> }
  >();

  let isStopping = false;

  async function run(
    task: Task,
    upload: Upload,
    { file, stop }: { file: UploadedFile; stop: AbortController },
  ) {
    const end = await takeIn(task.id, upload, { file, stop });
    logger.info({ task: task.id, file: file.name, status: end.status }, "an uploaded file was dealt with");
    await endTask(task.id, end);
    await uploads.remove(upload.path).catch((cause: unknown) => {
      logger.warn(
        { path: upload.path, err: cause },
        "an upload could not be removed; the next start does it",
      );
    });
  }

  /** Answers how the task is to end; never rejects. */
  async function takeIn(
    taskId: string,
    upload: Upload,
    { file, stop }: { file: UploadedFile; stop: AbortController },
  ): Promise<TaskEnd> {
    const progress = createProgressNote<ImportProgress>(
      (now) => metadata.tasks.progress(taskId, { progress: now }).then(doNothing, doNothing),
      (now, written) => now.step !== written?.step,
    );
    const about = { file: file.name, network: file.network.name };
    try {
      const outcome = await importing(upload.path, {
        ...file,
        signal: stop.signal,
        onProgress: ({ step, fileBytes, records }) =>
          progress.note({ step, file_bytes: fileBytes, of_bytes: upload.bytes, records }),
      });
      return { status: "completed", result: toImportReport(outcome, about) };
    } catch (cause) {
      if (stop.signal.aborted) return ofStopped(stop.signal.reason as StopReason);
      return ofFailure(renamed(cause, upload.path, file.name), toRefusalReport(cause, about));
    } finally {
      await progress.settled();
    }
  }

  function ofFailure(message: string, report: ImportReport | undefined): TaskEnd {
    if (report === undefined)
      return { status: "failed", errorMessage: message, errorDetails: { error_type: "unexpected_error" } };
    const refusal = { ...report, error: { code: report.error?.code ?? "", message } };
    return {
      status: "failed",
      errorMessage: message,
      errorDetails: { error_type: "refused", code: refusal.error.code, report: refusal },
    };
  }

  async function endTask(id: string, end: TaskEnd): Promise<void> {
    const isDone = end.status === "completed";
    for (const delayMs of END_TASK_AFTER_MS) {
      if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
      try {
        if (end.status !== "cancelled") {
          await metadata.tasks.progress(id, {
            processedItems: 1,
            [isDone ? "successfulItems" : "failedItems"]: 1,
          });
        }
        await metadata.tasks.finish(id, end);
        return;
      } catch (cause) {
        if (cause instanceof MetadataStoreError && cause.code === "METADATA_STORE_TASK_NOT_OPEN") return;
        logger.error({ task: id, err: cause }, "a task could not be ended yet");
      }
    }
  }

  return {
    async begin(upload, file) {
      const task = await metadata.tasks.create({
        type: IMPORT_TASK_TYPE,
        name: "Import File",
        description: file.name,
        parameters: {
          network: file.network.name,
          name: file.name,
          strict: file.strict,
          as: file.content ?? null,
          bytes: upload.bytes,
          upload: uploadPlace(upload.path),
        },
        totalItems: 1,
        triggeredBy: "local",
      });
      const stop = new AbortController();
      // Ordered to stop while the task was being made.
      if (isStopping) stop.abort("stopping" satisfies StopReason);
      const ended = run(task, upload, { file, stop }).finally(() => running.delete(task.id));
      running.set(task.id, { stop: (reason) => stop.abort(reason), ended });
      return task.id;
    },
    cancel(taskId) {
      const found = running.get(taskId);
      found?.stop("cancelled");
      return found !== undefined;
    },
    async stop(limitMs) {
      isStopping = true;
      const all = [...running.values()];
      for (const { stop } of all) stop("stopping");
      const limit = new AbortController();
      await Promise.race([
        Promise.all(all.map(({ ended }) => ended)),
        sleep(limitMs, undefined, { signal: limit.signal }).catch(doNothing),
      ]);
      limit.abort();
    },
  };
}

function ofStopped(reason: StopReason): TaskEnd {
  return reason === "cancelled" ? { status: "cancelled" } : STOPPED;
}

/** The error's sentence, with the file called as its user calls it: it lies under another name while it is read. */
function renamed(error: unknown, path: string, name: string): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(path, () => name);
}

function doNothing(): void {}
