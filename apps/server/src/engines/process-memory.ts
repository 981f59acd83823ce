import { readFileSync } from "node:fs";

const KIBIBYTE = 1024;

/**
 * Resident bytes of a process and its children, pages that they share counted once; `null` where the platform has no /proc.
 */
export function processMemory(pid: number): number | null {
  const own = proportionalBytes(pid);
  if (own === null) return null;
  let children: string;
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  } catch {
    return own;
  }
  return children
    .split(" ")
    .filter((text) => text !== "")
    .reduce((sum, child) => sum + (proportionalBytes(Number(child)) ?? 0), own);
}

function proportionalBytes(pid: number): number | null {
  return readKibibytes(`/proc/${pid}/smaps_rollup`, "Pss") ?? readKibibytes(`/proc/${pid}/status`, "VmRSS");
}

function readKibibytes(path: string, field: string): number | null {
  try {
    const match = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(readFileSync(path, "utf8"));
    return match === null ? null : Number(match[1]) * KIBIBYTE;
  } catch {
    return null;
  }
}
