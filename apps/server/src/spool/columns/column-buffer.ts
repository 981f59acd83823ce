import { COLUMN_HEAD_BYTES, padded } from "./column-kind.ts";

/** One buffer and its typed views; everything is written at multiples of 8. */
export interface ColumnBuffer {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

export function createColumnBuffer(bytes: number): ColumnBuffer {
  const buffer = new ArrayBuffer(padded(bytes));
  return {
    bytes: new Uint8Array(buffer),
    halves: new Uint16Array(buffer),
    words: new Uint32Array(buffer),
    doubles: new Float64Array(buffer),
  };
}

export function writeHead(out: ColumnBuffer, at: number, what: { kind: number; argument?: number }): number {
  out.words[at >>> 2] = what.kind;
  out.words[(at >>> 2) + 1] = what.argument ?? 0;
  return at + COLUMN_HEAD_BYTES;
}

/** Zeros up to the next multiple of 8, whose index it answers. The padding is written too: a buffer that is used again must not leak one frame's bytes into the next. */
export function writePadding(out: ColumnBuffer, at: number): number {
  const padTo = padded(at);
  for (let i = at; i < padTo; i++) out.bytes[i] = 0;
  return padTo;
}
