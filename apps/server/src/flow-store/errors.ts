/** Stable codes of the flow store; the message of each is a sentence with a way on. */
export const FLOW_STORE_ERROR_CODES = [
  "FLOW_STORE_UNREACHABLE",
  "FLOW_STORE_TIMEOUT",
  "FLOW_STORE_LOGIN_REFUSED",
  "FLOW_STORE_OVERLOADED",
  "FLOW_STORE_OUT_OF_MEMORY",
  "FLOW_STORE_OUT_OF_DISK",
  "FLOW_STORE_QUESTION_FAILED",
  "FLOW_STORE_CANCELLED",
  "FLOW_STORE_SERVER_TOO_OLD",
  "FLOW_STORE_SCHEMA_NEWER",
  "FLOW_STORE_NOT_STARTED",
  "FLOW_STORE_BAD_ARGUMENT",
] as const;

export type FlowStoreErrorCode = (typeof FLOW_STORE_ERROR_CODES)[number];

export class FlowStoreError extends Error {
  readonly code: FlowStoreErrorCode;
  /** Plain values that place the error: `question` (its name), `serverCode`, `attempts`, … Never a password. */
  readonly context: Readonly<Record<string, string | number>>;

  constructor(
    code: FlowStoreErrorCode,
    message: string,
    details: { readonly context?: Readonly<Record<string, string | number>>; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "FlowStoreError";
    this.code = code;
    this.context = details.context ?? {};
  }
}
