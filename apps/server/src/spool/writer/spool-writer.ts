import { mkdirSync } from "node:fs";
import type { FlowBatch } from "@flowlens/flow";
import { silentLogger } from "#telemetry";
import { createColumnBuffer } from "../columns/column-buffer.ts";
import { columnBytesAtMost, encodeColumns } from "../columns/encode-columns.ts";
import { SPOOL_DEFAULTS } from "../config.ts";
import { SpoolError } from "../errors.ts";
import { encodeFrameHead, FRAME_HEAD_BYTES, ROWS_PER_FRAME } from "../segment/frame.ts";
import { createDiskSpace } from "./disk-space.ts";
import { createRefusals } from "./refusals.ts";
import { createSealing } from "./sealing.ts";
import { createSegmentFile, type SegmentFile } from "./segment-file.ts";
import type { RefusedReason, SpoolTarget, SpoolWriter, SpoolWriterOptions } from "./spool-writer-types.ts";

const DAY_MS = 86_400_000;
/** After a failed write the disk is let alone for so long. */
const RETRY_AFTER_MS = 250;
/** So many segments may wait to reach the disk; each holds a file open. */
const SEALING_AT_MOST = 64;
/** While the loader is behind by more than so many, segments get more time to grow: an hour of the store's absence makes hundreds of files, not thousands. */
const BEHIND_SEGMENTS = 8;
const BEHIND_FACTOR = 10;

/** Makes the directory and looks into it at once. @throws the system's error when that cannot be done */
export function createSpoolWriter(options: SpoolWriterOptions): SpoolWriter {
  const { directory, logger = silentLogger } = options;
  const segmentBytes = options.segmentBytes ?? SPOOL_DEFAULTS.segmentBytes;
  const sealAfterMs = options.sealAfterMs ?? SPOOL_DEFAULTS.sealAfterMs;
  const syncEveryMs = options.syncEveryMs ?? SPOOL_DEFAULTS.syncEveryMs;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const sealing = createSealing(logger);
  let current: SegmentFile | undefined;
  const space = createDiskSpace({
    directory,
    maxBytes: options.maxBytes ?? SPOOL_DEFAULTS.maxBytes,
    keepFreeBytes: options.keepFreeBytes ?? SPOOL_DEFAULTS.keepFreeBytes,
    isOwn: (id) => id === current?.id || sealing.has(id),
  });
  const refusals = createRefusals(logger);
  const out = createColumnBuffer(FRAME_HEAD_BYTES + columnBytesAtMost(ROWS_PER_FRAME));
  const counters = { rows: 0, frames: 0, bytes: 0, syncs: 0, syncFailures: 0 };
  const delays = { lastSyncMs: 0, longestSyncMs: 0, longestUnsyncedMs: 0 };
  let letAloneUntil = 0;
  let letAloneFor: RefusedReason = "io_error";
  let isClosed = false;
  /** Of `counters.syncFailures`, those that a caller of `sync` was told of. */
  let failuresTold = 0;
  let syncTimer: NodeJS.Timeout | undefined;
  let ageTimer: NodeJS.Timeout | undefined;
  let isSyncing = false;

  function refuse(reason: RefusedReason, rows: number): "full" {
    refusals.add(reason, rows);
    space.refresh();
    return "full";
  }

  function openFor(day: number): SegmentFile {
    if (current !== undefined && (current.day !== day || isRipe(current))) seal();
    if (current !== undefined) return current;
    current = createSegmentFile(directory, day, ({ tookMs, oldestMs, failed }) => {
      counters.syncs++;
      if (failed) {
        counters.syncFailures++;
        logger.error({ directory }, "the disk refused to keep what was received");
      }
      delays.lastSyncMs = tookMs;
      delays.longestSyncMs = Math.max(delays.longestSyncMs, tookMs);
      delays.longestUnsyncedMs = Math.max(delays.longestUnsyncedMs, oldestMs);
    });
    space.set(current.id, current.bytes);
    armAgeTimer(sealAfterMs);
    return current;
  }

  function isRipe(segment: SegmentFile): boolean {
    return segment.bytes >= segmentBytes || performance.now() - segment.openedAt >= ripeAfterMs();
  }

  function ripeAfterMs(): number {
    return space.waitingSegments > BEHIND_SEGMENTS ? sealAfterMs * BEHIND_FACTOR : sealAfterMs;
  }

  function armAgeTimer(afterMs: number): void {
    clearTimeout(ageTimer);
    ageTimer = setTimeout(() => {
      if (current === undefined) return;
      const restMs = ripeAfterMs() - (performance.now() - current.openedAt);
      if (restMs <= 1) seal();
      else armAgeTimer(restMs);
    }, afterMs);
  }

  /** Takes the open segment out of use; the rest happens beside. */
  function seal(): void {
    const segment = current;
    if (segment === undefined) return;
    current = undefined;
    clearTimeout(ageTimer);
    sealing.add(segment);
  }

  function write(segment: SegmentFile, batch: FlowBatch, target: SpoolTarget): RefusedReason | undefined {
    for (let from = 0; from < batch.length; from += ROWS_PER_FRAME) {
      const to = Math.min(batch.length, from + ROWS_PER_FRAME);
      const end = encodeColumns(out, FRAME_HEAD_BYTES, { batch, from, to });
      encodeFrameHead(out.bytes, end, { rows: to - from, ...target });
      const refused = space.refusal(end);
      if (refused !== undefined) return refused;
      segment.write(out.bytes.subarray(0, end));
      space.set(segment.id, segment.bytes);
    }
    return undefined;
  }

  /** A segment in which nothing is would never be sealed for its size, and its file would be one too many on a full disk. */
  function takeBack(segment: SegmentFile, bytes: number, isNew: boolean): void {
    if (!isNew) {
      segment.truncate(bytes);
      space.set(segment.id, bytes);
      return;
    }
    current = undefined;
    clearTimeout(ageTimer);
    space.forget(segment.id);
    segment.discard();
  }

  function noteAppended(segment: SegmentFile, batch: FlowBatch, bytes: number): void {
    counters.rows += batch.length;
    counters.frames += Math.ceil(batch.length / ROWS_PER_FRAME);
    counters.bytes += bytes;
    refusals.end();
    // A loop that is too busy for its timers must not put the disk off for ever.
    const waitingMs = performance.now() - (segment.unsyncedSince ?? Infinity);
    if (waitingMs > 2 * syncEveryMs) syncCurrent();
    else syncTimer ??= setTimeout(syncCurrent, syncEveryMs);
    space.refresh();
  }

  function syncCurrent(): void {
    clearTimeout(syncTimer);
    syncTimer = undefined;
    const segment = current;
    if (segment === undefined || isSyncing) return;
    isSyncing = true;
    void segment
      .sync()
      .catch(() => {
        // What comes next must not share a file whose state is unknown.
        if (current === segment) seal();
      })
      .finally(() => {
        isSyncing = false;
        if (current?.unsyncedSince !== undefined && !isClosed)
          syncTimer ??= setTimeout(syncCurrent, syncEveryMs);
      });
  }

  return {
    append(batch, target) {
      if (batch.length === 0) return "stored";
      if (isClosed) return refuse("closed", batch.length);
      if (performance.now() < letAloneUntil) return refuse(letAloneFor, batch.length);
      const full = space.refusal(0);
      if (full !== undefined) return refuse(full, batch.length);
      if (sealing.size >= SEALING_AT_MOST) return refuse("behind", batch.length);
      let segment: SegmentFile | undefined;
      let before = 0;
      let isNew = false;
      try {
        const previous = current;
        segment = openFor(Math.floor(target.receivedAtMs / DAY_MS));
        before = segment.bytes;
        isNew = segment !== previous;
        const refused = write(segment, batch, target);
        if (refused !== undefined) {
          takeBack(segment, before, isNew);
          return refuse(refused, batch.length);
        }
      } catch (error) {
        if (segment !== undefined) takeBackQuietly(() => takeBack(segment!, before, isNew));
        letAloneFor = reasonOf(error);
        letAloneUntil = performance.now() + RETRY_AFTER_MS;
        return refuse(letAloneFor, batch.length);
      }
      noteAppended(segment, batch, segment.bytes - before);
      return "stored";
    },
    async sync() {
      const segments = [...sealing.segments(), ...(current === undefined ? [] : [current])];
      const ends = await Promise.allSettled(segments.map((segment) => segment.sync()));
      await sealing.finish();
      const failed = ends.find((end) => end.status === "rejected");
      const wasTold = counters.syncFailures === failuresTold;
      failuresTold = counters.syncFailures;
      if (failed === undefined && wasTold) return;
      throw new SpoolError(
        "SPOOL_SYNC_FAILED",
        `The disk of ${directory} refused to keep what was received; look at the disk.`,
        { cause: failed?.reason, context: { directory } },
      );
    },
    status: () => ({
      directory,
      ...counters,
      ...delays,
      segmentsSealed: sealing.sealed,
      refusedRows: refusals.rows,
      refusing: refusals.current,
      spoolBytes: space.usedBytes,
      limitBytes: space.limitBytes,
      unsyncedBytes: current === undefined ? 0 : current.bytes - current.syncedBytes,
    }),
    async close() {
      isClosed = true;
      clearTimeout(syncTimer);
      seal();
      sealing.hurry();
      await sealing.finish();
    },
  };
}

function takeBackQuietly(takeBack: () => void): void {
  // A disk that fails at this too leaves an empty or torn file, which the next start sees to.
  try {
    takeBack();
  } catch {}
}

function reasonOf(error: unknown): RefusedReason {
  const { code } = error as { code?: unknown };
  return code === "ENOSPC" || code === "EDQUOT" ? "disk_full" : "io_error";
}
