import { open, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "#telemetry";
import { indexFrames } from "../segment/frame-index.ts";
import { decodeSegmentHeader } from "../segment/segment-header.ts";
import { idOf, OPEN, SEALED } from "../segment/segment-id.ts";
import { syncDirectory } from "../writer/directory-sync.ts";

export type RecoverOutcome =
  | { readonly outcome: "sealed"; readonly tornBytes: number }
  /** No whole frame was in it, and the file is gone. */
  | { readonly outcome: "empty"; readonly tornBytes: number }
  | { readonly outcome: "unreadable"; readonly reason: string };

/**
 * What a killed writer left under the name `<id>.open`: cut after its last whole frame and sealed. Can be
 * interrupted at any point and repeated.
 *
 * @throws the system's error
 */
export async function recoverSegment(
  directory: string,
  fileName: string,
  logger: Logger,
): Promise<RecoverOutcome> {
  const path = join(directory, fileName);
  const id = idOf(fileName, OPEN);
  if (id === undefined) return { outcome: "unreadable", reason: "its name is no segment's" };
  const file = await readFile(path);
  const header = decodeSegmentHeader(file, id);
  if (header.outcome === "unreadable") return header;
  const index =
    header.outcome === "sound"
      ? await indexFrames(file, header.bytes, { columns: header.columns })
      : { frames: [], end: 0 };
  if (index.frames.length === 0) {
    const tornBytes = file.length - (header.outcome === "sound" ? header.bytes : 0);
    if (tornBytes > 0) logger.warn({ file: path, tornBytes }, "a segment of the spool held no whole record");
    await unlink(path);
    return { outcome: "empty", tornBytes };
  }
  const tornBytes = file.length - index.end;
  if (tornBytes > 0)
    logger.warn({ file: path, tornBytes }, "cut off the torn tail of a segment of the spool");
  const handle = await open(path, "r+");
  try {
    if (tornBytes > 0) await handle.truncate(index.end);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(path, join(directory, id + SEALED));
  await syncDirectory(directory);
  return { outcome: "sealed", tornBytes };
}
