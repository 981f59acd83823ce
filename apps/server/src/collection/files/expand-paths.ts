import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileError } from "../errors.ts";

/**
 * The files behind `paths` in the order given; a directory stands for every file below it, sorted by name,
 * dot files left out.
 *
 * @returns the files, each with whether it was named itself or only found in a directory
 * @throws CollectionError for a path that does not exist or a directory that cannot be read
 */
export async function expandPaths(paths: readonly string[]): Promise<{ path: string; named: boolean }[]> {
  const files: { path: string; named: boolean }[] = [];
  for (const path of paths) {
    const info = await stat(path).catch((cause: unknown) => {
      throw fileError(path, cause);
    });
    if (info.isDirectory()) {
      for (const found of await filesBelow(path)) files.push({ path: found, named: false });
    } else files.push({ path, named: true });
  }
  return files;
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    (cause: unknown) => {
      throw fileError(directory, cause);
    },
  );
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
