/** Stable codes of everything that can go wrong with the engines. */
export type EngineErrorCode =
  | "DATA_DIRECTORY_UNUSABLE"
  | "ENGINE_CREDENTIALS_DAMAGED"
  | "ENGINE_FAILED"
  | "ENGINE_LOCKED"
  | "ENGINE_NOT_STARTED"
  | "ENGINE_START_FAILED"
  | "ENGINE_UNREACHABLE"
  | "ENGINE_UNSUPPORTED"
  | "ENGINE_URL_INVALID";

/** An error of the engines. `message` is a sentence that says a way on; `context` carries figures for machines, never a secret. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    code: EngineErrorCode,
    message: string,
    details: { context?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "EngineError";
    this.code = code;
    this.context = details.context ?? {};
  }
}
