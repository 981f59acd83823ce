import type { FlowBatch } from "@flowlens/flow";

/** Rows of one network, received on one day (UTC); how a segment is cut into them depends on its content alone. */
export interface SpoolPart {
  /** From 0. */
  readonly part: number;
  readonly networkId: number;
  /** Of the part's first row. */
  readonly receivedAtMs: number;
  /** Filled anew for the next part: take what is needed before asking for it. */
  readonly batch: FlowBatch;
}

/** A sealed file with received rows. */
export interface SpoolSegment {
  /** Unique for ever; a later segment's id is greater. */
  readonly id: string;
  readonly bytes: number;
  /** When it was begun, ms since 1970. */
  readonly createdAtMs: number;
  /**
   * Its rows, one network's together, up to 250,000 a part; the same parts, numbers and order each time. Gives
   * the event loop back every few milliseconds. Frames whose checksum is wrong are left out and counted in `damage`.
   *
   * @throws SpoolError SPOOL_SEGMENT_UNREADABLE when the file is not one of ours or of a newer version; the system's error when it cannot be read
   */
  batches(): AsyncIterable<SpoolPart>;
  /** What could not be read, known when `batches()` has come to its end. */
  readonly damage: { readonly bytes: number; readonly rows: number };
}

export interface RecoverResult {
  /** Segments of a killed writer that were sealed. */
  readonly sealed: number;
  /** Bytes after their last whole frame, cut off. */
  readonly tornBytes: number;
  /** Files that are not ours, newer or damaged, renamed to `*.damaged`. */
  readonly setAside: number;
}

/** Plain values. */
export interface SpoolReaderStatus {
  readonly directory: string;
  /** Sealed segments on disk that have not been released. */
  readonly segments: number;
  readonly bytes: number;
  /** Age of the oldest of them, from its begin; 0 where there is none. */
  readonly oldestAgeMs: number;
  readonly releasedSegments: number;
  readonly recovered: RecoverResult;
  /** Files set aside since this reader was made, those of `recovered` included. */
  readonly setAside: number;
}

/** Hands sealed segments out, oldest first. One reader a directory. */
export interface SpoolReader {
  /**
   * Cuts what a killed writer left at its last whole frame and seals it; sets aside what is not ours. Call it
   * before the first `next`, and whenever a writer has died; never while a writer is at work in the directory.
   */
  recover(): Promise<RecoverResult>;
  /** The oldest sealed segment that was not handed out yet; waits for one. Undefined when the signal aborts. */
  next(signal: AbortSignal): Promise<SpoolSegment | undefined>;
  /** Deletes it: the flow store has its rows. */
  release(segment: SpoolSegment): Promise<void>;
  /** Takes it back, to be handed out again. */
  giveBack(segment: SpoolSegment): void;
  /** Renames it to `*.damaged`, with a line in the log: it will never be loaded by itself. */
  setAside(segment: SpoolSegment, reason: string): Promise<void>;
  /** Looks into the directory, so that `status` is up to date. */
  scan(): Promise<void>;
  status(): SpoolReaderStatus;
}
