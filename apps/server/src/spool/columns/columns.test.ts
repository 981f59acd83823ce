import { createFlowBatch } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryBatch, rowBytes, spreadBatch } from "../testing-batches.ts";
import { areColumnsSound, decodeColumns } from "./decode-columns.ts";
import type { EncodedColumns } from "./encoded-columns.ts";
import { createColumnBuffer } from "./column-buffer.ts";
import { columnBytesAtMost, encodeColumns } from "./encode-columns.ts";
import { columnsOf, STORED_COLUMNS } from "./stored-column.ts";

const ROWS = 300;
const out = createColumnBuffer(8 + columnBytesAtMost(ROWS));

function encoded(
  batch: Parameters<typeof encodeColumns>[2]["batch"],
  from = 0,
  to = batch.length,
): EncodedColumns {
  const end = encodeColumns(out, 8, { batch, from, to });
  return { bytes: out.bytes, start: 8, end, rows: to - from, columns: STORED_COLUMNS };
}

describe("columns", () => {
  it("come back bit by bit, whatever is in them", () => {
    fc.assert(
      fc.property(arbitraryBatch(ROWS), (batch) => {
        const columns = encoded(batch);
        expect(columns.end - 8).toBeLessThanOrEqual(columnBytesAtMost(batch.length));
        expect(areColumnsSound(columns)).toBe(true);
        const back = createFlowBatch(batch.length);
        decodeColumns(columns, { from: 0, to: batch.length }, back);
        expect(rowBytes(back)).toEqual(rowBytes(batch));
      }),
      { numRuns: 300 },
    );
  });

  it("come back piece by piece, after other rows", () => {
    const cut = fc.tuple(fc.nat(), fc.nat(), fc.nat());
    fc.assert(
      fc.property(arbitraryBatch(ROWS), cut, (batch, [a, b, c]) => {
        const from = a % batch.length;
        const to = from + 1 + (b % (batch.length - from));
        const columns = encoded(batch, from, to);
        const middle = c % (to - from + 1);
        const back = createFlowBatch(to - from + 5);
        back.length = 5;
        decodeColumns(columns, { from: 0, to: middle }, back);
        decodeColumns(columns, { from: middle, to: to - from }, back);
        expect(rowBytes(back, 5)).toEqual(rowBytes(batch, from, to));
      }),
      { numRuns: 300 },
    );
  });

  it("keep what is no number, endless or below zero", () => {
    const batch = spreadBatch({ seed: 1, rows: 4, numbers: ["same"], addresses: ["ipv4"] });
    batch.bytes.set([NaN, Infinity, -5, 0.1]);
    batch.packets.set([-5, -4, -3, -(2 ** 31)]);
    batch.timeStart.set([Infinity, Infinity, Infinity, Infinity]);
    batch.timeEnd.set([NaN, NaN, NaN, NaN]);
    const back = createFlowBatch(4);
    decodeColumns(encoded(batch), { from: 0, to: 4 }, back);
    expect(rowBytes(back)).toEqual(rowBytes(batch));
  });

  it("take little room: a thousand rows of one network cost less than 60 bytes each", () => {
    const rows = ROWS;
    const batch = spreadBatch({ seed: 5, rows, numbers: ["same"], addresses: ["ipv4"] });
    const busy = spreadBatch({
      seed: 6,
      rows,
      numbers: ["time", "bits16", "bits32", "bits8"],
      addresses: ["ipv4"],
    });
    for (const key of ["timeStart", "timeEnd"] as const) {
      for (let row = 0; row < rows; row++) batch[key][row] = 1_795_000_000_000 + row * 100;
    }
    for (const key of [
      "srcPort",
      "dstPort",
      "ipProtocol",
      "tcpFlags",
      "bytes",
      "packets",
      "inIf",
      "outIf",
    ] as const) {
      batch[key].set(busy[key]);
    }
    const columns = encoded(batch);
    expect((columns.end - columns.start) / rows).toBeLessThan(60);
  });

  it("are not read past their end when their heads lie", () => {
    const batch = spreadBatch({
      seed: 9,
      rows: 50,
      numbers: ["bits16", "time"],
      addresses: ["mixed", "ipv6"],
    });
    const columns = encoded(batch);
    const original = Buffer.from(columns.bytes.subarray(0, columns.end));
    fc.assert(
      fc.property(fc.nat(columns.end - 9), fc.integer({ min: 1, max: 255 }), (offset, flip) => {
        const bytes = new Uint8Array(columns.end);
        bytes.set(original);
        bytes[8 + offset] ^= flip;
        const lying = { ...columns, bytes };
        if (!areColumnsSound(lying)) return;
        const back = createFlowBatch(50);
        decodeColumns(lying, { from: 0, to: 50 }, back);
        expect(back.length).toBe(50);
      }),
      { numRuns: 2000 },
    );
    expect(areColumnsSound({ ...columns, rows: 51 })).toBe(false);
    expect(areColumnsSound({ ...columns, end: columns.end - 8 })).toBe(false);
  });

  it("of an older catalogue are filled up with what is not said; a newer one is refused by name", () => {
    const older = STORED_COLUMNS.filter(
      ({ key }) => key !== "direction" && key !== "nextHop" && key !== "samplingRate",
    );
    const batch = spreadBatch({ seed: 2, rows: 10, numbers: ["same"], addresses: ["ipv6"] });
    const back = createFlowBatch(20);
    const all = encoded(batch);
    decodeColumns(all, { from: 0, to: 10 }, back);
    // A frame without those columns: their bytes cut out.
    const kept: Uint8Array[] = [];
    let at = 8;
    for (const column of STORED_COLUMNS) {
      const length = column.type === "address" ? 8 + 160 : 8;
      if (older.includes(column)) kept.push(all.bytes.slice(at, at + length));
      at += length;
    }
    expect(at).toBe(all.end);
    const bytes = new Uint8Array(Buffer.concat(kept));
    const columns = { bytes, start: 0, end: bytes.length, rows: 10, columns: older };
    expect(areColumnsSound(columns)).toBe(true);
    decodeColumns(columns, { from: 0, to: 10 }, back);
    expect([back.direction[15], back.samplingRate[15], back.nextHop[16 * 15]]).toEqual([255, 1, 0]);
    expect(back.srcAddr.subarray(160, 320)).toEqual(batch.srcAddr.subarray(0, 160));
    expect(columnsOf(["exporter:address", "hop_count:u8"])).toEqual({ unknown: "hop_count:u8" });
  });
});
