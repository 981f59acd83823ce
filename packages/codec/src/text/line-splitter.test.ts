import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLineSplitter } from "./line-splitter.ts";

interface Split {
  readonly lines: string[];
  readonly offsets: number[];
  readonly hadUnended: boolean;
  readonly end: number;
}

/** Splits the chunks; a line that is too long is noted as "<too long>". */
function split(chunks: readonly Uint8Array[], maxLineBytes = 1000): Split {
  const lines: string[] = [];
  const offsets: number[] = [];
  const splitter = createLineSplitter(
    maxLineBytes,
    (bytes, start, end) => {
      lines.push(new TextDecoder("latin1").decode(bytes.slice(start, end)));
      offsets.push(splitter.offset);
    },
    () => {
      lines.push("<too long>");
      offsets.push(splitter.offset);
    },
  );
  for (const chunk of chunks) splitter.push(chunk);
  const hadUnended = splitter.finish();
  return { lines, offsets, hadUnended, end: splitter.offset };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const cuts = [0, ...at.map((each) => each % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, i) => bytes.slice(cuts[i], end));
}

describe("lines cut out of chunks", () => {
  it("end at LF or CRLF, and the last may end at nothing", () => {
    expect(split([bytesOf("one\ntwo\r\n\nlast")])).toEqual({
      lines: ["one", "two", "", "last"],
      offsets: [0, 4, 9, 10],
      hadUnended: true,
      end: 14,
    });
    expect(split([bytesOf("one\n")])).toEqual({ lines: ["one"], offsets: [0], hadUnended: false, end: 4 });
    expect(split([])).toEqual({ lines: [], offsets: [], hadUnended: false, end: 0 });
  });

  it("are the same wherever the chunks are cut, with the same offsets", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "\r", "\t"), maxLength: 60 });
    fc.assert(
      fc.property(
        text,
        fc.array(fc.nat({ max: 60 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        (all, at, max) => {
          const bytes = bytesOf(all);
          expect(split(cut(bytes, at), max)).toEqual(split([bytes], max));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are dropped when they are too long, in one chunk or in many, and the next is whole", () => {
    const long = `short\n${"x".repeat(50)}\nnext\n${"y".repeat(50)}`;
    const expected = ["short", "<too long>", "next", "<too long>"];
    expect(split([bytesOf(long)], 20).lines).toEqual(expected);
    expect(
      split(
        Array.from(bytesOf(long), (byte) => Uint8Array.of(byte)),
        20,
      ).lines,
    ).toEqual(expected);
  });

  it("stop when they are no longer wanted, with the offset before the line at hand", () => {
    const lines: string[] = [];
    const splitter = createLineSplitter(
      100,
      (bytes, start, end) => {
        lines.push(asText(bytes, start, end));
        if (lines.length === 2) splitter.stop();
      },
      () => undefined,
    );
    splitter.push(bytesOf("one\ntwo\nthree\n"));
    splitter.push(bytesOf("four\n"));
    expect(splitter.finish()).toBe(false);
    expect([lines, splitter.offset]).toEqual([["one", "two"], 4]);
  });
});

function asText(bytes: Uint8Array, start: number, end: number): string {
  return new TextDecoder().decode(bytes.slice(start, end));
}
