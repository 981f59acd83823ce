/** Stable codes of the metadata store; the message of each is a sentence with a way on. */
export const METADATA_STORE_ERROR_CODES = [
  "METADATA_STORE_UNREACHABLE",
  "METADATA_STORE_TIMEOUT",
  "METADATA_STORE_LOGIN_REFUSED",
  "METADATA_STORE_OVERLOADED",
  "METADATA_STORE_OUT_OF_DISK",
  "METADATA_STORE_QUERY_FAILED",
  "METADATA_STORE_SERVER_UNFIT",
  "METADATA_STORE_SCHEMA_NEWER",
  "METADATA_STORE_SCHEMA_ALTERED",
  "METADATA_STORE_NOT_STARTED",
  "METADATA_STORE_BAD_ARGUMENT",
  "METADATA_STORE_BAD_CURSOR",
  "METADATA_STORE_CONFLICT",
  "METADATA_STORE_IMPORT_LOST",
  "METADATA_STORE_TASK_NOT_OPEN",
] as const;

export type MetadataStoreErrorCode = (typeof METADATA_STORE_ERROR_CODES)[number];

export class MetadataStoreError extends Error {
  readonly code: MetadataStoreErrorCode;
  /** Plain values that place the error: `query` (its name), `sqlState`, `constraint`, … Never a password or a row. */
  readonly context: Readonly<Record<string, string | number>>;

  constructor(
    code: MetadataStoreErrorCode,
    message: string,
    details: { readonly context?: Readonly<Record<string, string | number>>; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "MetadataStoreError";
    this.code = code;
    this.context = details.context ?? {};
  }
}

export function badArgument(
  message: string,
  context: Readonly<Record<string, string | number>> = {},
): MetadataStoreError {
  return new MetadataStoreError("METADATA_STORE_BAD_ARGUMENT", message, { context });
}
