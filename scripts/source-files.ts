// The files of the repository, as git sees them: what is committed and what would be.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** The repository's root, with a slash at the end. */
export const ROOT = new URL("../", import.meta.url);

/** Every file that git tracks or would add, from the repository's root. */
export function repositoryFiles(): string[] {
  return execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  })
    .split("\0")
    .filter((path) => path !== "" && existsSync(new URL(encodeURI(path), ROOT)));
}

/** Those of them that are source code. */
export function sourceFiles(): string[] {
  return repositoryFiles().filter((path) => /\.(?:ts|tsx|mts|js|mjs)$/.test(path));
}
