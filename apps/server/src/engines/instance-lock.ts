import { closeSync, ftruncateSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "./engine-error.ts";
import { tryLock } from "./file-lock.ts";

const FILE = "lock";
/** Somebody who only looks whether the lock is held has it for a moment: starters ask again for so long. */
const PATIENCE_MS = 500;

/** Who has a data directory. */
export type LockHolder = { readonly pid: number; readonly host: string; readonly since: string };

export type InstanceLock = { release(): void };

/**
 * Takes a data directory for this process, until `release` or the death of the process.
 * @throws EngineError ENGINE_LOCKED when another process has it
 */
export async function lockDataDirectory(dataDirectory: string): Promise<InstanceLock> {
  const file = openSync(join(dataDirectory, FILE), "a+", 0o600);
  try {
    const begunAt = performance.now();
    while (!tryLock(file, "exclusive")) {
      if (performance.now() - begunAt > PATIENCE_MS) throw locked(dataDirectory);
      await sleep(25);
    }
    const holder: LockHolder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    ftruncateSync(file);
    writeSync(file, `${JSON.stringify(holder)}\n`);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  let held = true;
  return {
    release() {
      if (!held) return;
      held = false;
      ftruncateSync(file);
      closeSync(file);
    },
  };
}

/** Who has the directory now; `null` when nobody does. The fields are `undefined` for the moment before the holder has written them. */
export function lockHolder(dataDirectory: string): Partial<LockHolder> | null {
  const path = join(dataDirectory, FILE);
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  try {
    if (tryLock(file, "shared")) return null;
    return readHolder(path);
  } finally {
    closeSync(file);
  }
}

/** The user who used the directory last, by uid; `null` when nobody did. */
export function lockOwner(dataDirectory: string): number | null {
  return statSync(join(dataDirectory, FILE), { throwIfNoEntry: false })?.uid ?? null;
}

function readHolder(path: string): Partial<LockHolder> {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Partial<LockHolder>;
  } catch {
    return {};
  }
}

function locked(dataDirectory: string): EngineError {
  const { pid, host, since } = readHolder(join(dataDirectory, FILE));
  const elsewhere = host === undefined || host === hostname() ? "" : ` on ${host}`;
  const who =
    pid === undefined ? "a process that has just started" : `process ${pid}${elsewhere}, since ${since}`;
  return new EngineError(
    "ENGINE_LOCKED",
    `Another FlowLens uses the data directory ${dataDirectory} (${who}). Stop that one first, or give this one a directory of its own.`,
    { context: { dataDirectory, pid: pid ?? null, host: host ?? null, since: since ?? null } },
  );
}
