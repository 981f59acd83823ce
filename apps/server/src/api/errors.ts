import type { FieldError, ProblemCode } from "@flowlens/contract";

/** Stable codes of what keeps the API from starting. */
export const API_ERROR_CODES = [
  "API_PORT_BUSY",
  "API_ADDRESS_UNUSABLE",
  "API_ROUTE_WITHOUT_ACCESS",
  "API_UPLOADS_UNUSABLE",
] as const;

export type ApiErrorCode = (typeof API_ERROR_CODES)[number];

export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly context: Readonly<Record<string, string | number>>;

  constructor(
    code: ApiErrorCode,
    message: string,
    details: { readonly context?: Readonly<Record<string, string | number>>; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "ApiError";
    this.code = code;
    this.context = details.context ?? {};
  }
}

/** A request that cannot be answered as asked; becomes a problem document. The message is a sentence with a way on. */
export class RequestError extends Error {
  readonly code: ProblemCode;
  /** The parameters that are wrong. */
  readonly fields: readonly FieldError[];

  constructor(
    code: ProblemCode,
    message: string,
    details: { readonly fields?: readonly FieldError[]; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "RequestError";
    this.code = code;
    this.fields = details.fields ?? [];
  }
}
