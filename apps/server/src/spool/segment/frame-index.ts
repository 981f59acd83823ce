import { setImmediate as nextTurn } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { areColumnsSound } from "../columns/decode-columns.ts";
import type { EncodedColumns } from "../columns/encoded-columns.ts";
import type { StoredColumn } from "../columns/stored-column.ts";
import { decodeFrameHead, FRAME_HEAD_BYTES, type FrameHead } from "./frame.ts";

export interface IndexedFrame extends Pick<FrameHead, "rows" | "networkId" | "receivedAtMs"> {
  readonly columns: EncodedColumns;
}

export interface FrameIndex {
  readonly frames: readonly IndexedFrame[];
  /** The index after the last whole frame: what follows is a torn tail. */
  readonly end: number;
  /** Frames before `end` whose columns do not match their checksum. */
  readonly damage: { readonly bytes: number; readonly rows: number };
  /** Rows of the torn tail, as far as sound heads tell. */
  readonly tailRows: number;
}

/** The event loop is given back after so long. */
const SLICE_MS = 8;

/**
 * Finds the frames of a segment file from `start` on and checks them. A frame with a sound head and damaged columns
 * is stepped over; the walk ends where no sound head is.
 *
 * @throws the signal's reason
 */
export async function indexFrames(
  file: Buffer,
  start: number,
  options: { readonly columns: readonly StoredColumn[]; readonly signal?: AbortSignal },
): Promise<FrameIndex> {
  const frames: IndexedFrame[] = [];
  const damage = { bytes: 0, rows: 0 };
  /** Of damaged frames after the last whole one: they are part of the tail unless a whole one follows. */
  let pending = { bytes: 0, rows: 0 };
  let at = start;
  let end = start;
  let sliceEnd = performance.now() + SLICE_MS;
  for (;;) {
    const head = decodeFrameHead(file, at);
    if (head === undefined) break;
    const columnsAt = at + FRAME_HEAD_BYTES;
    const next = columnsAt + head.columnBytes;
    const columns: EncodedColumns = {
      bytes: file,
      start: columnsAt,
      end: next,
      rows: head.rows,
      columns: options.columns,
    };
    at = next;
    if (crc32(file.subarray(columnsAt, next)) === head.columnsCrc && areColumnsSound(columns)) {
      frames.push({
        rows: head.rows,
        networkId: head.networkId,
        receivedAtMs: head.receivedAtMs,
        columns,
      });
      end = next;
      damage.bytes += pending.bytes;
      damage.rows += pending.rows;
      pending = { bytes: 0, rows: 0 };
    } else {
      pending.bytes += FRAME_HEAD_BYTES + head.columnBytes;
      pending.rows += head.rows;
    }
    if (performance.now() >= sliceEnd) {
      options.signal?.throwIfAborted();
      await nextTurn();
      sliceEnd = performance.now() + SLICE_MS;
    }
  }
  return { frames, end, damage, tailRows: pending.rows };
}
