import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { EngineError } from "./engine-error.ts";
import { lockOwner } from "./instance-lock.ts";

const PRIVATE = 0o700;

/**
 * Makes the data directory, for its owner only, and makes sure that files can be written in it. Answers its absolute path.
 * @throws EngineError DATA_DIRECTORY_UNUSABLE with the reason and what to do
 */
export function prepareDataDirectory(path: string): string {
  const dataDirectory = resolve(path);
  try {
    makeDirectories(dataDirectory);
    if (!statSync(dataDirectory).isDirectory())
      throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
    refuseForeign(dataDirectory);
    accessSync(dataDirectory, constants.R_OK | constants.W_OK | constants.X_OK);
    closeToOthers(dataDirectory);
    tryWriting(dataDirectory);
  } catch (cause) {
    throw cause instanceof EngineError ? cause : unusable(dataDirectory, cause);
  }
  return dataDirectory;
}

/** One by one: the recursive way of Node never ends where the system makes no directories, as below /proc. */
function makeDirectories(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeDirectories(dirname(path));
  try {
    mkdirSync(path, { mode: PRIVATE });
  } catch (error) {
    // Another process may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** The sentence for a file system error in the data directory. */
export function unusable(dataDirectory: string, cause: unknown): EngineError {
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  return new EngineError("DATA_DIRECTORY_UNUSABLE", reason(dataDirectory, code, cause), {
    context: { dataDirectory, code },
    cause,
  });
}

/** What a child said about a full disk, as a way on; `null` when it said nothing of the kind. */
export function fullDiskAdvice(said: string, dataDirectory: string): string | null {
  return /no space left|not enough space|check free disk space|ENOSPC|disk quota exceeded/i.test(said)
    ? fullDisk(dataDirectory)
    : null;
}

function fullDisk(dataDirectory: string): string {
  return `The disk that holds ${dataDirectory} is full. Free some space on it, or move the data directory to a larger disk.`;
}

function reason(dataDirectory: string, code: string, cause: unknown): string {
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return fullDisk(dataDirectory);
    case "EACCES":
    case "EPERM":
      return `FlowLens may not write to its data directory ${dataDirectory}. Give it to the user who runs FlowLens, or choose another directory.`;
    case "EROFS":
      return `The data directory ${dataDirectory} is on a disk that is mounted read-only. Choose another directory.`;
    case "ENOTDIR":
    case "EEXIST":
      return `${dataDirectory} cannot be the data directory: it, or a part of its path, is a file. Choose another directory.`;
    default:
      return `The data directory ${dataDirectory} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}. Choose another directory.`;
  }
}

// Root can write anywhere, but would leave files behind that the usual user cannot read any more.
function refuseForeign(dataDirectory: string): void {
  const owner = lockOwner(dataDirectory);
  const uid = process.getuid?.() ?? null;
  if (owner === null || uid === null || owner === uid) return;
  throw new EngineError(
    "DATA_DIRECTORY_UNUSABLE",
    `The data directory ${dataDirectory} is used by the user with uid ${owner}, and this is uid ${uid}. Run FlowLens as that user, or choose another directory.`,
    { context: { dataDirectory, owner, uid } },
  );
}

function closeToOthers(dataDirectory: string): void {
  const { mode, uid } = statSync(dataDirectory);
  if ((mode & 0o066) !== 0 && uid === process.getuid?.()) chmodSync(dataDirectory, PRIVATE);
}

function tryWriting(dataDirectory: string): void {
  const path = join(dataDirectory, "write-test");
  const file = openSync(path, "w", 0o600);
  try {
    writeSync(file, Buffer.alloc(4096));
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}
