import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFlowBatch, type FlowBatch } from "@flowlens/flow";
import { createSpoolReader } from "./reader/spool-reader.ts";
import { ROWS_PER_PART } from "./reader/plan-parts.ts";
import { arbitraryBatch, countedBatch, rowBytes } from "./testing-batches.ts";
import { readAll, temporaryDirectories } from "./testing-directory.ts";
import { createSpoolWriter } from "./writer/spool-writer.ts";

const NOON = Date.UTC(2026, 10, 23, 12);
const directoryFor = temporaryDirectories();
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const endings = (directory: string): string[] =>
  readdirSync(directory).map((name) => name.replace(/^[^.]*/, ""));

describe("a spool", () => {
  it("gives back what was appended, in order, by network, with when it was received", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory });
    expect(writer.append(countedBatch(100, 0), { networkId: 1, receivedAtMs: NOON })).toBe("stored");
    expect(writer.append(countedBatch(50, 100), { networkId: 2, receivedAtMs: NOON + 10 })).toBe("stored");
    expect(writer.append(countedBatch(30, 150), { networkId: 1, receivedAtMs: NOON + 20 })).toBe("stored");
    expect(writer.append(createFlowBatch(5), { networkId: 1, receivedAtMs: NOON })).toBe("stored");
    await writer.close();
    expect(endings(directory)).toEqual([".seg"]);
    const reader = createSpoolReader({ directory });
    const parts = await readAll(reader);
    expect(parts.map(({ part, networkId, receivedAtMs }) => [part, networkId, receivedAtMs])).toEqual([
      [0, 1, NOON],
      [1, 2, NOON + 10],
    ]);
    expect(parts[0].values).toEqual([...upTo(0, 100), ...upTo(150, 180)]);
    expect(parts[1].values).toEqual(upTo(100, 150));
    expect(readdirSync(directory)).toEqual([]);
    expect(writer.status()).toMatchObject({ rows: 180, frames: 3, segmentsSealed: 1, refusing: null });
    expect(reader.status()).toMatchObject({ segments: 0, bytes: 0, oldestAgeMs: 0, releasedSegments: 1 });
  });

  it("keeps every column of every row", async () => {
    const appended = fc.array(fc.tuple(arbitraryBatch(80), fc.integer({ min: 1, max: 3 })), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(appended, async (batches) => {
        const directory = directoryFor();
        const writer = createSpoolWriter({ directory });
        for (const [batch, networkId] of batches) writer.append(batch, { networkId, receivedAtMs: NOON });
        await writer.close();
        const segment = await createSpoolReader({ directory }).next(AbortSignal.timeout(5000));
        const networks = new Set<number>();
        for await (const { networkId, batch } of segment!.batches()) {
          networks.add(networkId);
          let from = 0;
          for (const [own] of batches.filter(([, network]) => network === networkId)) {
            expect(rowBytes(batch, from, from + own.length)).toEqual(rowBytes(own));
            from += own.length;
          }
          expect(batch.length).toBe(from);
        }
        expect(networks).toEqual(new Set(batches.map(([, networkId]) => networkId)));
      }),
      { numRuns: 25 },
    );
  });

  it("cuts a segment into the same parts of at most 250,000 rows each time", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory, segmentBytes: 256 * 1024 ** 2 });
    const big = countedBatch(170_000, 0);
    for (const networkId of [1, 2, 1]) writer.append(big, { networkId, receivedAtMs: NOON + networkId });
    await writer.close();
    const reader = createSpoolReader({ directory });
    const first = await readAll(reader, { release: false });
    expect(first.map(({ part, networkId, values }) => [part, networkId, values.length])).toEqual([
      [0, 1, ROWS_PER_PART],
      [1, 2, 170_000],
      [2, 1, 90_000],
    ]);
    expect(first[2].values.slice(0, 2)).toEqual([80_000, 80_001]);
    expect(await readAll(createSpoolReader({ directory }))).toEqual(first);
  });

  it("does not keep the event loop while a large segment is read", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory, segmentBytes: 256 * 1024 ** 2 });
    const big = countedBatch(100_000, 0);
    for (let i = 0; i < 6; i++) writer.append(big, { networkId: 1, receivedAtMs: NOON });
    await writer.close();
    const reader = createSpoolReader({ directory });
    // Once before, so that neither compiling nor fresh memory is measured.
    await readAll(reader, { release: false });
    const segment = await createSpoolReader({ directory }).next(AbortSignal.timeout(5000));
    let longestUs = 0;
    let turns = 0;
    let last = process.threadCpuUsage();
    let isReading = true;
    const tick = (): void => {
      const spent = process.threadCpuUsage(last);
      longestUs = Math.max(longestUs, spent.user + spent.system);
      last = process.threadCpuUsage();
      turns++;
      if (isReading) setImmediate(tick);
    };
    tick();
    let rows = 0;
    for await (const { batch } of segment!.batches()) rows += batch.length;
    isReading = false;
    expect(rows).toBe(600_000);
    expect(turns).toBeGreaterThan(5);
    expect(longestUs).toBeLessThan(40_000);
  });

  it("hands segments out oldest first, each once, and again when it is given back", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory, segmentBytes: 4096 });
    for (let i = 0; i < 5; i++) {
      writer.append(countedBatch(200, i * 200), { networkId: 1, receivedAtMs: NOON });
      await writer.sync();
    }
    await writer.close();
    const reader = createSpoolReader({ directory });
    const signal = AbortSignal.timeout(5000);
    const [first, second] = [await reader.next(signal), await reader.next(signal)];
    expect(first!.id < second!.id).toBe(true);
    expect(first!.createdAtMs).toBeGreaterThan(Date.now() - 60_000);
    reader.giveBack(first!);
    reader.giveBack(first!);
    expect((await reader.next(signal))!.id).toBe(first!.id);
    expect((await reader.next(signal))!.id > second!.id).toBe(true);
    expect(await reader.next(AbortSignal.abort())).toBeUndefined();
  });

  it("waits for a segment and does not see one that is being written", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory, sealAfterMs: 300 });
    const reader = createSpoolReader({ directory });
    writer.append(countedBatch(10, 0), { networkId: 1, receivedAtMs: NOON });
    await writer.sync();
    await reader.scan();
    expect(reader.status().segments).toBe(0);
    const segment = await reader.next(AbortSignal.timeout(5000));
    expect(segment).toBeDefined();
    await writer.close();
    expect(await reader.next(AbortSignal.timeout(150))).toBeUndefined();
  });
});

describe("a writer", () => {
  it("seals by size, by age, at midnight (UTC) of receipt and when it is closed", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory, segmentBytes: 8192, sealAfterMs: 150 });
    writer.append(countedBatch(500, 0), { networkId: 1, receivedAtMs: NOON });
    writer.append(countedBatch(1, 500), { networkId: 1, receivedAtMs: NOON });
    await expect.poll(() => writer.status().segmentsSealed, { timeout: 5000 }).toBe(2);
    const midnight = Date.UTC(2026, 10, 24);
    writer.append(countedBatch(1, 501), { networkId: 1, receivedAtMs: midnight - 1 });
    writer.append(countedBatch(1, 502), { networkId: 1, receivedAtMs: midnight });
    await writer.close();
    expect(writer.status().segmentsSealed).toBe(4);
    const read = await readAll(createSpoolReader({ directory }));
    expect(read.map(({ values }) => values.length)).toEqual([500, 1, 1, 1]);
    expect(read.map(({ receivedAtMs }) => receivedAtMs)).toEqual([NOON, NOON, midnight - 1, midnight]);
  });

  it("lets segments grow while the loader is behind, so that an outage makes hundreds of files, not thousands", async () => {
    const directory = directoryFor();
    const writer = createSpoolWriter({ directory, sealAfterMs: 20 });
    const begunAt = performance.now();
    while (performance.now() - begunAt < 2200) {
      writer.append(countedBatch(5, 0), { networkId: 1, receivedAtMs: NOON });
      await sleep(5);
    }
    // The first second, until it looks at the directory again, makes some 50; the second one a fifth of that at most.
    expect(writer.status().segmentsSealed).toBeLessThan(75);
    await writer.close();
    expect((await readAll(createSpoolReader({ directory }))).length).toBe(writer.status().segmentsSealed);
  });

  it("forces what it took to disk within its delay without being asked", async () => {
    const writer = createSpoolWriter({ directory: directoryFor(), syncEveryMs: 50, sealAfterMs: 60_000 });
    writer.append(countedBatch(10, 0), { networkId: 1, receivedAtMs: NOON });
    expect(writer.status()).toMatchObject({ syncs: 0 });
    expect(writer.status().unsyncedBytes).toBeGreaterThan(0);
    await expect.poll(() => writer.status().unsyncedBytes, { timeout: 2000, interval: 10 }).toBe(0);
    expect(writer.status().syncs).toBe(1);
    expect(writer.status().longestUnsyncedMs).toBeGreaterThan(40);
    await writer.close();
  });

  it("shares one sync among all who ask", async () => {
    const writer = createSpoolWriter({ directory: directoryFor(), syncEveryMs: 60_000, sealAfterMs: 60_000 });
    writer.append(countedBatch(10, 0), { networkId: 1, receivedAtMs: NOON });
    await Promise.all([writer.sync(), writer.sync(), writer.sync()]);
    expect(writer.status()).toMatchObject({ syncs: 1, unsyncedBytes: 0 });
    await writer.sync();
    expect(writer.status().syncs).toBe(1);
    await writer.close();
  });

  it("does not collide with others in the same directory", async () => {
    const directory = directoryFor();
    const writers = [1, 2, 3].map(() => createSpoolWriter({ directory, segmentBytes: 4096 }));
    for (let i = 0; i < 30; i++) {
      writers[i % 3].append(countedBatch(60, i * 60), { networkId: 1, receivedAtMs: NOON });
    }
    await Promise.all(writers.map((writer) => writer.close()));
    const values = (await readAll(createSpoolReader({ directory }))).flatMap((part) => part.values);
    expect(values.sort((a, b) => a - b)).toEqual(upTo(0, 1800));
  });

  it("refuses and counts what comes after its end", async () => {
    const writer = createSpoolWriter({ directory: directoryFor() });
    await writer.close();
    await writer.close();
    expect(writer.append(countedBatch(7, 0), { networkId: 1, receivedAtMs: NOON })).toBe("full");
    expect(writer.status()).toMatchObject({ refusing: "closed", refusedRows: { closed: 7 } });
  });
});

describe("a full spool", () => {
  function fill(writer: ReturnType<typeof createSpoolWriter>, batch: FlowBatch): number {
    for (let taken = 0; ; taken++) {
      if (writer.append(batch, { networkId: 1, receivedAtMs: NOON }) === "full") return taken;
    }
  }

  it("refuses whole batches beyond its limit, counts them, and takes more when the reader has made room", async () => {
    const directory = directoryFor();
    const maxBytes = 300_000;
    const writer = createSpoolWriter({ directory, segmentBytes: 50_000, maxBytes });
    const batch = countedBatch(500, 0);
    const taken = fill(writer, batch);
    expect(taken).toBeGreaterThan(10);
    expect(writer.append(batch, { networkId: 1, receivedAtMs: NOON })).toBe("full");
    expect(writer.status()).toMatchObject({
      rows: taken * 500,
      refusing: "limit",
      refusedRows: { limit: 1000 },
    });
    expect(writer.status().spoolBytes).toBeLessThanOrEqual(maxBytes);
    await writer.sync();
    const reader = createSpoolReader({ directory });
    const first = await readAll(reader);
    await expect
      .poll(() => writer.append(batch, { networkId: 1, receivedAtMs: NOON }), { timeout: 5000 })
      .toBe("stored");
    expect(writer.status().refusing).toBeNull();
    await writer.close();
    const second = await readAll(reader);
    const read = [...first, ...second].reduce((rows, part) => rows + part.values.length, 0);
    expect(read).toBe(writer.status().rows);
  });

  it("leaves room for others on its disk", async () => {
    const writer = createSpoolWriter({ directory: directoryFor(), keepFreeBytes: 2 ** 60 });
    expect(writer.append(countedBatch(3, 0), { networkId: 1, receivedAtMs: NOON })).toBe("full");
    expect(writer.status()).toMatchObject({ refusing: "disk_full", refusedRows: { disk_full: 3 } });
    await writer.close();
  });

  const canMount = process.platform === "linux" && process.getuid?.() === 0 && mountable();
  // Needs a disk that is really full: a small tmpfs, which only root can mount.
  it.skipIf(!canMount)(
    "goes on when the disk really is full, and loses nothing that it had taken",
    async () => {
      const directory = join(directoryFor(), "small");
      mkdirSync(directory);
      expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", directory]).status).toBe(0);
      try {
        writeFileSync(join(directory, "ballast"), Buffer.alloc(200_000));
        const writer = createSpoolWriter({
          directory,
          segmentBytes: 100_000,
          maxBytes: 2 ** 40,
          keepFreeBytes: 0,
        });
        const ballast = (): void => writeFileSync(join(directory, "ballast"), Buffer.alloc(2 ** 20));
        const batch = countedBatch(200, 0);
        let taken = 0;
        while (taken < 12 && writer.append(batch, { networkId: 1, receivedAtMs: NOON }) === "stored") taken++;
        // Somebody else fills the disk, which the writer learns by failing.
        expect(ballast).toThrow("ENOSPC");
        taken += fill(writer, batch);
        expect(writer.status()).toMatchObject({ refusing: "disk_full", rows: taken * 200 });
        expect(writer.append(batch, { networkId: 1, receivedAtMs: NOON })).toBe("full");
        expect(writer.status().refusedRows.disk_full).toBe(400);
        writeFileSync(join(directory, "ballast"), "");
        await expect
          .poll(() => writer.append(batch, { networkId: 1, receivedAtMs: NOON }), { timeout: 5000 })
          .toBe("stored");
        await writer.close();
        const read = await readAll(createSpoolReader({ directory }));
        expect(read.flatMap((part) => part.values)).toHaveLength(writer.status().rows);
      } finally {
        spawnSync("umount", ["-l", directory]);
      }
    },
  );

  function mountable(): boolean {
    const directory = join(directoryFor(), "try");
    mkdirSync(directory);
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory]).status === 0;
    if (mounted) spawnSync("umount", ["-l", directory]);
    return mounted;
  }
});
