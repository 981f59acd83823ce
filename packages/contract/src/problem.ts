import { Type, type Static } from "typebox";
import { HEALTH_CHECK } from "./health.ts";

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** Every way a request can fail: stable code, HTTP status, and what the code means. */
export const PROBLEMS = {
  REQUEST_MALFORMED: { status: 400, title: "The request is not well-formed HTTP" },
  PARAMETER_INVALID: { status: 400, title: "A parameter has a value that it cannot have" },
  PARAMETER_UNKNOWN: { status: 400, title: "There is no such parameter" },
  CURSOR_INVALID: { status: 400, title: "The cursor cannot be used" },
  UPLOAD_EMPTY: { status: 400, title: "The uploaded file is empty" },
  UPLOAD_BROKEN_OFF: { status: 400, title: "The upload broke off" },
  AUTHENTICATION_REQUIRED: { status: 401, title: "This needs a token" },
  HOST_NOT_ALLOWED: { status: 403, title: "FlowLens is not reached under this host name" },
  ROUTE_NOT_FOUND: { status: 404, title: "There is nothing at this address" },
  ASSET_NOT_FOUND: { status: 404, title: "There is no such asset" },
  NETWORK_NOT_FOUND: { status: 404, title: "There is no such network" },
  TASK_NOT_FOUND: { status: 404, title: "There is no such task" },
  REQUEST_TIMEOUT: { status: 408, title: "The request took too long to come" },
  TASK_ENDED: { status: 409, title: "The task has ended" },
  UPLOAD_TOO_LARGE: { status: 413, title: "The uploaded file is too large" },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, title: "The body is of a kind that is not taken here" },
  HEADERS_TOO_LARGE: { status: 431, title: "The request's headers are too large" },
  INTERNAL_ERROR: { status: 500, title: "Something went wrong that should not" },
  STORE_UNAVAILABLE: { status: 503, title: "A store does not answer" },
  NOT_READY: { status: 503, title: "FlowLens is not ready" },
  STOPPING: { status: 503, title: "FlowLens is being stopped" },
  NO_SPACE: { status: 507, title: "There is no disk space left" },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457, `application/problem+json`, with a stable code. */
export const PROBLEM = Type.Object(
  {
    type: Type.String({ format: "uri-reference" }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: "What was wrong this time, with a way on." }),
    code: Type.Enum(Object.keys(PROBLEMS) as ProblemCode[]),
    errors: Type.Optional(
      Type.Array(
        Type.Object({ field: Type.String(), message: Type.String() }, { additionalProperties: false }),
        { description: "One for each parameter that is wrong." },
      ),
    ),
    checks: Type.Optional(Type.Array(HEALTH_CHECK, { description: "What FlowLens needs, when it is not ready." })),
  },
  { title: "Problem", additionalProperties: false },
);

export type Problem = Readonly<Static<typeof PROBLEM>>;
export type FieldError = NonNullable<Problem["errors"]>[number];
