import { SLICES, WINDOW_SECONDS } from "../../schema/flow-columns.ts";
import type { FoldChunk } from "../chunk.ts";
import type { StageTables } from "../stage-tables.ts";

/** Which raw rows of a chunk: those of its targets, or those of the window before each that is no target itself. */
export interface RawPart {
  readonly chunk: FoldChunk;
  readonly tables: Pick<StageTables, "targets">;
  readonly part: "targets" | "before";
  /** Batches up to here are folded. */
  readonly batchTo: number;
}

/** Condition on `flows`, by its order and its indexes: what may touch the part's windows. */
export function rawRange({ chunk, part, batchTo }: RawPart): string {
  const spans = chunk.spans.map(({ networkId, fromWindow, toWindow }) => {
    const first = part === "targets" ? fromWindow : fromWindow - WINDOW_SECONDS;
    const last = part === "targets" || chunk.isPartial ? toWindow : first;
    return `(network_id = ${networkId} AND window_first <= toDateTime(${last}, 'UTC') AND window_last >= toDateTime(${first}, 'UTC'))`;
  });
  const floor = chunk.floorBatch === 0 ? "" : ` AND batch > ${chunk.floorBatch}`;
  const slices = chunk.slices.length === SLICES ? "" : ` AND slice IN (${chunk.slices.join(",")})`;
  return `(${spans.join(" OR ")})${slices} AND batch <= ${batchTo}${floor}`;
}

/** Condition on a row's share of one `window`: whether it belongs to the part. */
export function withinPart({ chunk, tables, part }: RawPart): string {
  if (chunk.isPartial) {
    const targets = `(SELECT network_id, window, slice FROM ${tables.targets})`;
    const isTarget = `(network_id, window, slice) IN ${targets}`;
    if (part === "targets") return isTarget;
    return `(network_id, window + ${WINDOW_SECONDS}, slice) IN ${targets} AND NOT ${isTarget}`;
  }
  const spans = chunk.spans.map(({ networkId, fromWindow, toWindow }) =>
    part === "targets"
      ? `(network_id = ${networkId} AND window >= ${fromWindow} AND window <= ${toWindow})`
      : `(network_id = ${networkId} AND window = ${fromWindow - WINDOW_SECONDS})`,
  );
  return `(${spans.join(" OR ")})`;
}
