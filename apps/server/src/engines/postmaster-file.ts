import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { identify, type ProcessIdentity } from "./process-identity.ts";

/**
 * The server that `postmaster.pid` in a data directory names, if it runs and works on that very directory. Else the file is removed when
 * its number belongs to some other process by now (usual after a container starts anew), because PostgreSQL would refuse to start.
 */
export function runningPostmaster(dataDirectory: string): ProcessIdentity | null {
  const path = join(dataDirectory, "postmaster.pid");
  let pid: number;
  try {
    pid = Math.abs(Number.parseInt(readFileSync(path, "utf8"), 10));
  } catch {
    return null;
  }
  const identity = Number.isSafeInteger(pid) && pid > 0 ? identify(pid) : null;
  // Gone: PostgreSQL sees that itself, and looks for survivors by the shared memory that the file names.
  if (identity === null) return null;
  if (worksOn(pid, dataDirectory)) return identity;
  rmSync(path, { force: true });
  return null;
}

// PostgreSQL makes the data directory its working directory.
function worksOn(pid: number, dataDirectory: string): boolean {
  try {
    if (process.platform === "linux") return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataDirectory);
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).includes(
      dataDirectory,
    );
  } catch {
    return false;
  }
}
