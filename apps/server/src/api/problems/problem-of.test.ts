import { Problem, PROBLEM_CODES } from "@flowlens/contract";
import { METADATA_STORE_ERROR_CODES, MetadataStoreError } from "#metadata-store";
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { RequestError } from "../errors.ts";
import { problemOf } from "./problem-of.ts";

describe("the problem document", () => {
  it("of every code is as the contract says", () => {
    for (const code of PROBLEM_CODES) {
      const document = problemOf(new RequestError(code, "It is so. Do this."));
      expect(Value.Errors(Problem, document)).toEqual([]);
      expect(document).toMatchObject({ code, detail: "It is so. Do this." });
    }
  });

  it("of every error of the metadata store says neither its query nor what was asked", () => {
    for (const code of METADATA_STORE_ERROR_CODES) {
      const error = new MetadataStoreError(code, "The secret broke.", {
        context: { query: "the secret query" },
      });
      const document = problemOf(error);
      expect(Value.Errors(Problem, document)).toEqual([]);
      if (document.status >= 500) expect(JSON.stringify(document)).not.toContain("secret");
    }
  });

  it.each([
    ["METADATA_STORE_UNREACHABLE", 503, "STORE_UNAVAILABLE"],
    ["METADATA_STORE_OUT_OF_DISK", 503, "STORE_UNAVAILABLE"],
    ["METADATA_STORE_QUERY_FAILED", 500, "INTERNAL_ERROR"],
    ["METADATA_STORE_BAD_CURSOR", 400, "CURSOR_INVALID"],
    ["METADATA_STORE_BAD_ARGUMENT", 400, "PARAMETER_INVALID"],
  ] as const)("of %s has the status %i and the code %s", (storeCode, status, code) => {
    const error = new MetadataStoreError(storeCode, "It broke.", { context: { field: "address" } });
    const document = problemOf(error);
    expect(document).toMatchObject({ status, code });
    expect(document.errors?.[0]?.field).toBe(status === 400 ? "address" : undefined);
  });

  it("of anything else tells nothing of it", () => {
    for (const thrown of [new TypeError("x is undefined"), "text", undefined, null, { code: "E42" }]) {
      expect(problemOf(thrown)).toMatchObject({ status: 500, code: "INTERNAL_ERROR" });
      expect(problemOf(thrown).detail).not.toContain("undefined");
    }
  });
});
