// Gives a test run a folder of its own for temporary files, and fails it when files or processes are left over.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findLeftovers } from "./leftovers.ts";

/** Every process that a test starts inherits it. */
const RUN_FOLDER = "FLOWLENS_TEST_RUN";
const GRACE_MS = 5000;

/** vitest calls it before the first test of each project, and what it returns after the last test of all. */
export function setup(): (() => Promise<void>) | undefined {
  if (process.env[RUN_FOLDER] !== undefined) return undefined;
  // Short, since the path of a Unix socket ends at 107 characters; open to other users, since PostgreSQL may run
  // as one.
  const folder = mkdtempSync(join(tmpdir(), "flt-"));
  chmodSync(folder, 0o755);
  process.env["TMPDIR"] = folder;
  process.env[RUN_FOLDER] = folder;
  return async () => {
    const left = await findLeftovers(folder, folder, GRACE_MS);
    rmSync(folder, { recursive: true, force: true });
    if (left.processes.length + left.files.length === 0) return;
    process.exitCode = 1;
    throw new Error(["the tests left behind:", ...left.processes, ...left.files].join("\n  "));
  };
}
