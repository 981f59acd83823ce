import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The ids of a process's children, where the system tells. */
export function childrenOf(pid: number): number[] {
  try {
    const text =
      process.platform === "linux"
        ? readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
        : execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
    return text
      .split(/\s+/)
      .filter((part) => part !== "")
      .map(Number);
  } catch {
    return [];
  }
}

/** SIGKILL for a process and its children: an engine whose head is gone must not go on working on its files. */
export function killTree(pid: number): void {
  const children = childrenOf(pid);
  signalProcess(pid, "SIGKILL");
  for (const child of children) signalProcess(child, "SIGKILL");
}

export function signalProcess(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Ended meanwhile, or not ours to signal: callers look whether it is gone.
  }
}
