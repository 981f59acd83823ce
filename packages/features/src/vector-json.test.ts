import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FEATURE_COUNT, vectorFromJson, vectorToJson } from "./index.ts";

describe("a vector as JSON", () => {
  test("comes back as it went, missing values as null", () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
      fc.constant(Number.NaN),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: FEATURE_COUNT, maxLength: FEATURE_COUNT }), (values) => {
        const vector = Float64Array.from(values);
        const json: unknown = JSON.parse(JSON.stringify(vectorToJson(vector)));
        expect(vectorFromJson(json)).toEqual(vector);
      }),
    );
  });

  test.each([
    ["an object", {}, "must be an array"],
    ["too few values", [1, 2], "has 24 values, this one has 2"],
    ["text among the values", Array.from({ length: 24 }, (_, i) => (i === 7 ? "1" : 1)), "Value 7"],
  ])("is refused with its fault when it is %s", (_, json, fault) => {
    expect(() => vectorFromJson(json)).toThrow(fault);
  });
});
