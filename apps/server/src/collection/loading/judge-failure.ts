import { FlowStoreError } from "#flow-store";

/** `wait`: the store may take it later. `doubtful`: if it is refused again so, it always will be. `hopeless`: it will never be taken. */
export type FailureVerdict = "wait" | "doubtful" | "hopeless";

/** ClickHouse's codes for data it cannot make sense of (src/Common/ErrorCodes.cpp); a connection that breaks can cause some. */
const DATA_REFUSED: ReadonlySet<string> = new Set([
  "6", // CANNOT_PARSE_TEXT
  "9", // SIZES_OF_COLUMNS_DOESNT_MATCH
  "27", // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  "33", // CANNOT_READ_ALL_DATA
  "69", // ARGUMENT_OUT_OF_BOUND
  "117", // INCORRECT_DATA
  "131", // TOO_LARGE_STRING_SIZE
  "321", // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  "469", // VIOLATED_CONSTRAINT
]);

/**
 * Whether loading a segment again can help. Anything that a person can mend (a login, a full disk, a missing table)
 * is waited for: a segment is only set aside for what is in it.
 */
export function judgeFailure(error: unknown): FailureVerdict {
  const { code } = error as { code?: unknown };
  if (code === "SPOOL_SEGMENT_UNREADABLE") return "hopeless";
  if (error instanceof FlowStoreError) {
    if (error.code === "FLOW_STORE_BAD_ARGUMENT") return "hopeless";
    const serverCode = String(error.context["serverCode"] ?? "");
    return error.code === "FLOW_STORE_QUESTION_FAILED" && DATA_REFUSED.has(serverCode) ? "doubtful" : "wait";
  }
  // A file that the disk does not give back, or a mistake of ours with just these rows.
  return "doubtful";
}
