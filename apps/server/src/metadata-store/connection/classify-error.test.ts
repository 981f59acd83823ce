import { DatabaseError } from "pg";
import { describe, expect, it } from "vitest";
import { classifyError, isPassing } from "./classify-error.ts";

function fromServer(code: string, message = "it said no"): DatabaseError {
  const error = new DatabaseError(message, message.length, "error");
  error.code = code;
  return error;
}

describe("an error of the driver", () => {
  it.each([
    ["57P01", "METADATA_STORE_UNREACHABLE"],
    ["08006", "METADATA_STORE_UNREACHABLE"],
    ["57014", "METADATA_STORE_TIMEOUT"],
    ["28P01", "METADATA_STORE_LOGIN_REFUSED"],
    ["53100", "METADATA_STORE_OUT_OF_DISK"],
    ["53300", "METADATA_STORE_OVERLOADED"],
    ["40P01", "METADATA_STORE_OVERLOADED"],
    ["23505", "METADATA_STORE_CONFLICT"],
    ["23514", "METADATA_STORE_BAD_ARGUMENT"],
    ["22003", "METADATA_STORE_BAD_ARGUMENT"],
    ["42601", "METADATA_STORE_QUERY_FAILED"],
  ])("of SQLSTATE %s is %s", (sqlState, code) => {
    const error = classifyError("list networks", fromServer(sqlState));
    expect(error).toMatchObject({ code, context: { query: "list networks", sqlState } });
    expect(error.message).toMatch(/^The metadata store could not do "list networks": it said no\./);
  });

  it("from the socket means that PostgreSQL is not reached, and passes", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), { code: "ECONNREFUSED" });
    const ended = new Error("Connection terminated unexpectedly");
    const everyAddress = Object.assign(new AggregateError([refused], ""), { code: "ECONNREFUSED" });
    for (const cause of [refused, ended, everyAddress]) {
      const error = classifyError("ping", cause);
      expect(error.code).toBe("METADATA_STORE_UNREACHABLE");
      expect(isPassing(error)).toBe(true);
    }
    expect(classifyError("ping", everyAddress).message).toContain("ECONNREFUSED 127.0.0.1:1");
  });

  it("wrapped by drizzle with every parameter in its message loses them", () => {
    const wrapped = Object.assign(new Error("Failed query: insert …\nparams: hunter2"), {
      query: "insert …",
      params: ["hunter2"],
      cause: fromServer("23505", "duplicate key"),
    });
    const error = classifyError("create a user", wrapped);
    expect(error.code).toBe("METADATA_STORE_CONFLICT");
    expect(error.message).not.toContain("hunter2");
  });
});
