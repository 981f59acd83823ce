/** Stable codes of collection; the message of each is one sentence that names the file and the reason. */
export const COLLECTION_ERROR_CODES = [
  "FILE_NOT_FOUND",
  "FILE_NOT_PERMITTED",
  "FILE_NOT_READABLE",
  "FILE_FORMAT_UNKNOWN",
  "FILE_BROKEN",
  "FILE_INCOMPLETE",
  "FILE_CHANGED",
  "NO_FILES",
  "IMPORT_CANCELLED",
  "IMPORT_BUSY",
  "COLLECTOR_PORT_BUSY",
  "COLLECTOR_NOT_PERMITTED",
  "COLLECTOR_ADDRESS_NOT_HERE",
  "COLLECTOR_BAD_SETTING",
  "COLLECTOR_NOT_STARTED",
] as const;

export type CollectionErrorCode = (typeof COLLECTION_ERROR_CODES)[number];

export class CollectionError extends Error {
  readonly code: CollectionErrorCode;
  /** `file`, `offset`, … as far as they are known. */
  readonly context: Readonly<Record<string, string | number>>;

  constructor(
    code: CollectionErrorCode,
    message: string,
    details: { readonly context?: Readonly<Record<string, string | number>>; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "CollectionError";
    this.code = code;
    this.context = details.context ?? {};
  }
}

/** The error of a failed open or read of `path`, told by the system's error code. */
export function fileError(path: string, cause: unknown): CollectionError {
  const systemCode = (cause as { code?: unknown }).code;
  const details = { context: { file: path }, cause };
  switch (systemCode) {
    case "ENOENT":
      return new CollectionError("FILE_NOT_FOUND", `${path}: there is no such file or directory.`, details);
    case "EACCES":
    case "EPERM":
      return new CollectionError("FILE_NOT_PERMITTED", `${path}: no permission to read it.`, details);
    default:
      return new CollectionError(
        "FILE_NOT_READABLE",
        `${path}: it cannot be read (${String(systemCode ?? cause)}).`,
        details,
      );
  }
}
