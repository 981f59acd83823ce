import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DirtySlice } from "./dirty-slices.ts";
import { planChunks } from "./plan-chunks.ts";
import type { SliceSize } from "./slice-sizes.ts";

const W = 300;

function dirtySlice(window: number, slice: number, more: Partial<DirtySlice> = {}): DirtySlice {
  return { networkId: 1, window: window * W, slice, current: undefined, ...more };
}

function size(window: number, slice: number, rows: number): SliceSize {
  const exporter = "192.0.2.1";
  const shared = {
    batchFrom: 1,
    firstStartMs: 0,
    exporterFrom: exporter,
    exporterTo: exporter,
    hasIpv6: false,
  };
  return { networkId: 1, window: window * W, slice, rows, ...shared };
}

const windowsOf = (chunks: ReturnType<typeof planChunks>) =>
  chunks.map((chunk) => [...new Set(chunk.targets.map((target) => target.window / W))]);

describe("the plan of a fold", () => {
  it("puts every dirty slice into exactly one chunk, in the order of time", () => {
    const slice = fc.tuple(fc.nat(6), fc.nat(3), fc.nat(40));
    fc.assert(
      fc.property(
        fc.uniqueArray(slice, { selector: ([window, one]) => `${window}/${one}` }),
        fc.integer({ min: 1, max: 100 }),
        (all, maxRows) => {
          const dirty = all.map(([window, one]) => dirtySlice(window, one));
          const sizes = all.map(([window, one, rows]) => size(window, one, rows));
          const chunks = planChunks(dirty, sizes, { maxRows, expiredBatch: 0 });
          const planned = chunks.flatMap((chunk) => chunk.targets);
          expect(planned).toHaveLength(all.length);
          expect(new Set(planned.map((one) => `${one.window / W}/${one.slice}`))).toEqual(
            new Set(all.map(([window, one]) => `${window}/${one}`)),
          );
          expect(planned.map((one) => one.window)).toEqual(
            planned.map((one) => one.window).sort((a, b) => a - b),
          );
          for (const chunk of chunks) {
            const most = Math.max(
              ...chunk.targets.map(
                (target) =>
                  sizes.find((one) => one.window === target.window && one.slice === target.slice)?.rows ?? 0,
              ),
            );
            expect(chunk.rows).toBeLessThanOrEqual(maxRows * 1.6 + most);
          }
        },
      ),
    );
  });

  it("keeps windows whole where they fit, cuts a large one evenly by slices, and takes the next one's first rows along", () => {
    const slices = [0, 1, 2, 3];
    const plan = (rows: readonly number[]) => {
      const dirty = rows.flatMap((_, window) => slices.map((slice) => dirtySlice(window, slice)));
      const sizes = rows.flatMap((each, window) => slices.map((slice) => size(window, slice, each)));
      return planChunks(dirty, sizes, { maxRows: 100, expiredBatch: 0 });
    };
    expect(windowsOf(plan([10, 10, 20]))).toEqual([[0, 1], [2]]);
    expect(windowsOf(plan([25, 1]))).toEqual([[0, 1]]);
    expect(plan([50]).map((chunk) => chunk.slices)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("reads only the slices it folds, and says when others of them lie between", () => {
    const sizes = [size(0, 1, 5), size(1, 1, 5), size(2, 1, 5), size(1, 7, 5)];
    const whole = planChunks(
      [0, 1, 2].map((window) => dirtySlice(window, 1)),
      sizes,
      { maxRows: 100, expiredBatch: 0 },
    );
    expect(whole).toMatchObject([
      { isPartial: false, slices: [1], spans: [{ fromWindow: 0, toWindow: 2 * W }] },
    ]);
    const holed = planChunks([dirtySlice(0, 1), dirtySlice(2, 1)], sizes, { maxRows: 100, expiredBatch: 0 });
    expect(holed).toMatchObject([{ isPartial: true }]);
  });

  it("puts slices whose raw rows have expired into chunks above a floor, and no others", () => {
    const folded = { floorBatch: 0, batchFrom: 3, batchTo: 9 };
    const dirty = [
      dirtySlice(0, 1, { current: folded }),
      dirtySlice(0, 2, { current: { ...folded, batchFrom: 6 } }),
    ];
    const chunks = planChunks(dirty, [size(0, 1, 5), size(0, 2, 5)], { maxRows: 100, expiredBatch: 5 });
    expect(chunks.map((chunk) => [chunk.floorBatch, chunk.slices])).toEqual([
      [0, [2]],
      [9, [1]],
    ]);
  });
});
