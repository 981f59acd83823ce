import type { IndexedFrame } from "../segment/frame-index.ts";

/** Rows [from, to) of a frame. */
export interface PartPiece {
  readonly frame: IndexedFrame;
  readonly from: number;
  readonly to: number;
}

export interface PlannedPart {
  readonly networkId: number;
  readonly receivedAtMs: number;
  readonly rows: number;
  readonly pieces: readonly PartPiece[];
}

/** Rows of one part: what the flow store inserts at once. A constant, since tokens count the parts. */
export const ROWS_PER_PART = 250_000;
const DAY_MS = 86_400_000;

/**
 * Cuts a segment into parts: rows of one network and one day of receipt (UTC), in the order of their frames, at
 * most ROWS_PER_PART each, numbered by where they begin. Depends on the frames alone: a segment that is read again
 * gives the same parts.
 */
export function planParts(frames: readonly IndexedFrame[]): readonly PlannedPart[] {
  const parts: { networkId: number; receivedAtMs: number; rows: number; pieces: PartPiece[] }[] = [];
  const filling = new Map<string, (typeof parts)[number]>();
  for (const frame of frames) {
    const { networkId, receivedAtMs } = frame;
    const key = `${networkId}.${Math.floor(receivedAtMs / DAY_MS)}`;
    for (let from = 0; from < frame.rows;) {
      let part = filling.get(key);
      if (part === undefined || part.rows === ROWS_PER_PART) {
        part = { networkId, receivedAtMs, rows: 0, pieces: [] };
        parts.push(part);
        filling.set(key, part);
      }
      const to = Math.min(frame.rows, from + ROWS_PER_PART - part.rows);
      part.pieces.push({ frame, from, to });
      part.rows += to - from;
      from = to;
    }
  }
  return parts;
}
