/** Ways in which the package refuses; the codes stay. */
export const FOREST_ERROR_CODES = [
  /** Rows, labels, weights or options contradict each other or are out of range. */
  "FOREST_INPUT_INVALID",
  /** The caller's signal was aborted; nothing was made. */
  "FOREST_ABORTED",
  /** A model file that is cut, altered, foreign or newer. */
  "FOREST_FILE_INVALID",
  /** A worker thread ended before its work did; nothing was made. */
  "FOREST_WORKER_DIED",
] as const;

export type ForestErrorCode = (typeof FOREST_ERROR_CODES)[number];

export class ForestError extends Error {
  override readonly name = "ForestError";
  readonly code: ForestErrorCode;

  constructor(code: ForestErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export function refuse(message: string): never {
  throw new ForestError("FOREST_INPUT_INVALID", message);
}

/** What an AbortSignal has that a pure package may look at. */
export interface Abort {
  readonly aborted: boolean;
}

/** @throws ForestError FOREST_ABORTED once the signal is aborted */
export function stopIfAborted(signal: Abort | undefined): void {
  if (signal?.aborted === true) throw new ForestError("FOREST_ABORTED", "The training was broken off.");
}
