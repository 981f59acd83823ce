/** Spool directories for this room's tests. Not here: anything a running FlowLens uses. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { SpoolReader } from "./reader/spool-reader-types.ts";

/** Answers a fresh directory each time; all are removed after each test. */
export function temporaryDirectories(): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
  });
  return () => {
    const directory = mkdtempSync(join(tmpdir(), "flowlens-spool-"));
    made.push(directory);
    return directory;
  };
}

export interface ReadBack {
  readonly segment: string;
  readonly part: number;
  readonly networkId: number;
  readonly receivedAtMs: number;
  /** The `bytes` of each row. */
  readonly values: readonly number[];
}

/** Everything in the sealed segments, oldest first; released unless told otherwise. */
export async function readAll(reader: SpoolReader, { release = true } = {}): Promise<ReadBack[]> {
  const found: ReadBack[] = [];
  await reader.scan();
  for (let left = reader.status().segments; left > 0; left--) {
    const segment = await reader.next(AbortSignal.timeout(5000));
    if (segment === undefined) throw new Error("a segment was promised and did not come");
    for await (const { part, networkId, receivedAtMs, batch } of segment.batches()) {
      const values = [...batch.bytes.subarray(0, batch.length)];
      found.push({ segment: segment.id, part, networkId, receivedAtMs, values });
    }
    if (release) await reader.release(segment);
  }
  return found;
}
