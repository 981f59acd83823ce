import type { Problem } from "@flowlens/contract";

/** Why an answer did not come, as the page can say it. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";
  /** HTTP status; 0 when no answer came at all. */
  readonly status: number;
  /** The problem document, where the server sent one. */
  readonly problem: Problem | undefined;

  constructor(status: number, message: string, problem?: Problem) {
    super(message);
    this.status = status;
    this.problem = problem;
  }

  /** Whether asking again may help. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** What an answer that is no success says. A proxy between may answer something else than FlowLens does. */
export async function failureOf(response: Response): Promise<ApiFailure> {
  const isProblem = (response.headers.get("content-type") ?? "").includes("application/problem+json");
  const problem = isProblem ? ((await response.json()) as Problem) : undefined;
  const sentence = problem?.detail ?? problem?.title ?? `The server answered with status ${response.status}.`;
  return new ApiFailure(response.status, sentence, problem);
}

/** What became of a request that got no answer. */
export function unreachable(): ApiFailure {
  return new ApiFailure(
    0,
    "FlowLens does not answer. It may have been stopped, or the connection to it is lost.",
  );
}
