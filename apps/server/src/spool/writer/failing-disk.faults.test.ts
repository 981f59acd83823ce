import type * as FileSystem from "node:fs";
import type * as FilePromises from "node:fs/promises";
import { createMetrics, silentLogger } from "#telemetry";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createSpoolReader } from "../reader/spool-reader.ts";
import { countedBatch } from "../testing-batches.ts";
import { readAll, temporaryDirectories } from "../testing-directory.ts";
import { createSpoolWriter } from "./spool-writer.ts";
import { spoolWriterMetrics } from "./writer-metrics.ts";

/** What the disk does to each call; the real thing where nothing is said. */
const disk = vi.hoisted(() => ({
  write: undefined as ((bytes: number) => number | Error) | undefined,
  sync: undefined as (() => Error) | undefined,
  open: undefined as (() => Error) | undefined,
  rename: undefined as (() => Error | undefined) | undefined,
}));

vi.mock("node:fs/promises", async (importOriginal) => {
  const real = await importOriginal<typeof FilePromises>();
  const rename = async (from: string, to: string): Promise<void> => {
    const failure = disk.rename?.();
    if (failure !== undefined) throw failure;
    await real.rename(from, to);
  };
  return { ...real, rename };
});

vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof FileSystem>();
  type WriteCall = [fd: number, data: Uint8Array, offset: number, length: number, position: number];
  const writeSync = (...[fd, data, offset, length, position]: WriteCall): number => {
    const fate = disk.write?.(length) ?? length;
    if (fate instanceof Error) throw fate;
    return real.writeSync(fd, data, offset, fate, position);
  };
  const fdatasync = (fd: number, done: (error: Error | null) => void): void => {
    if (disk.sync === undefined) real.fdatasync(fd, done);
    else done(disk.sync());
  };
  const openSync = (path: string, flags: string, mode: number): number => {
    if (disk.open !== undefined) throw disk.open();
    return real.openSync(path, flags, mode);
  };
  return { ...real, writeSync, fdatasync, openSync };
});

const systemError = (code: string): Error => Object.assign(new Error(code), { code });
const NOON = Date.UTC(2026, 10, 23, 12);
const TARGET = { networkId: 1, receivedAtMs: NOON };
const directoryFor = temporaryDirectories();
beforeEach(() => {
  disk.write = undefined;
  disk.sync = undefined;
  disk.open = undefined;
  disk.rename = undefined;
});

const valuesIn = async (directory: string): Promise<number[]> =>
  (await readAll(createSpoolReader({ directory }))).flatMap(({ values }) => values);
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe("a disk", () => {
  it("that takes less than it is given at a time is given the rest", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory });
    disk.write = (bytes) => Math.min(bytes, 100);
    writer.append(countedBatch(40, 0), TARGET);
    await writer.close();
    expect(await valuesIn(directory)).toEqual(upTo(0, 40));
  });

  it("that fails in the middle of a batch takes none of it; what was there stays, and it goes on after a while", async () => {
    const directory = directoryFor();
    const warnings: unknown[] = [];
    const logger = { ...silentLogger, warn: (fields: unknown) => void warnings.push(fields) };
    const writer = createSpoolWriter({ directory, logger });
    expect(writer.append(countedBatch(40, 0), TARGET)).toBe("stored");
    let writes = 0;
    // Three frames: the first is whole, the second is half there when it fails.
    disk.write = (bytes) => [bytes, 50, systemError("EIO")][Math.min(writes++, 2)];
    expect(writer.append(countedBatch(40_000, 40), TARGET)).toBe("full");
    disk.write = undefined;
    expect(writer.append(countedBatch(1, 40), TARGET)).toBe("full");
    expect(writer.status()).toMatchObject({
      rows: 40,
      refusing: "io_error",
      refusedRows: { io_error: 40_001 },
    });
    expect(warnings).toEqual([{ reason: "io_error", rows: 40_000 }]);
    await expect.poll(() => writer.append(countedBatch(10, 40), TARGET), { timeout: 3000 }).toBe("stored");
    await writer.close();
    expect(await valuesIn(directory)).toEqual(upTo(0, 50));
  });

  it("that cannot make a file leaves none behind", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory });
    disk.open = () => systemError("EMFILE");
    expect(writer.append(countedBatch(5, 0), TARGET)).toBe("full");
    disk.open = undefined;
    disk.write = () => systemError("EDQUOT");
    await expect
      .poll(() => (writer.append(countedBatch(5, 0), TARGET), writer.status().refusing))
      .toBe("disk_full");
    await writer.close();
    expect(await valuesIn(directory)).toEqual([]);
    expect((await createSpoolReader({ directory }).recover()).sealed).toBe(0);
  });

  it("that refuses to sync is told once to who asks; the rows are read all the same, and later ones go to another file", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory, syncEveryMs: 10, sealAfterMs: 60_000 });
    disk.sync = () => systemError("EIO");
    writer.append(countedBatch(10, 0), TARGET);
    await expect.poll(() => writer.status().syncFailures, { timeout: 3000 }).toBeGreaterThan(0);
    await expect(writer.sync()).rejects.toMatchObject({ code: "SPOOL_SYNC_FAILED" });
    disk.sync = undefined;
    writer.append(countedBatch(10, 10), TARGET);
    await writer.sync();
    const metrics = createMetrics();
    spoolWriterMetrics(metrics, writer.status);
    expect(await metrics.text()).toMatch(/^flowlens_spool_sync_failures_total [1-9]/m);
    await writer.close();
    expect(writer.status().segmentsSealed).toBe(2);
    expect(await valuesIn(directory)).toEqual(upTo(0, 20));
  });

  it("that does not rename a segment at once is asked again", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory, segmentBytes: 4096 });
    let renames = 0;
    disk.rename = () => (renames++ === 0 ? systemError("EIO") : undefined);
    writer.append(countedBatch(300, 0), TARGET);
    writer.append(countedBatch(10, 300), TARGET);
    await writer.sync();
    expect(renames).toBe(2);
    expect(writer.status().segmentsSealed).toBe(1);
    await writer.close();
    expect(await valuesIn(directory)).toEqual(upTo(0, 310));
  });

  it("that never renames a segment keeps it for the next start", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory });
    disk.rename = () => systemError("EIO");
    writer.append(countedBatch(30, 0), TARGET);
    await writer.close();
    expect(writer.status().segmentsSealed).toBe(0);
    disk.rename = undefined;
    expect(await createSpoolReader({ directory }).recover()).toMatchObject({ sealed: 1, tornBytes: 0 });
    expect(await valuesIn(directory)).toEqual(upTo(0, 30));
  });

  it("that is full is shown among the metrics by its reason", async () => {
    const writer = createSpoolWriter({ directory: directoryFor(), maxBytes: 4096, segmentBytes: 4096 });
    const metrics = createMetrics();
    spoolWriterMetrics(metrics, () => undefined);
    expect(await metrics.text()).toContain("flowlens_spool_refusing 0");
    const shown = createMetrics();
    spoolWriterMetrics(shown, writer.status);
    writer.append(countedBatch(1000, 0), TARGET);
    const text = await shown.text();
    expect(text).toContain('flowlens_spool_refused_rows_total{reason="limit"} 1000');
    expect(text).toContain("flowlens_spool_refusing 1");
    await writer.close();
  });
});
