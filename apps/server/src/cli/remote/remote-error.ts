/**
 * A request that FlowLens refused, or that did not reach it. The code is that of the problem document
 * (PROBLEMS of packages/contract), REMOTE_UNREACHABLE, REMOTE_INTERRUPTED, REMOTE_ANSWER_STRANGE, or that of a failed task.
 */
export class RemoteError extends Error {
  readonly code: string;
  /** `status`: of HTTP, where there was an answer. */
  readonly context: Readonly<Record<string, string | number>>;

  constructor(
    code: string,
    message: string,
    details: { readonly context?: Readonly<Record<string, string | number>>; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "RemoteError";
    this.code = code;
    this.context = details.context ?? {};
  }
}
