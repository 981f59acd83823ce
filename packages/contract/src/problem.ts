import { Type, type Static } from "typebox";
import { HealthCheck } from "./health.ts";
import { answer } from "./values.ts";

/** Every way a request can fail: a code that stays, and what it means. Which status it has is #api's to say. */
export const PROBLEMS = {
  REQUEST_MALFORMED: "The request is not well-formed",
  PARAMETER_INVALID: "A parameter has a value that it cannot have",
  PARAMETER_UNKNOWN: "There is no such parameter",
  CURSOR_INVALID: "The cursor cannot be used",
  UPLOAD_EMPTY: "The upload is empty",
  UPLOAD_BROKEN_OFF: "The upload broke off",
  AUTHENTICATION_REQUIRED: "This needs a token",
  TOKEN_REFUSED: "This token is not accepted",
  NOT_PERMITTED: "This token may not do that",
  HOST_NOT_ALLOWED: "FlowLens is not called by this name",
  ROUTE_NOT_FOUND: "There is nothing at this address",
  ASSET_NOT_FOUND: "There is no such asset",
  NETWORK_NOT_FOUND: "There is no such network",
  EXPORTER_NOT_FOUND: "There is no such exporter",
  TASK_NOT_FOUND: "There is no such task",
  TASK_ENDED: "The task has ended",
  METHOD_NOT_ALLOWED: "This cannot be done with what is at this address",
  REQUEST_TIMEOUT: "The request took too long to come",
  BODY_TOO_LARGE: "The body of the request is too large",
  UPLOAD_TOO_LARGE: "The upload is too large",
  MEDIA_TYPE_UNSUPPORTED: "The body is of a kind that is not taken here",
  QUESTION_TOO_LARGE: "Answering this would take too long",
  TOO_MANY_REQUESTS: "There were too many requests",
  HEADERS_TOO_LARGE: "The headers of the request are too large",
  INTERNAL_ERROR: "Something went wrong that should not",
  STORE_UNAVAILABLE: "A store does not answer",
  NOT_READY: "FlowLens is not ready",
  STOPPING: "FlowLens is being stopped",
  NO_SPACE: "There is no disk space left",
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

export const FieldError = answer("FieldError", {
  in: Type.Enum(["query", "path", "header", "body"]),
  field: Type.String(),
  message: Type.String(),
});
export type FieldError = Static<typeof FieldError>;

/** RFC 9457, sent as `application/problem+json`, with a stable code. */
export const Problem = answer("Problem", {
  type: Type.String({ format: "uri", examples: ["urn:flowlens:problem:ASSET_NOT_FOUND"] }),
  title: Type.String(),
  status: Type.Integer({ minimum: 400, maximum: 599 }),
  detail: Type.String({ description: "What it was this time, as a sentence with a way on." }),
  code: Type.Enum(PROBLEM_CODES),
  errors: Type.Optional(Type.Array(FieldError, { description: "The parameters at fault." })),
  checks: Type.Optional(
    Type.Array(HealthCheck, { description: "Of NOT_READY: what works and what does not." }),
  ),
});
export type Problem = Static<typeof Problem>;

/** The document of one failure. */
export function problem(
  code: ProblemCode,
  details: Pick<Problem, "status" | "detail" | "errors" | "checks">,
): Problem {
  return { type: `urn:flowlens:problem:${code}`, title: PROBLEMS[code], code, ...details };
}
