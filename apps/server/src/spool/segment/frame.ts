/**
 * A frame: rows of one network received at one time. Its head, little-endian: mark u32, length of the columns u32,
 * rows u32, network u32, received at (ms, double), CRC-32 of the columns, CRC-32 of the head before it.
 */
import { crc32 } from "node:zlib";

export const FRAME_HEAD_BYTES = 32;
/** More would keep the event loop waiting while one is decoded. */
export const ROWS_PER_FRAME = 16_384;

/** "FLF1" */
const MARK = 0x31_46_4c_46;

export interface FrameHead {
  /** Of the columns, which begin FRAME_HEAD_BYTES after the head. */
  readonly columnBytes: number;
  readonly rows: number;
  readonly networkId: number;
  readonly receivedAtMs: number;
  readonly columnsCrc: number;
}

/** Writes the head before the columns that lie in [FRAME_HEAD_BYTES, end) of `frame`. */
export function encodeFrameHead(
  frame: Uint8Array,
  end: number,
  head: Pick<FrameHead, "rows" | "networkId" | "receivedAtMs">,
): void {
  const view = new DataView(frame.buffer, frame.byteOffset, FRAME_HEAD_BYTES);
  view.setUint32(0, MARK, true);
  view.setUint32(4, end - FRAME_HEAD_BYTES, true);
  view.setUint32(8, head.rows, true);
  view.setUint32(12, head.networkId, true);
  view.setFloat64(16, head.receivedAtMs, true);
  view.setUint32(24, crc32(frame.subarray(FRAME_HEAD_BYTES, end)), true);
  view.setUint32(28, crc32(frame.subarray(0, FRAME_HEAD_BYTES - 4)), true);
}

/** The head at `at`; undefined where there is none whose checksum is right and whose columns end within the file. */
export function decodeFrameHead(file: Buffer, at: number): FrameHead | undefined {
  if (at + FRAME_HEAD_BYTES > file.length || file.readUInt32LE(at) !== MARK) return undefined;
  if (crc32(file.subarray(at, at + FRAME_HEAD_BYTES - 4)) !== file.readUInt32LE(at + FRAME_HEAD_BYTES - 4)) {
    return undefined;
  }
  const columnBytes = file.readUInt32LE(at + 4);
  if (at + FRAME_HEAD_BYTES + columnBytes > file.length) return undefined;
  return {
    columnBytes,
    rows: file.readUInt32LE(at + 8),
    networkId: file.readUInt32LE(at + 12),
    receivedAtMs: file.readDoubleLE(at + 16),
    columnsCrc: file.readUInt32LE(at + 24),
  };
}
