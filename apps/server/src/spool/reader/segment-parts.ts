import { open } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createFlowBatch, type FlowBatch } from "@flowlens/flow";
import { decodeColumns } from "../columns/decode-columns.ts";
import { SpoolError } from "../errors.ts";
import { indexFrames } from "../segment/frame-index.ts";
import { decodeSegmentHeader } from "../segment/segment-header.ts";
import { planParts, ROWS_PER_PART, type PlannedPart } from "./plan-parts.ts";
import { createSpare, type Spare } from "./spare.ts";
import type { SpoolPart } from "./spool-reader-types.ts";

/** The event loop is given back after so long. */
const SLICE_MS = 8;

/** What reading fills over and over. */
export interface ReadingMemory {
  readonly files: Spare<Buffer>;
  readonly batches: Spare<FlowBatch>;
}

/** For `readers` segments that are read at the same time. */
export function createReadingMemory(readers: number): ReadingMemory {
  return {
    files: createSpare({
      keep: readers,
      smallest: 64 * 1024,
      largest: 2 ** 30,
      // Memory of its own begins at a multiple of 8, so that typed arrays can look at it.
      make: (size) => Buffer.allocUnsafeSlow(size),
      sizeOf: (buffer) => buffer.length,
    }),
    batches: createSpare({
      keep: readers,
      smallest: 1024,
      largest: ROWS_PER_PART,
      make: createFlowBatch,
      sizeOf: (batch) => batch.capacity,
    }),
  };
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
    readonly memory: ReadingMemory;
    readonly onDamage: (damage: { bytes: number; rows: number }) => void;
  },
): AsyncGenerator<SpoolPart> {
  const { files, batches } = options.memory;
  const { buffer, file } = await readWhole(path, files);
  try {
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
      const { networkId, receivedAtMs, rows } = parts[part];
      const batch = batches.take(rows);
      batch.length = 0;
      try {
        await decodePart(parts[part], batch);
        // Who asked will encode all of it in one go: that is a turn of its own.
        await nextTurn();
        yield { part, networkId, receivedAtMs, batch };
      } finally {
        batches.giveBack(batch);
      }
    }
  } finally {
    files.giveBack(buffer);
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

/** The file's content, at the begin of a buffer that is to be given back. */
async function readWhole(path: string, files: Spare<Buffer>): Promise<{ buffer: Buffer; file: Buffer }> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const buffer = files.take(size);
    let at = 0;
    while (at < size) {
      const { bytesRead } = await handle.read(buffer, at, size - at, at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return { buffer, file: buffer.subarray(0, at) };
  } finally {
    await handle.close();
  }
}
