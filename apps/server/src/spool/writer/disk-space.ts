import { readdirSync, statfsSync, statSync } from "node:fs";
import { readdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { idOf, OPEN, SEALED } from "../segment/segment-id.ts";

/** What the spool takes of the disk, without asking the disk at each write. */
export interface DiskSpace {
  readonly usedBytes: number;
  readonly limitBytes: number;
  /** Sealed segments that wait to be loaded, as far as is known. */
  readonly waitingSegments: number;
  /** Why `bytes` more may not be written. */
  refusal(bytes: number): "limit" | "disk_full" | undefined;
  /** A segment of this writer has now so many bytes. */
  set(id: string, bytes: number): void;
  forget(id: string): void;
  /** Looks at the disk when that was not done for a while; what readers deleted is noticed there. Does not wait. */
  refresh(): void;
}

const REFRESH_EVERY_MS = 1000;
/** While there is no room, so that it is noticed soon when there is. */
const REFRESH_WHEN_FULL_MS = 100;

/** The directory exists. @throws the system's error when it cannot be read */
export function createDiskSpace(options: {
  readonly directory: string;
  readonly maxBytes: number;
  readonly keepFreeBytes: number;
  /** Whether a segment is this writer's and not sealed: only it knows that one's size. */
  readonly isOwn: (id: string) => boolean;
}): DiskSpace {
  const { directory, maxBytes, keepFreeBytes, isOwn } = options;
  const sizes = new Map<string, number>();
  let usedBytes = 0;
  let freeBytes = freeOf(statfsSync(directory));
  let refreshedAt = performance.now();
  let isRefreshing = false;
  let waitingSegments = 0;

  function set(id: string, bytes: number): void {
    usedBytes += bytes - (sizes.get(id) ?? 0);
    freeBytes -= Math.max(0, bytes - (sizes.get(id) ?? 0));
    sizes.set(id, bytes);
  }

  function forget(id: string): void {
    usedBytes -= sizes.get(id) ?? 0;
    sizes.delete(id);
  }

  for (const name of readdirSync(directory)) {
    const id = segmentOf(name);
    if (id !== undefined) set(id, statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0);
  }
  freeBytes = freeOf(statfsSync(directory));
  const limitBytes = Math.min(maxBytes, Math.floor((freeBytes + usedBytes) / 2));

  async function look(): Promise<void> {
    const names = await readdir(directory);
    const present = new Map(names.flatMap((name) => segmentOf(name) ?? []).map((id) => [id, true]));
    for (const id of sizes.keys()) if (!present.has(id) && !isOwn(id)) forget(id);
    for (const name of names) {
      const id = segmentOf(name);
      if (id === undefined || sizes.has(id)) continue;
      const found = await stat(join(directory, name)).catch(() => undefined);
      if (found !== undefined && !sizes.has(id)) set(id, found.size);
    }
    waitingSegments = names.reduce((count, name) => count + (idOf(name, SEALED) === undefined ? 0 : 1), 0);
    freeBytes = freeOf(await statfs(directory));
  }

  function refusal(bytes: number): "limit" | "disk_full" | undefined {
    if (usedBytes + bytes > limitBytes) return "limit";
    return freeBytes - bytes < keepFreeBytes ? "disk_full" : undefined;
  }

  return {
    get usedBytes() {
      return usedBytes;
    },
    get waitingSegments() {
      return waitingSegments;
    },
    limitBytes,
    refusal,
    set,
    forget,
    refresh() {
      const age = performance.now() - refreshedAt;
      const period = refusal(0) === undefined ? REFRESH_EVERY_MS : REFRESH_WHEN_FULL_MS;
      if (isRefreshing || age < period) return;
      isRefreshing = true;
      // What cannot be looked at now is looked at the next time; the last figures hold until then.
      void look()
        .catch(() => undefined)
        .finally(() => {
          isRefreshing = false;
          refreshedAt = performance.now();
        });
    },
  };
}

function segmentOf(fileName: string): string | undefined {
  return idOf(fileName, SEALED) ?? idOf(fileName, OPEN);
}

function freeOf({ bavail, bsize }: { bavail: number; bsize: number }): number {
  return bavail * bsize;
}
