import { open } from "node:fs/promises";

/** Forces a directory's names to disk: without it a power loss can undo a creation or a renaming. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
