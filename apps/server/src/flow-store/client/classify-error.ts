import { ClickHouseError } from "@clickhouse/client";
import { FlowStoreError, type FlowStoreErrorCode } from "../errors.ts";

/** Server error numbers (ClickHouse src/Common/ErrorCodes.cpp) that mean something else than "this question is wrong". */
const SERVER_CODES: Readonly<Record<string, FlowStoreErrorCode>> = {
  "159": "FLOW_STORE_TIMEOUT", // TIMEOUT_EXCEEDED
  "160": "FLOW_STORE_TIMEOUT", // TOO_SLOW
  "209": "FLOW_STORE_TIMEOUT", // SOCKET_TIMEOUT
  "192": "FLOW_STORE_LOGIN_REFUSED", // UNKNOWN_USER
  "193": "FLOW_STORE_LOGIN_REFUSED", // WRONG_PASSWORD
  "194": "FLOW_STORE_LOGIN_REFUSED", // REQUIRED_PASSWORD
  "497": "FLOW_STORE_LOGIN_REFUSED", // ACCESS_DENIED
  "516": "FLOW_STORE_LOGIN_REFUSED", // AUTHENTICATION_FAILED
  "202": "FLOW_STORE_OVERLOADED", // TOO_MANY_SIMULTANEOUS_QUERIES
  "252": "FLOW_STORE_OVERLOADED", // TOO_MANY_PARTS
  "241": "FLOW_STORE_OUT_OF_MEMORY", // MEMORY_LIMIT_EXCEEDED
  "243": "FLOW_STORE_OUT_OF_DISK", // NOT_ENOUGH_SPACE
  "210": "FLOW_STORE_UNREACHABLE", // NETWORK_ERROR
  "279": "FLOW_STORE_UNREACHABLE", // ALL_CONNECTION_TRIES_FAILED: a shard is down
  "236": "FLOW_STORE_UNREACHABLE", // ABORTED: the server is shutting down
  "394": "FLOW_STORE_CANCELLED", // QUERY_WAS_CANCELLED
  "735": "FLOW_STORE_CANCELLED", // QUERY_WAS_CANCELLED_BY_CLIENT
};

/** What the way on is, for the codes where it is the same whatever was asked. */
const ADVICE: Partial<Record<FlowStoreErrorCode, string>> = {
  FLOW_STORE_UNREACHABLE: "Check that ClickHouse runs and that its address is right.",
  FLOW_STORE_TIMEOUT: "Ask for a shorter period, or raise the request timeout.",
  FLOW_STORE_LOGIN_REFUSED: "Check the ClickHouse user, its password and its grants.",
  FLOW_STORE_OVERLOADED: "ClickHouse has too much to do; try again, or give it more room.",
  FLOW_STORE_OUT_OF_MEMORY: "Ask for a shorter period, or raise the memory ClickHouse may use.",
  FLOW_STORE_OUT_OF_DISK: "Free disk space where ClickHouse keeps its data, or shorten the retention.",
};

const RETRIED: ReadonlySet<FlowStoreErrorCode> = new Set(["FLOW_STORE_UNREACHABLE", "FLOW_STORE_OVERLOADED"]);

/** Whether the same request may well succeed a moment later. Timeouts are not retried: the second try takes as long. */
export function isPassing(error: FlowStoreError): boolean {
  return RETRIED.has(error.code);
}

/** The coded error of whatever the client threw while the question of that name was asked. */
export function classifyError(question: string, cause: unknown): FlowStoreError {
  if (cause instanceof FlowStoreError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const firstLine = said.split("\n", 1)[0].slice(0, 500).trim();
  const code = codeOf(cause, said);
  const advice = ADVICE[code];
  const serverCode = cause instanceof ClickHouseError ? { serverCode: Number(cause.code) } : {};
  return new FlowStoreError(
    code,
    `The flow store could not answer "${question}": ${firstLine || "the connection broke"}${/[.!?]$/.test(firstLine) ? "" : "."}${advice === undefined ? "" : ` ${advice}`}`,
    { context: { question, ...serverCode }, cause },
  );
}

function codeOf(cause: unknown, said: string): FlowStoreErrorCode {
  if (cause instanceof ClickHouseError) return SERVER_CODES[cause.code] ?? "FLOW_STORE_QUESTION_FAILED";
  if (cause instanceof Error && cause.name === "AbortError") return "FLOW_STORE_CANCELLED";
  const errno = (cause as { code?: unknown } | undefined)?.code;
  if (errno === "ETIMEDOUT" || /timeout error|timed out/i.test(said)) return "FLOW_STORE_TIMEOUT";
  if (/aborted/i.test(said) && errno === undefined) return "FLOW_STORE_CANCELLED";
  // Whatever is left came from the socket: the server never said anything about the question.
  return "FLOW_STORE_UNREACHABLE";
}
