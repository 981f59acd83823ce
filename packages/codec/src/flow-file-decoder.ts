/** How a file ended: whole, or broken off. `offset` = bytes of decompressed content up to the end of the last whole record. */
export type FileEnd =
  | { readonly complete: true }
  | { readonly complete: false; readonly offset: number; readonly reason: string };

/** Why a decoder stopped for good. The records before `offset` (bytes of decompressed content) stay valid. */
export interface FileFailure {
  readonly offset: number;
  readonly reason: string;
}

/** A line that was skipped: its number (from 1) and why, as in the counter `bad_lines_<reason>`. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

/**
 * Decodes a file in chunks of any size into a FlowSink. Nothing is thrown; memory is bounded by one line.
 * `push` after a failure does nothing. `finish` emits what is left in the sink's batch.
 */
export interface FlowFileDecoder {
  push(chunk: Uint8Array): void;
  finish(): FileEnd;
  /** `lines`, `records`, `flows`, `bad_lines` and what else the format counts; `bad_lines` is the sum of the `bad_lines_*`. */
  readonly counters: Readonly<Record<string, number>>;
  /** The first few bad lines, for the message to a person. */
  readonly firstBadLines: readonly BadLine[];
  readonly failure: FileFailure | undefined;
}
