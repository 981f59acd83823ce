import { mkdirSync } from "node:fs";
import { access, readdir, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { silentLogger, type Logger } from "#telemetry";
import { createdAtMs, DAMAGED, idOf, OPEN, SEALED } from "../segment/segment-id.ts";
import { recoverSegment } from "./recover-segments.ts";
import { createReadingMemory, segmentParts } from "./segment-parts.ts";
import type { SpoolReader, SpoolSegment } from "./spool-reader-types.ts";

export interface SpoolReaderOptions {
  /** Made when it is missing. */
  readonly directory: string;
  readonly logger?: Logger;
}

/** How soon a sealed segment is noticed. */
const LOOK_EVERY_MS = 100;
/** Nothing came for so long: memory is given back. */
const IDLE_AFTER_MS = 10_000;
/** As many as are read at the same time. */
const READERS = 2;

interface KnownSegment {
  readonly bytes: number;
  isOut: boolean;
}

export function createSpoolReader({ directory, logger = silentLogger }: SpoolReaderOptions): SpoolReader {
  /** Sealed and not released. */
  const known = new Map<string, KnownSegment>();
  /** Ids of `known` that can be handed out, the oldest last. */
  let waiting: string[] = [];
  const memory = createReadingMemory(READERS);
  const recovered = { sealed: 0, tornBytes: 0, setAside: 0 };
  let setAsideCount = 0;
  let isReadable = true;
  let releasedSegments = 0;

  async function setAsideFile(fileName: string, reason: string): Promise<void> {
    const path = join(directory, fileName);
    let to = path + DAMAGED;
    for (let i = 2; await exists(to); i++) to = `${path}.${i}${DAMAGED}`;
    await rename(path, to);
    setAsideCount++;
    logger.error({ file: path, keptAs: to, reason }, "set a file of the spool aside: it is not loaded");
  }

  async function scan(): Promise<void> {
    const present = new Set<string>();
    for (const name of await readdir(directory)) {
      const id = idOf(name, SEALED);
      if (id === undefined) continue;
      present.add(id);
      if (known.has(id)) continue;
      const found = await stat(join(directory, name)).catch(() => undefined);
      if (found !== undefined && !known.has(id)) known.set(id, { bytes: found.size, isOut: false });
    }
    // What somebody else took away is not waited for.
    for (const [id, segment] of known) if (!present.has(id) && !segment.isOut) known.delete(id);
    waiting = [...known.keys()].filter((id) => !known.get(id)!.isOut);
    waiting.sort((a, b) => (a < b ? 1 : -1));
  }

  /** A directory that cannot be read is told of once, and looked at again. */
  async function look(): Promise<void> {
    try {
      await scan();
      isReadable = true;
    } catch (error) {
      if (isReadable) logger.error({ err: error, directory }, "the spool cannot be read");
      isReadable = false;
    }
  }

  function handOut(id: string, segment: KnownSegment): SpoolSegment {
    segment.isOut = true;
    let damage = { bytes: 0, rows: 0 };
    return {
      id,
      bytes: segment.bytes,
      createdAtMs: createdAtMs(id),
      batches: () =>
        segmentParts(join(directory, id + SEALED), id, { memory, onDamage: (found) => (damage = found) }),
      get damage() {
        return damage;
      },
    };
  }

  return {
    async recover() {
      // Not before: making a reader does nothing yet, and the data directory is looked at by then.
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const before = { ...recovered };
      for (const name of (await readdir(directory)).sort()) {
        if (name.endsWith(SEALED) && idOf(name, SEALED) === undefined) {
          await setAsideFile(name, "its name is no segment's");
          recovered.setAside++;
        }
        if (!name.endsWith(OPEN)) continue;
        try {
          const found = await recoverSegment(directory, name, logger);
          if (found.outcome === "unreadable") {
            await setAsideFile(name, found.reason);
            recovered.setAside++;
            continue;
          }
          recovered.tornBytes += found.tornBytes;
          if (found.outcome === "sealed") recovered.sealed++;
        } catch (error) {
          // A writer that was just being stopped may have come to seal it after all.
          if (isMissing(error)) continue;
          // One file that the disk does not give back must not keep the others; it is tried again next time.
          logger.error({ err: error, file: join(directory, name) }, "a file of the spool cannot be read");
        }
      }
      await scan();
      return {
        sealed: recovered.sealed - before.sealed,
        tornBytes: recovered.tornBytes - before.tornBytes,
        setAside: recovered.setAside - before.setAside,
      };
    },
    async next(signal) {
      const idleFrom = performance.now() + IDLE_AFTER_MS;
      while (!signal.aborted) {
        const id = waiting.pop();
        const segment = id === undefined ? undefined : known.get(id);
        if (id !== undefined && segment !== undefined && !segment.isOut) return handOut(id, segment);
        if (id !== undefined) continue;
        await look();
        if (waiting.length > 0) continue;
        if (performance.now() > idleFrom) {
          memory.files.clear();
          memory.batches.clear();
        }
        await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      }
      return undefined;
    },
    async release({ id }) {
      await unlink(join(directory, id + SEALED)).catch(ignoreMissing);
      known.delete(id);
      releasedSegments++;
    },
    giveBack({ id }) {
      const segment = known.get(id);
      if (segment === undefined || !segment.isOut) return;
      segment.isOut = false;
      waiting.push(id);
      waiting.sort((a, b) => (a < b ? 1 : -1));
    },
    async setAside({ id }, reason) {
      await setAsideFile(id + SEALED, reason).catch(ignoreMissing);
      known.delete(id);
    },
    scan,
    status() {
      let bytes = 0;
      let oldestMs = Infinity;
      for (const [id, segment] of known) {
        bytes += segment.bytes;
        oldestMs = Math.min(oldestMs, createdAtMs(id));
      }
      return {
        directory,
        segments: known.size,
        bytes,
        oldestAgeMs: known.size === 0 ? 0 : Math.max(0, Date.now() - oldestMs),
        releasedSegments,
        recovered,
        setAside: setAsideCount,
      };
    },
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === "ENOENT";
}
