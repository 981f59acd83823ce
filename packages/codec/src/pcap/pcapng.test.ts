import { concatBytes, pcapngBlock, pcapngSection, type CapturedFrame } from "@flowlens/made-traffic";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPcapReader, looksLikePcap } from "./index.ts";

interface ReadPacket {
  readonly bytes: readonly number[];
  readonly originalLength: number;
  readonly timestampMs: number;
  readonly linkType: number;
}

function readInChunks(file: Uint8Array, chunkSize = 61) {
  const packets: ReadPacket[] = [];
  const reader = createPcapReader((bytes, start, capturedLength, originalLength, timestampMs, linkType) => {
    packets.push({
      bytes: [...bytes.subarray(start, start + capturedLength)],
      originalLength,
      timestampMs,
      linkType,
    });
  });
  for (let at = 0; at < file.length; at += chunkSize) reader.push(file.slice(at, at + chunkSize));
  return { packets, end: reader.finish(), reader };
}

const FRAMES: readonly CapturedFrame[] = [
  { timeMs: 1_700_000_000_123.456, bytes: Uint8Array.of(1, 2, 3, 4, 5) },
  { timeMs: 1_700_000_000_999.999, bytes: new Uint8Array(0), originalLength: 60 },
  { timeMs: 1_700_000_001_000, bytes: new Uint8Array(1500).fill(7), originalLength: 9000 },
];

describe("a pcapng file", () => {
  test.each([true, false])("gives its packets in any chunks (little-endian: %s)", (littleEndian) => {
    const file = pcapngSection(FRAMES, { littleEndian, interfaces: [{ linkType: 276 }] });
    expect(looksLikePcap(file)).toBe(true);
    for (const chunkSize of [1, 13, 500, file.length]) {
      const { packets, end, reader } = readInChunks(file, chunkSize);
      expect(end).toEqual({ complete: true });
      expect(packets.map((packet) => packet.bytes)).toEqual(FRAMES.map((frame) => [...frame.bytes]));
      expect(packets.map((packet) => packet.originalLength)).toEqual([5, 60, 9000]);
      expect(packets.map((packet) => packet.timestampMs)).toEqual(FRAMES.map((frame) => frame.timeMs));
      expect(packets.every((packet) => packet.linkType === 276)).toBe(true);
      expect(reader.counters).toMatchObject({ packets: 3, packets_cut: 2, sections: 1, interfaces: 1 });
    }
  });

  test.each([
    ["nanoseconds", { timestampResolution: 9 }],
    ["milliseconds", { timestampResolution: 3 }],
    ["seconds", { timestampResolution: 0 }],
    ["2^-20 s", { timestampResolution: 0x94 }],
    ["an offset of years", { timestampOffsetSeconds: 1_600_000_000 }],
    ["an offset before 1970", { timestampOffsetSeconds: -3600 }],
    ["nanoseconds and an offset", { timestampResolution: 9, timestampOffsetSeconds: 1_699_000_000 }],
  ])("reads times in %s", (_, options) => {
    const timeMs = 1_700_000_001_000;
    for (const littleEndian of [true, false]) {
      const file = pcapngSection([{ timeMs, bytes: Uint8Array.of(1) }], {
        littleEndian,
        interfaces: [options],
      });
      expect(readInChunks(file).packets[0].timestampMs).toBeCloseTo(timeMs, 2);
    }
  });

  test("gives each packet the link type and clock of its own interface", () => {
    const frames = [
      { timeMs: 5000, bytes: Uint8Array.of(1), interfaceId: 0 },
      { timeMs: 6000, bytes: Uint8Array.of(2), interfaceId: 2 },
      { timeMs: 7000, bytes: Uint8Array.of(3), interfaceId: 1 },
    ];
    const interfaces = [{ linkType: 1 }, { linkType: 101, timestampResolution: 9 }, { linkType: 113 }];
    const { packets } = readInChunks(pcapngSection(frames, { interfaces }));
    expect(packets.map((packet) => packet.linkType)).toEqual([1, 113, 101]);
    expect(packets.map((packet) => packet.timestampMs)).toEqual([5000, 6000, 7000]);
  });

  test("begins anew with every section, whatever its byte order", () => {
    const file = concatBytes(
      pcapngSection(FRAMES.slice(0, 1), { littleEndian: true, interfaces: [{ linkType: 1 }] }),
      pcapngSection(FRAMES.slice(1), { littleEndian: false, interfaces: [{ linkType: 113 }] }),
      pcapngSection(FRAMES.slice(0, 1), { littleEndian: true, interfaces: [{ linkType: 101 }] }),
    );
    const { packets, reader } = readInChunks(file);
    expect(packets.map((packet) => packet.linkType)).toEqual([1, 113, 113, 101]);
    expect(reader.counters).toMatchObject({ sections: 3, interfaces: 3 });
  });

  test("reads obsolete packet blocks", () => {
    const { packets } = readInChunks(pcapngSection(FRAMES, { packetBlock: "obsolete" }));
    expect(packets.map((packet) => packet.timestampMs)).toEqual(FRAMES.map((frame) => frame.timeMs));
    expect(packets.map((packet) => packet.originalLength)).toEqual([5, 60, 9000]);
  });

  test("gives simple packets the time of the packet before them, and counts them", () => {
    const timed = pcapngSection([{ timeMs: 9000, bytes: Uint8Array.of(1) }]);
    const simple = pcapngBlock(3, Uint8Array.of(3, 0, 0, 0, 7, 8, 9));
    const { packets, reader } = readInChunks(concatBytes(timed, simple));
    expect(packets[1]).toEqual({ bytes: [7, 8, 9], originalLength: 3, timestampMs: 9000, linkType: 1 });
    expect(reader.counters.packets_without_time).toBe(1);
  });

  test("cuts simple packets at the interface's snap length", () => {
    const section = pcapngSection([], { interfaces: [{ snapLength: 4 }] });
    const simple = pcapngBlock(3, Uint8Array.of(100, 0, 0, 0, 7, 8, 9, 10));
    expect(readInChunks(concatBytes(section, simple)).packets[0]).toMatchObject({
      bytes: [7, 8, 9, 10],
      originalLength: 100,
    });
  });

  test("skips unknown blocks by their length and counts them", () => {
    const file = concatBytes(
      pcapngSection(FRAMES.slice(0, 1)),
      pcapngBlock(5, new Uint8Array(40)),
      pcapngBlock(0x80000bad, new Uint8Array(0)),
      pcapngBlock(4, new Uint8Array(100_000)),
    );
    const { packets, end, reader } = readInChunks(file, 4096);
    expect(packets).toHaveLength(1);
    expect(end).toEqual({ complete: true });
    expect(reader.counters.blocks_skipped).toBe(3);
  });

  test("drops and counts packets of interfaces that were not described", () => {
    const orphan = pcapngSection([{ timeMs: 1, bytes: Uint8Array.of(1) }], { interfaces: [] });
    const orphanSimple = pcapngBlock(3, Uint8Array.of(1, 0, 0, 0, 7));
    const { packets, end, reader } = readInChunks(concatBytes(orphan, orphanSimple));
    expect(packets).toHaveLength(0);
    expect(end).toEqual({ complete: true });
    expect(reader.counters.packets_without_interface).toBe(2);
  });

  test("goes on with what it knows when an interface's options lie about their length", () => {
    const body = Uint8Array.from([1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 255, 0]);
    const head = pcapngSection([], { interfaces: [] });
    const packet = pcapngSection([{ timeMs: 77_000, bytes: Uint8Array.of(1) }]).slice(28 + 24);
    const { packets } = readInChunks(concatBytes(head, pcapngBlock(1, body), packet));
    expect(packets[0].timestampMs).toBe(77_000);
  });

  describe("fails at the block and keeps the packets before it, when", () => {
    const before = pcapngSection(FRAMES.slice(0, 1));
    const packetBody = (captured: number) => {
      const body = new Uint8Array(24);
      new DataView(body.buffer).setUint32(12, captured, true);
      return body;
    };
    const block = (...words: readonly number[]) => {
      const bytes = new Uint8Array(words.length * 4);
      for (const [i, word] of words.entries()) new DataView(bytes.buffer).setUint32(i * 4, word, true);
      return bytes;
    };
    test.each([
      ["its length is under the minimum", block(6, 8, 8), "8 bytes long"],
      ["its length is no multiple of 4", block(6, 33, 0, 0, 0, 0, 0, 0, 33), "33 bytes long"],
      ["its length is beyond belief", block(6, 16 * 1024 * 1024 + 4, 0), "16777220 bytes long"],
      ["its two lengths differ", block(6, 12, 16), "12 bytes long at its beginning and 16 at its end"],
      ["a packet is longer than its block", pcapngBlock(6, packetBody(5)), "holds 5 bytes"],
      ["an obsolete packet is longer than its block", pcapngBlock(2, packetBody(5)), "holds 5 bytes"],
      [
        "a simple packet is longer than its block",
        pcapngBlock(3, Uint8Array.of(9, 0, 0, 0, 1)),
        "holds 9 bytes",
      ],
      ["a packet block is too short for one", pcapngBlock(6, new Uint8Array(16)), "too short"],
      ["a simple packet block is too short for one", pcapngBlock(3, new Uint8Array(0)), "too short"],
      ["an interface block is too short for one", pcapngBlock(1, new Uint8Array(4)), "too short"],
      ["a section header lacks its magic", pcapngBlock(0x0a0d0d0a, new Uint8Array(16)), "byte-order magic"],
    ])("%s", (_, broken, words) => {
      const { packets, end, reader } = readInChunks(concatBytes(before, broken, before));
      expect(packets).toHaveLength(1);
      expect(reader.failure?.offset).toBe(before.length);
      expect(reader.failure?.reason).toContain(words);
      expect(end).toEqual({ complete: false, ...reader.failure });
    });

    test("a section is of a version that does not exist", () => {
      const section = pcapngSection(FRAMES);
      section[12] = 2;
      expect(readInChunks(section).reader.failure).toEqual({
        offset: 0,
        reason: "the section header says pcapng version 2; only version 1 exists",
      });
    });
  });

  test("says where it breaks off, at every length", () => {
    const file = pcapngSection(FRAMES.slice(0, 2));
    const ends = [28, 52, 52 + 40, file.length];
    for (let length = 1; length < file.length; length++) {
      const { end } = readInChunks(file.subarray(0, length));
      if (ends.includes(length)) expect(end).toEqual({ complete: true });
      else
        expect(end).toMatchObject({
          complete: false,
          offset: ends.findLast((offset) => offset <= length) ?? 0,
        });
    }
  });

  test("neither throws nor hangs on any bytes, in chunks or whole alike", () => {
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.uint8Array({ maxLength: 200 }),
        fc.array(fc.tuple(fc.nat({ max: 300 }), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.integer({ min: 1, max: 90 }),
        (littleEndian, tail, changes, chunkSize) => {
          const file = concatBytes(pcapngSection(FRAMES.slice(0, 2), { littleEndian }), tail);
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
