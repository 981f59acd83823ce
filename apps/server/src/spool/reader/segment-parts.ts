import { open } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createFlowBatch, type FlowBatch } from "@flowlens/flow";
import { decodeColumns } from "../columns/decode-columns.ts";
import { SpoolError } from "../errors.ts";
import { indexFrames } from "../segment/frame-index.ts";
import { decodeSegmentHeader } from "../segment/segment-header.ts";
import { planParts, ROWS_PER_PART, type PlannedPart } from "./plan-parts.ts";
import type { SpoolPart } from "./spool-reader-types.ts";

/** The event loop is given back after so long. */
const SLICE_MS = 8;
const SMALLEST_BATCH_ROWS = 1024;

/** Batches that were filled once and can be filled again: a new one of full size takes 40 MB. */
export interface BatchPool {
  take(rows: number): FlowBatch;
  giveBack(batch: FlowBatch): void;
  /** Lets go of what is kept. */
  clear(): void;
}

export function createBatchPool(keep: number): BatchPool {
  const spare: FlowBatch[] = [];
  return {
    take(rows) {
      const i = spare.findIndex((batch) => batch.capacity >= rows);
      const batch = i >= 0 ? spare.splice(i, 1)[0] : createFlowBatch(capacityFor(rows));
      batch.length = 0;
      return batch;
    },
    giveBack(batch) {
      spare.push(batch);
      spare.sort((a, b) => b.capacity - a.capacity);
      spare.length = Math.min(spare.length, keep);
    },
    clear() {
      spare.length = 0;
    },
  };
}

/** A power of two, so that parts of slightly different size share a batch. */
function capacityFor(rows: number): number {
  return Math.min(ROWS_PER_PART, Math.max(SMALLEST_BATCH_ROWS, 2 ** Math.ceil(Math.log2(rows))));
}

/**
 * The parts of a sealed file, see SpoolSegment.batches; what could not be read is told to `onDamage` before the first part.
 *
 * @throws SpoolError SPOOL_SEGMENT_UNREADABLE; the system's error when the file cannot be read
 */
export async function* segmentParts(
  path: string,
  id: string,
  options: {
    readonly pool: BatchPool;
    readonly onDamage: (damage: { bytes: number; rows: number }) => void;
  },
): AsyncGenerator<SpoolPart> {
  const file = await readWhole(path);
  const header = decodeSegmentHeader(file, id);
  if (header.outcome !== "sound") {
    const reason = header.outcome === "unfinished" ? "it ends within its header" : header.reason;
    throw new SpoolError("SPOOL_SEGMENT_UNREADABLE", `${path}: ${reason}.`, { context: { file: path } });
  }
  const index = await indexFrames(file, header.bytes, { columns: header.columns });
  options.onDamage({
    bytes: index.damage.bytes + file.length - index.end,
    rows: index.damage.rows + index.tailRows,
  });
  const parts = planParts(index.frames);
  for (let part = 0; part < parts.length; part++) {
    const planned = parts[part];
    const batch = options.pool.take(planned.rows);
    try {
      await decodePart(planned, batch);
      yield { part, networkId: planned.networkId, receivedAtMs: planned.receivedAtMs, batch };
    } finally {
      options.pool.giveBack(batch);
    }
  }
}

async function decodePart(part: PlannedPart, batch: FlowBatch): Promise<void> {
  let sliceEnd = performance.now() + SLICE_MS;
  for (const { frame, from, to } of part.pieces) {
    decodeColumns(frame.columns, { from, to }, batch);
    if (performance.now() < sliceEnd) continue;
    await nextTurn();
    sliceEnd = performance.now() + SLICE_MS;
  }
}

/** In memory of its own that begins at a multiple of 8, so that typed arrays can look at it. */
async function readWhole(path: string): Promise<Buffer> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const file = Buffer.allocUnsafeSlow(size);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await handle.read(file, at, size - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return file.subarray(0, at);
  } finally {
    await handle.close();
  }
}
