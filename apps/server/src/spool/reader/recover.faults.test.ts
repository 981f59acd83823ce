import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Logger } from "#telemetry";
import { silentLogger } from "#telemetry";
import { newSegmentId } from "../segment/segment-id.ts";
import { countedBatch } from "../testing-batches.ts";
import { readAll, temporaryDirectories } from "../testing-directory.ts";
import { createSpoolWriter } from "../writer/spool-writer.ts";
import { createSpoolReader } from "./spool-reader.ts";

const NOON = Date.UTC(2026, 10, 23, 12);
const directoryFor = temporaryDirectories();
const FRAMES = [3, 2, 4];

/** A segment of three frames with 3, 2 and 4 rows: its id, its bytes, and where each frame ends. */
async function smallSegment(): Promise<{ id: string; bytes: Buffer; ends: number[] }> {
  const directory = directoryFor();
  const writer = createSpoolWriter({ directory });
  const ends: number[] = [];
  let first = 0;
  for (const rows of FRAMES) {
    writer.append(countedBatch(rows, first), { networkId: 1, receivedAtMs: NOON });
    first += rows;
    ends.push(writer.status().spoolBytes);
  }
  await writer.close();
  const [name] = readdirSync(directory);
  return { id: name.replace(".seg", ""), bytes: readFileSync(join(directory, name)), ends };
}

function logged(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const note = (fields: unknown, message?: string): void => void lines.push(message ?? String(fields));
  return { lines, logger: { ...silentLogger, warn: note, error: note } };
}

const valuesIn = async (directory: string): Promise<number[]> =>
  (await readAll(createSpoolReader({ directory }))).flatMap(({ values }) => values);

describe("a segment that was being written when its writer was killed", () => {
  it("is cut after its last whole frame, wherever it breaks off", async () => {
    const { id, bytes, ends } = await smallSegment();
    const directory = directoryFor();
    const reader = createSpoolReader({ directory });
    const headerBytes = ends[0] - (ends[1] - ends[0]);
    // Every offset of the frames; within the header, of which most is text, every seventh.
    for (let length = 0; length <= bytes.length; length += length < headerBytes - 100 ? 7 : 1) {
      writeFileSync(join(directory, `${id}.open`), bytes.subarray(0, length));
      const whole = ends.filter((end) => end <= length).length;
      const result = await reader.recover();
      const kept = whole === 0 ? 0 : ends[whole - 1];
      if (whole > 0) expect(result).toEqual({ sealed: 1, tornBytes: length - kept, setAside: 0 });
      else expect(result).toMatchObject({ sealed: 0, setAside: 0 });
      if (whole === 0 && length < headerBytes - 100) expect(result.tornBytes).toBe(length);
      const rows = FRAMES.slice(0, whole).reduce((sum, some) => sum + some, 0);
      const read = await readAll(reader);
      expect(read.flatMap(({ values }) => values)).toEqual(Array.from({ length: rows }, (_, i) => i));
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  it("is cut before bytes that no frame is: zeros, or what a disk left there", async () => {
    const { id, bytes, ends } = await smallSegment();
    const tails = [Buffer.alloc(5000), Buffer.from("x".repeat(333)), bytes.subarray(ends[0], ends[0] + 60)];
    for (const tail of tails) {
      const directory = directoryFor();
      writeFileSync(join(directory, `${id}.open`), Buffer.concat([bytes, tail]));
      const result = await createSpoolReader({ directory }).recover();
      expect(result).toEqual({ sealed: 1, tornBytes: tail.length, setAside: 0 });
      expect(await valuesIn(directory)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it("is recovered once, however often that is asked for, and read the same", async () => {
    const { id, bytes, ends } = await smallSegment();
    const directory = directoryFor();
    writeFileSync(join(directory, `${id}.open`), bytes.subarray(0, ends[1] + 7));
    const reader = createSpoolReader({ directory });
    expect(await reader.recover()).toEqual({ sealed: 1, tornBytes: 7, setAside: 0 });
    expect(await reader.recover()).toEqual({ sealed: 0, tornBytes: 0, setAside: 0 });
    expect(reader.status()).toMatchObject({ segments: 1, recovered: { sealed: 1, tornBytes: 7 } });
    expect(await valuesIn(directory)).toEqual([0, 1, 2, 3, 4]);
  });
});

describe("a file that cannot be read as it should", () => {
  it("is set aside when it is not ours, newer, damaged or renamed, and never deleted", async () => {
    const { id, bytes } = await smallSegment();
    const newer = Buffer.from(bytes);
    newer.writeUInt32LE(2, 8);
    const broken = Buffer.from(bytes);
    broken[30] ^= 1;
    const files: Record<string, Buffer> = {
      "notes.open": Buffer.from("mine"),
      [`${newSegmentId(1)}.open`]: Buffer.from("this is no segment at all"),
      [`${newSegmentId(2)}.open`]: newer,
      [`${newSegmentId(3)}.open`]: broken,
      [`${newSegmentId(4)}.open`]: bytes,
      "backup.seg": bytes,
    };
    const directory = directoryFor();
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    writeFileSync(join(directory, `${id}.open`), bytes);
    writeFileSync(join(directory, "readme.txt"), "left alone");
    const { logger, lines } = logged();
    const reader = createSpoolReader({ directory, logger });
    expect(await reader.recover()).toEqual({ sealed: 1, tornBytes: 0, setAside: 6 });
    expect(lines).toHaveLength(6);
    for (const [name, content] of Object.entries(files)) {
      expect(readFileSync(join(directory, `${name}.damaged`))).toEqual(content);
    }
    expect(await readAll(reader)).toHaveLength(1);
    expect(readdirSync(directory)).toHaveLength(7);
    // The same name again does not overwrite what was set aside before.
    writeFileSync(join(directory, "notes.open"), "another");
    await reader.recover();
    expect(readFileSync(join(directory, "notes.open.damaged"), "utf8")).toBe("mine");
    expect(readFileSync(join(directory, "notes.open.2.damaged"), "utf8")).toBe("another");
    expect(reader.status().setAside).toBe(7);
  });

  it("is told by a sealed segment when its rows are asked for", async () => {
    const { id, bytes } = await smallSegment();
    const directory = directoryFor();
    const newer = Buffer.from(bytes);
    newer.writeUInt32LE(9, 8);
    writeFileSync(join(directory, `${id}.seg`), newer);
    const reader = createSpoolReader({ directory });
    const segment = await reader.next(AbortSignal.timeout(5000));
    await expect(segment!.batches()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "SPOOL_SEGMENT_UNREADABLE",
      message: expect.stringContaining("its version is 9, this FlowLens reads 1") as string,
    });
    await reader.setAside(segment!, "newer");
    expect(readdirSync(directory)).toEqual([`${id}.seg.damaged`]);
    expect(reader.status()).toMatchObject({ segments: 0, setAside: 1 });
  });

  it("still gives every frame whose checksum is right, and says how much is missing", async () => {
    const { id, bytes, ends } = await smallSegment();
    const cases = [
      { at: ends[1] - 3, values: [0, 1, 2, 5, 6, 7, 8], damage: { rows: 2, bytes: ends[1] - ends[0] } },
      { at: ends[2] - 3, values: [0, 1, 2, 3, 4], damage: { rows: 4, bytes: ends[2] - ends[1] } },
      // A damaged head hides how long its frame is: what follows cannot be found.
      { at: ends[0] + 5, values: [0, 1, 2], damage: { rows: 0, bytes: ends[2] - ends[0] } },
    ];
    for (const { at, values, damage } of cases) {
      const directory = directoryFor();
      const damaged = Buffer.from(bytes);
      damaged[at] ^= 0x40;
      writeFileSync(join(directory, `${id}.seg`), damaged);
      const segment = await createSpoolReader({ directory }).next(AbortSignal.timeout(5000));
      const read: number[] = [];
      for await (const { batch } of segment!.batches()) read.push(...batch.bytes.subarray(0, batch.length));
      expect(read).toEqual(values);
      expect(segment!.damage).toEqual(damage);
    }
  });

  it("does not keep the others when the disk does not give it back", async () => {
    const { id, bytes } = await smallSegment();
    const directory = directoryFor();
    mkdirSync(join(directory, `${newSegmentId(1)}.open`));
    writeFileSync(join(directory, `${id}.open`), bytes);
    const { logger, lines } = logged();
    expect(await createSpoolReader({ directory, logger }).recover()).toMatchObject({ sealed: 1 });
    expect(lines).toEqual(["a file of the spool cannot be read"]);
  });
});

it("what somebody else took away is not waited for", async () => {
  const { id, bytes } = await smallSegment();
  const directory = directoryFor();
  const other = directoryFor();
  writeFileSync(join(directory, `${id}.seg`), bytes);
  const reader = createSpoolReader({ directory });
  await reader.scan();
  expect(reader.status()).toMatchObject({ segments: 1, bytes: bytes.length });
  copyFileSync(join(directory, `${id}.seg`), join(other, `${id}.seg`));
  renameSync(join(directory, `${id}.seg`), join(directory, "elsewhere"));
  await reader.scan();
  expect(reader.status()).toMatchObject({ segments: 0, oldestAgeMs: 0 });
  expect(await valuesIn(other)).toHaveLength(9);
});
