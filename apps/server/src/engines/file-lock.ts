import { DataType, load, open } from "ffi-rs";
import { EngineError } from "./engine-error.ts";

// flock(2): the numbers are the same on Linux and macOS.
const LOCK_SHARED = 1;
const LOCK_EXCLUSIVE = 2;
const LOCK_WITHOUT_WAITING = 4;
const WOULD_BLOCK = new Set([11, 35]);

const LIBRARY = "this process";
let opened = false;

/**
 * Takes flock(2) on an open file, without waiting; false when somebody else has it. The kernel gives it back when the file is
 * closed or the process dies in whatever way, so there is no such thing as a stale lock. Node has no call of its own for it.
 * @throws EngineError DATA_DIRECTORY_UNUSABLE when the file system knows no locks
 */
export function tryLock(fileDescriptor: number, mode: "shared" | "exclusive"): boolean {
  if (!opened) {
    // An empty path is the process itself, which has the C library in it whatever its name is here.
    open({ library: LIBRARY, path: "" });
    opened = true;
  }
  const operation = (mode === "shared" ? LOCK_SHARED : LOCK_EXCLUSIVE) + LOCK_WITHOUT_WAITING;
  const answer = load<DataType.I32, true>({
    library: LIBRARY,
    funcName: "flock",
    retType: DataType.I32,
    paramsType: [DataType.I32, DataType.I32],
    paramsValue: [fileDescriptor, operation],
    errno: true,
  });
  if (answer.value === 0) return true;
  if (WOULD_BLOCK.has(answer.errnoCode)) return false;
  throw new EngineError(
    "DATA_DIRECTORY_UNUSABLE",
    `The file system of the data directory cannot lock files (${answer.errnoMessage}). Choose a directory on a local disk.`,
    { context: { errno: answer.errnoCode } },
  );
}
