import { concatBytes, pcapFile, type CapturedFrame, type PcapFileOptions } from "@flowlens/made-traffic";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileEnd } from "../flow-file-decoder.ts";
import { createPcapReader, looksLikePcap } from "./index.ts";

interface ReadPacket {
  readonly bytes: readonly number[];
  readonly originalLength: number;
  readonly timestampMs: number;
  readonly linkType: number;
}

function readInChunks(file: Uint8Array, chunkSize: number) {
  const packets: ReadPacket[] = [];
  const reader = createPcapReader((bytes, start, capturedLength, originalLength, timestampMs, linkType) => {
    packets.push({
      bytes: [...bytes.subarray(start, start + capturedLength)],
      originalLength,
      timestampMs,
      linkType,
    });
  });
  for (let at = 0; at < file.length; at += chunkSize) {
    // A copy that is overwritten afterwards, as a reused read buffer is.
    const chunk = file.slice(at, at + chunkSize);
    reader.push(chunk);
    chunk.fill(0xee);
  }
  const end: FileEnd = reader.finish();
  return { packets, end, reader };
}

const FRAMES: readonly CapturedFrame[] = [
  { timeMs: 1_700_000_000_123.456, bytes: Uint8Array.of(1, 2, 3, 4, 5) },
  { timeMs: 1_700_000_000_999.999, bytes: new Uint8Array(0), originalLength: 60 },
  { timeMs: 4_294_967_295_000, bytes: new Uint8Array(1500).fill(7), originalLength: 9000 },
];

const VARIANTS: readonly (readonly [string, PcapFileOptions])[] = [
  ["µs, little-endian", {}],
  ["µs, big-endian", { littleEndian: false }],
  ["ns, little-endian", { nanoseconds: true }],
  ["ns, big-endian", { nanoseconds: true, littleEndian: false }],
  ["modified, little-endian", { modified: true }],
  ["modified, big-endian", { modified: true, littleEndian: false }],
];

describe("a pcap file", () => {
  test.each(VARIANTS)("gives its packets in any chunks: %s", (_, options) => {
    const file = pcapFile(FRAMES, { ...options, linkType: 113 });
    expect(looksLikePcap(file)).toBe(true);
    for (const chunkSize of [1, 7, 100, file.length]) {
      const { packets, end, reader } = readInChunks(file, chunkSize);
      expect(end).toEqual({ complete: true });
      expect(packets.map((packet) => packet.bytes)).toEqual(FRAMES.map((frame) => [...frame.bytes]));
      expect(packets.map((packet) => packet.originalLength)).toEqual([5, 60, 9000]);
      expect(packets.every((packet) => packet.linkType === 113)).toBe(true);
      for (const [i, packet] of packets.entries())
        expect(packet.timestampMs).toBeCloseTo(FRAMES[i].timeMs, 3);
      expect(reader.counters).toMatchObject({
        packets: 3,
        captured_bytes: 1505,
        packets_cut: 2,
        sections: 1,
      });
      expect(reader.failure).toBeUndefined();
    }
  });

  test("keeps the fraction of a nanosecond time to a quarter of a microsecond", () => {
    const file = pcapFile([{ timeMs: 1_700_000_000_000.5, bytes: Uint8Array.of(1) }], { nanoseconds: true });
    expect(readInChunks(file, 64).packets[0].timestampMs).toBe(1_700_000_000_000.5);
  });

  test("says where it breaks off, at every length", () => {
    const file = pcapFile(FRAMES);
    const ends = [24, 24 + 21, 24 + 21 + 16, file.length];
    for (let length = 0; length < file.length; length++) {
      const { end, packets } = readInChunks(file.subarray(0, length), 50);
      const whole = ends.filter((offset) => offset <= length);
      expect(packets).toHaveLength(Math.max(0, whole.length - 1));
      if (ends.includes(length)) expect(end).toEqual({ complete: true });
      else expect(end).toMatchObject({ complete: false, offset: whole.at(-1) ?? 0 });
    }
  });

  test("ends complete when it holds no packet", () => {
    expect(readInChunks(pcapFile([]), 10).end).toEqual({ complete: true });
  });

  test("fails at the record whose captured length is beyond belief, and keeps those before it", () => {
    const lying = pcapFile([{ timeMs: 0, bytes: new Uint8Array(0), originalLength: 60 }]).slice(24);
    new DataView(lying.buffer).setUint32(8, 262_145, true);
    const { packets, end, reader } = readInChunks(
      concatBytes(pcapFile(FRAMES.slice(0, 1)), lying, pcapFile([])),
      33,
    );
    expect(packets).toHaveLength(1);
    expect(reader.failure).toMatchObject({ offset: 24 + 21 });
    expect(reader.failure?.reason).toContain("262145 bytes");
    expect(end).toEqual({ complete: false, ...reader.failure });
  });

  test("does not read on after a failure", () => {
    const reader = createPcapReader(() => expect.unreachable());
    reader.push(Uint8Array.of(1, 2, 3, 4));
    reader.push(pcapFile(FRAMES));
    expect(reader.failure).toMatchObject({ offset: 0 });
  });

  test("fails at its header with a sentence when that is broken", () => {
    const noVersion = pcapFile(FRAMES);
    noVersion.set([9, 0], 4);
    expect(readInChunks(noVersion, 5).reader.failure).toEqual({
      offset: 0,
      reason: "the pcap header says version 9; only version 2 exists",
    });
    const noMagic = Uint8Array.of(0x7b, 0x22, 0x74, 0x73, 0x22, 0x3a);
    expect(readInChunks(noMagic, 1).reader.failure).toEqual({
      offset: 0,
      reason: "this is neither pcap nor pcapng: it begins with 7b227473",
    });
    expect(looksLikePcap(noMagic)).toBe(false);
    expect(looksLikePcap(noMagic.subarray(0, 3))).toBe(false);
  });

  test("says that an empty file is empty", () => {
    expect(readInChunks(new Uint8Array(0), 1).end).toEqual({
      complete: false,
      offset: 0,
      reason: "the file is empty",
    });
  });

  test("never gives an original length below the captured one", () => {
    const file = pcapFile([{ timeMs: 0, bytes: new Uint8Array(10), originalLength: 3 }]);
    expect(readInChunks(file, 100).packets[0].originalLength).toBe(10);
  });

  test("takes the link type without the frame check bits above it", () => {
    const file = pcapFile(FRAMES.slice(0, 1), { linkType: 0x44000001 });
    expect(readInChunks(file, 100).packets[0].linkType).toBe(1);
  });
});

describe("any bytes behind a capture's beginning", () => {
  test("neither throw nor keep the reader from ending, in chunks or whole alike", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...VARIANTS),
        fc.uint8Array({ maxLength: 300 }),
        fc.array(fc.tuple(fc.nat({ max: 400 }), fc.integer({ min: 0, max: 255 })), { maxLength: 5 }),
        fc.integer({ min: 1, max: 90 }),
        ([, options], tail, changes, chunkSize) => {
          const file = concatBytes(pcapFile(FRAMES.slice(0, 2), options), tail);
          for (const [at, value] of changes) if (at < file.length) file[at] = value;
          const whole = readInChunks(file, file.length);
          const chunked = readInChunks(file, chunkSize);
          expect(chunked.packets).toEqual(whole.packets);
          expect(chunked.reader.failure).toEqual(whole.reader.failure);
          expect(chunked.end.complete).toBe(whole.end.complete);
        },
      ),
      { numRuns: 500 },
    );
  });
});
