import { DatabaseError } from "pg";
import { MetadataStoreError, type MetadataStoreErrorCode } from "../errors.ts";

/** SQLSTATEs, or their two-character classes (PostgreSQL manual, appendix A), that mean something else than "this query is wrong". */
const SQL_STATES: Readonly<Record<string, MetadataStoreErrorCode>> = {
  "08": "METADATA_STORE_UNREACHABLE", // connection exception
  "57P01": "METADATA_STORE_UNREACHABLE", // admin_shutdown
  "57P02": "METADATA_STORE_UNREACHABLE", // crash_shutdown
  "57P03": "METADATA_STORE_UNREACHABLE", // cannot_connect_now: starting, or stopping
  "57P05": "METADATA_STORE_UNREACHABLE", // idle_session_timeout
  "57014": "METADATA_STORE_TIMEOUT", // query_canceled: statement_timeout
  "55P03": "METADATA_STORE_TIMEOUT", // lock_not_available
  "28": "METADATA_STORE_LOGIN_REFUSED", // invalid authorization
  "42501": "METADATA_STORE_LOGIN_REFUSED", // insufficient_privilege
  "3D000": "METADATA_STORE_LOGIN_REFUSED", // invalid_catalog_name: no such database
  "53100": "METADATA_STORE_OUT_OF_DISK", // disk_full
  "53": "METADATA_STORE_OVERLOADED", // insufficient resources
  "40": "METADATA_STORE_OVERLOADED", // deadlock, serialization failure
  "23505": "METADATA_STORE_CONFLICT", // unique_violation
  "23": "METADATA_STORE_BAD_ARGUMENT", // the other integrity constraints
  "22": "METADATA_STORE_BAD_ARGUMENT", // data exception: out of range, not an address, …
};

const ADVICE: Partial<Record<MetadataStoreErrorCode, string>> = {
  METADATA_STORE_UNREACHABLE: "Check that PostgreSQL runs and that its address is right.",
  METADATA_STORE_TIMEOUT: "Try again when PostgreSQL has less to do.",
  METADATA_STORE_LOGIN_REFUSED:
    "Check the PostgreSQL user, its password, its rights and the name of the database.",
  METADATA_STORE_OVERLOADED: "PostgreSQL has too much to do; try again, or raise its max_connections.",
  METADATA_STORE_OUT_OF_DISK: "Free disk space where PostgreSQL keeps its data.",
};

/** Whether the same attempt may well succeed a moment later. */
export function isPassing(error: MetadataStoreError): boolean {
  return error.code === "METADATA_STORE_UNREACHABLE" || error.code === "METADATA_STORE_OVERLOADED";
}

/** The coded error of whatever the driver threw while the query of that name ran. */
export function classifyError(query: string, thrown: unknown): MetadataStoreError {
  const cause = underneath(thrown);
  if (cause instanceof MetadataStoreError) return cause;
  const code = codeOf(cause);
  const said = firstLine(cause);
  const advice = ADVICE[code];
  const context: Record<string, string> = { query };
  if (cause instanceof DatabaseError) {
    if (cause.code !== undefined) context["sqlState"] = cause.code;
    if (cause.constraint !== undefined) context["constraint"] = cause.constraint;
  }
  return new MetadataStoreError(
    code,
    `The metadata store could not do "${query}": ${said}${/[.!?]$/.test(said) ? "" : "."}${advice === undefined ? "" : ` ${advice}`}`,
    { context, cause },
  );
}

/** Drizzle wraps what the driver threw into an error whose message repeats every parameter. That must not reach a log. */
function underneath(thrown: unknown): unknown {
  return thrown instanceof Error && "query" in thrown && "params" in thrown ? thrown.cause : thrown;
}

function codeOf(cause: unknown): MetadataStoreErrorCode {
  if (cause instanceof DatabaseError) {
    const state = cause.code ?? "";
    return SQL_STATES[state] ?? SQL_STATES[state.slice(0, 2)] ?? "METADATA_STORE_QUERY_FAILED";
  }
  const said = cause instanceof Error ? cause.message : "";
  if (/timeout exceeded when trying to connect/.test(said)) return "METADATA_STORE_OVERLOADED";
  const errno = (cause as { code?: unknown } | undefined)?.code;
  if (typeof errno === "string" && errno.startsWith("E")) return "METADATA_STORE_UNREACHABLE";
  // What pg says, without a code, when the socket ends under it.
  if (/connection|socket|not queryable/i.test(said)) return "METADATA_STORE_UNREACHABLE";
  return "METADATA_STORE_QUERY_FAILED";
}

function firstLine(cause: unknown): string {
  const errors: unknown = (cause as { errors?: unknown } | undefined)?.errors;
  // Several addresses of one name were tried, none answered: the outer error says nothing.
  const speaking: unknown = Array.isArray(errors) && errors.length > 0 ? errors[0] : cause;
  const said = speaking instanceof Error ? speaking.message : String(speaking);
  return said.split("\n", 1)[0].slice(0, 500).trim() || "the connection broke";
}
