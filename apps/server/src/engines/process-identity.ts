import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process that can be told from a later one with the same id. */
export type ProcessIdentity = { readonly pid: number; readonly started: string };

let bootId: string | undefined;

/**
 * What tells this process from every other that had or will have its id: the moment it started, and on Linux the boot it belongs to.
 * `null` when no such process runs (a zombie does not run).
 */
function processStart(pid: number): string | null {
  if (process.platform === "linux") {
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    } catch {
      return null;
    }
    // The name in parentheses may hold anything: the fields begin after its last one. proc(5): state is field 3, starttime field 22.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    bootId ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${bootId}/${fields[19]}`;
  }
  try {
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    }).trim();
    return started === "" ? null : started;
  } catch {
    return null;
  }
}

export function identify(pid: number): ProcessIdentity | null {
  const started = processStart(pid);
  return started === null ? null : { pid, started };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return processStart(identity.pid) === identity.started;
}
