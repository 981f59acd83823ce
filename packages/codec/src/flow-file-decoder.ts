/**
 * How a file ended: whole, or broken off. `offset` = bytes of decompressed content up to the end of the last whole
 * record; `reason` = a phrase to stand behind the file's name and a colon.
 */
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
  /** What the format counts; logs at least `lines`, `records`, `flows` and `bad_lines`, the sum of the `bad_lines_*`. */
  readonly counters: Readonly<Record<string, number>>;
  /** The first few bad lines, for the message to a person; only of formats made of lines. */
  readonly firstBadLines?: readonly BadLine[];
  readonly failure: FileFailure | undefined;
}
