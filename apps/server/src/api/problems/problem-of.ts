import { problem, type FieldError, type Problem, type ProblemCode } from "@flowlens/contract";
import { FlowStoreError, type FlowStoreErrorCode } from "#flow-store";
import { MetadataStoreError, type MetadataStoreErrorCode } from "#metadata-store";
import { RequestError } from "../errors.ts";
import { PROBLEM_STATUS } from "./status.ts";

const STORE_AWAY = "The metadata store does not answer. Try again in a moment; /health/ready says more.";

/** What an error of the metadata store is to the one who asked; what is not listed is a fault of FlowLens. */
const STORE_PROBLEMS: Partial<Record<MetadataStoreErrorCode, ProblemCode>> = {
  METADATA_STORE_UNREACHABLE: "STORE_UNAVAILABLE",
  METADATA_STORE_TIMEOUT: "STORE_UNAVAILABLE",
  METADATA_STORE_LOGIN_REFUSED: "STORE_UNAVAILABLE",
  METADATA_STORE_OVERLOADED: "STORE_UNAVAILABLE",
  METADATA_STORE_OUT_OF_DISK: "STORE_UNAVAILABLE",
  METADATA_STORE_NOT_STARTED: "STORE_UNAVAILABLE",
  METADATA_STORE_BAD_ARGUMENT: "PARAMETER_INVALID",
  METADATA_STORE_BAD_CURSOR: "CURSOR_INVALID",
  METADATA_STORE_TASK_NOT_OPEN: "TASK_ENDED",
};

const FLOWS_AWAY = "The flow store does not answer. Try again in a moment; /health/ready says more.";
const TOO_LARGE =
  "Answering this takes longer than a question may. Ask for a shorter period, or about one host.";

/** What an error of the flow store is to the one who asked. */
const FLOW_STORE_PROBLEMS: Partial<Record<FlowStoreErrorCode, ProblemCode>> = {
  FLOW_STORE_UNREACHABLE: "STORE_UNAVAILABLE",
  FLOW_STORE_LOGIN_REFUSED: "STORE_UNAVAILABLE",
  FLOW_STORE_OVERLOADED: "STORE_UNAVAILABLE",
  FLOW_STORE_OUT_OF_DISK: "STORE_UNAVAILABLE",
  FLOW_STORE_NOT_STARTED: "STORE_UNAVAILABLE",
  FLOW_STORE_TIMEOUT: "QUESTION_TOO_LARGE",
  FLOW_STORE_OUT_OF_MEMORY: "QUESTION_TOO_LARGE",
  FLOW_STORE_BAD_ARGUMENT: "PARAMETER_INVALID",
  // The client went away, or the store is being stopped.
  FLOW_STORE_CANCELLED: "STORE_UNAVAILABLE",
};

/** What Fastify says of itself before a route is reached. */
const FRAMEWORK_PROBLEMS: Readonly<Record<string, { readonly code: ProblemCode; readonly detail: string }>> =
  {
    FST_ERR_CTP_INVALID_MEDIA_TYPE: {
      code: "MEDIA_TYPE_UNSUPPORTED",
      detail:
        "Send a file with the header Content-Type: application/octet-stream, anything else as application/json. What only asks has no body.",
    },
    FST_ERR_CTP_BODY_TOO_LARGE: {
      code: "BODY_TOO_LARGE",
      detail: "The body is larger than any that is needed here. Send less.",
    },
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
      code: "REQUEST_MALFORMED",
      detail: "The body is not as long as its Content-Length says. Send it again.",
    },
    FST_ERR_BAD_URL: {
      code: "REQUEST_MALFORMED",
      detail: "The address cannot be read: encode special characters as %20 and the like.",
    },
    FST_ERR_MAX_PARAM_LENGTH: { code: "ROUTE_NOT_FOUND", detail: "A part of the address is too long." },
  };

/** The problem document for whatever was thrown while a request was answered. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RequestError) return documentOf(error.code, error.message, error.fields);
  if (error instanceof MetadataStoreError) return ofStore(error);
  if (error instanceof FlowStoreError) return ofFlowStore(error);
  const frameworkCode = (error as { readonly code?: unknown } | undefined)?.code;
  const framework = typeof frameworkCode === "string" ? FRAMEWORK_PROBLEMS[frameworkCode] : undefined;
  if (framework !== undefined) return documentOf(framework.code, framework.detail);
  return documentOf(
    "INTERNAL_ERROR",
    "This is a fault of FlowLens; its log says more. Try again, and report it if it stays.",
  );
}

export function documentOf(code: ProblemCode, detail: string, errors: readonly FieldError[] = []): Problem {
  return problem(code, {
    status: PROBLEM_STATUS[code],
    detail,
    ...(errors.length === 0 ? {} : { errors: [...errors] }),
  });
}

function ofStore(error: MetadataStoreError): Problem {
  const code = STORE_PROBLEMS[error.code] ?? "INTERNAL_ERROR";
  if (code === "STORE_UNAVAILABLE") return documentOf(code, STORE_AWAY);
  if (code === "INTERNAL_ERROR") return problemOf(undefined);
  const { field } = error.context;
  const fields: FieldError[] =
    typeof field === "string" ? [{ in: "query", field, message: error.message }] : [];
  return documentOf(code, error.message, fields);
}

function ofFlowStore(error: FlowStoreError): Problem {
  const code = FLOW_STORE_PROBLEMS[error.code] ?? "INTERNAL_ERROR";
  if (code === "STORE_UNAVAILABLE") return documentOf(code, FLOWS_AWAY);
  if (code === "QUESTION_TOO_LARGE") return documentOf(code, TOO_LARGE);
  if (code === "INTERNAL_ERROR") return problemOf(undefined);
  const { field } = error.context;
  if (field === "cursor") {
    return documentOf("CURSOR_INVALID", error.message, [{ in: "query", field, message: error.message }]);
  }
  return documentOf(
    code,
    error.message,
    typeof field === "string" ? [{ in: "query", field, message: error.message }] : [],
  );
}
