import { readFileSync } from "node:fs";
import { childrenOf } from "./process-tree.ts";

const KIBIBYTE = 1024;

type Memory = { readonly own: number; readonly mapped: number };

/**
 * Resident bytes of a process and its children; `null` where the platform has no /proc. What the children map together with it
 * (the program, PostgreSQL's shared buffers) is counted once, as the largest of them.
 */
export function processMemory(pid: number): number | null {
  const all = [pid, ...childrenOf(pid)].map(readMemory).filter((memory) => memory !== null);
  if (all.length === 0) return null;
  return all.reduce((sum, { own }) => sum + own, 0) + Math.max(...all.map(({ mapped }) => mapped));
}

function readMemory(pid: number): Memory | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return null;
  }
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * KIBIBYTE;
  return { own: field("RssAnon"), mapped: field("RssFile") + field("RssShmem") };
}
