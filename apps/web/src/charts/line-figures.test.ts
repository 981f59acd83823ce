import { describe, expect, it } from "vitest";
import { figuresOf } from "./line-figures.ts";

describe("the figures under a chart", () => {
  it("are those of the values, in whatever order they stand", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(figuresOf(values)).toEqual({ mean: 50.5, p95: 95, most: 100 });
    expect(figuresOf([7])).toEqual({ mean: 7, p95: 7, most: 7 });
    expect(figuresOf([])).toEqual({ mean: 0, p95: 0, most: 0 });
  });
});
