import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { Problem, problem, PROBLEM_CODES, PROBLEMS } from "./index.ts";

describe("a problem document", () => {
  it("of every code carries its title and type and is as the schema says", () => {
    for (const code of PROBLEM_CODES) {
      const document = problem(code, { status: 500, detail: "The disk is full. Make room and try again." });
      expect(Value.Errors(Problem, document)).toEqual([]);
      expect(document).toMatchObject({ code, title: PROBLEMS[code], type: `urn:flowlens:problem:${code}` });
    }
  });

  it("names the fields at fault", () => {
    const document = problem("PARAMETER_INVALID", {
      status: 400,
      detail: "limit must be at most 1000.",
      errors: [{ in: "query", field: "limit", message: "must be at most 1000" }],
    });
    expect(Value.Check(Problem, document)).toBe(true);
    expect(Value.Check(Problem, { ...document, errors: [{ field: "limit" }] })).toBe(false);
  });

  it("of a code that is in no catalogue is refused", () => {
    const document = problem("INTERNAL_ERROR", { status: 500, detail: "It broke." });
    expect(Value.Check(Problem, { ...document, code: "whatever" })).toBe(false);
  });
});

describe("the catalogue of problems", () => {
  it("has codes in capitals and a different title for each", () => {
    expect(PROBLEM_CODES.every((code) => /^[A-Z]+(_[A-Z]+)*$/.test(code))).toBe(true);
    expect(new Set(Object.values(PROBLEMS)).size).toBe(PROBLEM_CODES.length);
  });
});
