/** Stable codes of the spool; the message of each is a sentence with a way on. */
export const SPOOL_ERROR_CODES = ["SPOOL_SYNC_FAILED", "SPOOL_SEGMENT_UNREADABLE"] as const;

export type SpoolErrorCode = (typeof SPOOL_ERROR_CODES)[number];

export class SpoolError extends Error {
  readonly code: SpoolErrorCode;
  /** `file`, `offset`, … as far as they are known. */
  readonly context: Readonly<Record<string, string | number>>;

  constructor(
    code: SpoolErrorCode,
    message: string,
    details: { readonly context?: Readonly<Record<string, string | number>>; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "SpoolError";
    this.code = code;
    this.context = details.context ?? {};
  }
}
