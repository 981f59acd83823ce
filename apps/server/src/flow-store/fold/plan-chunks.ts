import { WINDOW_SECONDS } from "../schema/flow-columns.ts";
import type { ChunkSpan, FoldChunk, SliceTarget } from "./chunk.ts";
import { nextFloor, type DirtySlice } from "./dirty-slices.ts";
import { windowRuns, type SliceSize } from "./slice-sizes.ts";

export interface PlanOptions {
  /** A chunk has about so many raw rows at most, unless one slice of one window alone has more. */
  readonly maxRows: number;
  readonly expiredBatch: number;
}

/** So many slices to a chunk and ranges to a statement at most: their text grows with them. */
const MAX_TARGETS = 65_536;
const MAX_SPANS = 256;

/** A chunk may be so much larger than asked where that keeps a window whole. */
const SLACK = 1.25;

interface SizedTarget extends SliceTarget {
  readonly rows: number;
}

/**
 * Cuts what is dirty into chunks, oldest window first, windows whole where they fit. A network's chunks are folded
 * in the order of time, so that what an earlier one learned of servers helps the later ones.
 */
export function planChunks(
  dirty: readonly DirtySlice[],
  sizes: readonly SliceSize[],
  options: PlanOptions,
): FoldChunk[] {
  const sizeOf = new Map(sizes.map((size) => [sliceKey(size), size]));
  const targets = dirty.map((slice): SizedTarget => {
    const floorBatch = nextFloor(slice, options.expiredBatch);
    const size = sizeOf.get(sliceKey(slice));
    const { networkId, window } = slice;
    // Above a floor its lowest batch is not known here; the one after the floor is a bound that errs to the safe side.
    const batchFrom = size === undefined ? 0 : floorBatch > 0 ? floorBatch + 1 : size.batchFrom;
    return { networkId, window, slice: slice.slice, floorBatch, batchFrom, rows: size?.rows ?? 0 };
  });
  targets.sort(
    (a, b) =>
      a.floorBatch - b.floorBatch || a.networkId - b.networkId || a.window - b.window || a.slice - b.slice,
  );
  const chunks: FoldChunk[] = [];
  for (const group of pack(targets, options.maxRows)) chunks.push(describe(group, sizes));
  return chunks;
}

function pack(targets: readonly SizedTarget[], maxRows: number): SizedTarget[][] {
  const groups: SizedTarget[][] = [];
  let group: SizedTarget[] = [];
  let rows = 0;
  let spans = 0;
  const close = (): void => {
    if (group.length > 0) groups.push(group);
    group = [];
    rows = 0;
    spans = 0;
  };
  for (let at = 0; at < targets.length;) {
    const first = targets[at];
    let end = at;
    let windowRows = 0;
    while (end < targets.length && sameWindow(targets[end], first)) windowRows += targets[end++].rows;
    const last = group.at(-1);
    const opensSpan =
      last === undefined || last.networkId !== first.networkId || first.window - last.window > WINDOW_SECONDS;
    // The first rows of the next window go along: by themselves they would have the whole window before read again.
    const limit = windowRows <= rows / 8 ? maxRows * SLACK ** 2 : maxRows * SLACK;
    const pieces = windowRows <= maxRows * SLACK ? 1 : Math.ceil(windowRows / maxRows);
    const isFull =
      pieces > 1 ||
      rows + windowRows > limit ||
      group.length + end - at > MAX_TARGETS ||
      (opensSpan && spans >= MAX_SPANS);
    if (last !== undefined && (isFull || last.floorBatch !== first.floorBatch)) close();
    if (opensSpan || group.length === 0) spans++;
    for (let piece = 1, upToNow = 0; at < end; at++) {
      if (upToNow >= (piece * windowRows) / pieces && piece < pieces) {
        close();
        piece++;
      }
      group.push(targets[at]);
      rows += targets[at].rows;
      upToNow += targets[at].rows;
    }
  }
  close();
  return groups;
}

function describe(targets: readonly SizedTarget[], sizes: readonly SliceSize[]): FoldChunk {
  const wanted = new Set(targets.map(sliceKey));
  const spans: ChunkSpan[] = [];
  let isPartial = false;
  let hasIpv6 = false;
  let hasRowsBefore = false;
  const slices = new Set(targets.map((target) => target.slice));
  const exporters = new Set<string>();
  const runs = windowRuns(targets);
  const near = (size: SliceSize, run: { networkId: number; fromWindow: number; toWindow: number }): boolean =>
    size.networkId === run.networkId &&
    size.window >= run.fromWindow - WINDOW_SECONDS &&
    size.window <= run.toWindow;
  const sizesOf = Map.groupBy(sizes, (size) => size.networkId);
  for (const run of runs) {
    const readFromMs = (run.fromWindow - WINDOW_SECONDS) * 1000;
    let firstStartMs = Number.POSITIVE_INFINITY;
    for (const size of sizesOf.get(run.networkId) ?? []) {
      if (!near(size, run) || !slices.has(size.slice)) continue;
      const isTarget = wanted.has(sliceKey(size));
      if (size.window >= run.fromWindow && !isTarget) isPartial = true;
      if (!isTarget && wanted.has(sliceKey({ ...size, window: size.window + WINDOW_SECONDS })))
        hasRowsBefore = true;
      firstStartMs = Math.min(firstStartMs, size.firstStartMs);
      hasIpv6 ||= size.hasIpv6;
      exporters.add(size.exporterFrom).add(size.exporterTo);
    }
    spans.push({
      ...run,
      viewFromMs: Math.max(readFromMs, Number.isFinite(firstStartMs) ? firstStartMs : readFromMs),
    });
  }
  return {
    spans,
    targets,
    slices: [...slices].sort((a, b) => a - b),
    floorBatch: targets[0].floorBatch,
    isPartial,
    hasRowsBefore,
    hasSeveralExporters: exporters.size > 1,
    hasIpv6,
    rows: targets.reduce((sum, target) => sum + target.rows, 0),
  };
}

function sameWindow(a: SizedTarget, b: SizedTarget): boolean {
  return a.floorBatch === b.floorBatch && a.networkId === b.networkId && a.window === b.window;
}

export function sliceKey(slice: {
  readonly networkId: number;
  readonly window: number;
  readonly slice: number;
}): string {
  return `${slice.networkId}/${slice.window}/${slice.slice}`;
}
