import { close, fdatasync, ftruncateSync, openSync, closeSync, unlinkSync, writeSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { newSegmentId, OPEN, SEALED } from "../segment/segment-id.ts";
import { encodeSegmentHeader } from "../segment/segment-header.ts";
import { syncDirectory } from "./directory-sync.ts";

const fdatasyncAsync = promisify(fdatasync);
const closeAsync = promisify(close);

/** One file being written. Writes are synchronous, into the system's cache; forcing them to disk is not. */
export interface SegmentFile {
  readonly id: string;
  /** The day of receipt (UTC), counted from 1970, of all its rows. */
  readonly day: number;
  /** On `performance.now()`'s clock. */
  readonly openedAt: number;
  readonly bytes: number;
  readonly syncedBytes: number;
  /** When the oldest of what no sync has begun to force to disk was written, on that clock too. */
  readonly unsyncedSince: number | undefined;
  /** Adds whole frames: all of the bytes or, when this throws the system's error, none. */
  write(frames: Uint8Array): void;
  /** Takes back what was written after the file had `bytes` bytes. */
  truncate(bytes: number): void;
  /** Resolves when all that was written before the call is on disk, rejects with the system's error. */
  sync(): Promise<void>;
  /** After the last write: syncs, closes and renames it, so that readers see it. Can be repeated when it failed. */
  seal(): Promise<void>;
  /** Removes a file in which no frame is. */
  discard(): void;
}

export interface SyncOutcome {
  readonly tookMs: number;
  /** How old the oldest bytes were when they had reached the disk. */
  readonly oldestMs: number;
  readonly failed: boolean;
}

/** Makes the file with its header. @throws the system's error; no file is left then */
export function createSegmentFile(
  directory: string,
  day: number,
  onSync: (outcome: SyncOutcome) => void,
): SegmentFile {
  const id = newSegmentId(Date.now());
  const openPath = join(directory, id + OPEN);
  const descriptor = openSync(openPath, "wx", 0o600);
  let bytes = 0;
  let syncedBytes = 0;
  let nameIsSynced = false;
  let isClosed = false;
  let running: Promise<void> | undefined;
  let unsyncedSince: number | undefined;
  /** Once the disk refused, what it holds of this file is unknown, whatever it says later. */
  let failure: Error | undefined;

  function write(data: Uint8Array): void {
    let done = 0;
    try {
      while (done < data.length) {
        const written = writeSync(descriptor, data, done, data.length - done, bytes + done);
        if (written === 0) throw Object.assign(new Error("the disk took nothing"), { code: "ENOSPC" });
        done += written;
      }
    } catch (error) {
      truncate(bytes);
      throw error;
    }
    bytes += done;
    unsyncedSince ??= performance.now();
  }

  function truncate(to: number): void {
    bytes = to;
    // A disk that does not even do this leaves a torn tail, which readers know how to leave out.
    try {
      ftruncateSync(descriptor, to);
    } catch {}
  }

  async function syncOnce(): Promise<void> {
    const upTo = bytes;
    const startedAt = performance.now();
    const oldestAt = unsyncedSince ?? startedAt;
    unsyncedSince = undefined;
    const outcome = (failed: boolean): SyncOutcome => {
      const now = performance.now();
      return { tookMs: now - startedAt, oldestMs: now - oldestAt, failed };
    };
    try {
      await fdatasyncAsync(descriptor);
      if (!nameIsSynced) await syncDirectory(directory);
      nameIsSynced = true;
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
      onSync(outcome(true));
      throw error;
    }
    syncedBytes = upTo;
    onSync(outcome(false));
  }

  async function sync(): Promise<void> {
    const wanted = bytes;
    while (syncedBytes < wanted) {
      if (failure !== undefined) throw failure;
      running ??= syncOnce().finally(() => (running = undefined));
      await running;
    }
  }

  function discard(): void {
    closeSync(descriptor);
    unlinkSync(openPath);
  }

  try {
    write(encodeSegmentHeader(id));
  } catch (error) {
    discard();
    throw error;
  }
  return {
    id,
    day,
    openedAt: performance.now(),
    get bytes() {
      return bytes;
    },
    get syncedBytes() {
      return syncedBytes;
    },
    get unsyncedSince() {
      return unsyncedSince;
    },
    write,
    truncate,
    sync,
    async seal() {
      // What the disk refused to sync is most likely readable all the same: its checksums will tell.
      await sync().catch(() => undefined);
      // Once: by a second time the number may be another file's.
      if (!isClosed) {
        isClosed = true;
        await closeAsync(descriptor);
      }
      await rename(openPath, join(directory, id + SEALED));
      await syncDirectory(directory);
    },
    discard,
  };
}
