import { hostname } from "node:os";
import { basename, dirname } from "node:path";
import type { MetadataStore, TaskEnd } from "#metadata-store";

export const IMPORT_TASK_TYPE = "import_file";

/** How the task of an import ends that did not outlive its process. */
export const STOPPED: TaskEnd = {
  status: "failed",
  errorMessage:
    "FlowLens was stopped before the import had ended, and what there was of it is undone. Import the file again.",
  errorDetails: { error_type: "stopped" },
};

/**
 * Fails the imports that a killed predecessor on this data directory left open. `leftUploads`: the names of the uploads
 * that lay in `folder`.
 */
export async function failLeftTasks(
  metadata: Pick<MetadataStore, "tasks">,
  folder: string,
  leftUploads: readonly string[],
): Promise<number> {
  const open = await Promise.all(
    (["pending", "running"] as const).map((status) =>
      metadata.tasks.list({ type: IMPORT_TASK_TYPE, status, limit: 10_000 }),
    ),
  );
  // Another FlowLens may work on the same PostgreSQL: only what was uploaded into this folder was ours. A machine may
  // have been renamed, and a folder emptied by hand, hence both.
  const ours = open.flat().filter(({ parameters }) => {
    const { upload } = parameters as { readonly upload?: Partial<ReturnType<typeof uploadPlace>> };
    if (upload?.file === undefined) return false;
    return leftUploads.includes(upload.file) || (upload.host === hostname() && upload.folder === folder);
  });
  for (const { id } of ours) {
    await metadata.tasks.finish(id, STOPPED);
  }
  return ours.length;
}

/** Where an upload lies: stands in the parameters of its task. */
export function uploadPlace(path: string) {
  return { host: hostname(), folder: dirname(path), file: basename(path) };
}
