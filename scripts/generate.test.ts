import { expect, test } from "vitest";
import { withTable } from "./generate.ts";

const BEGIN = "<!-- rooms:begin -->";
const END = "<!-- rooms:end -->";

test("the layer table replaces what stands between its markers, and only that", () => {
  const document = `# Title\n\n${BEGIN}\nold\n${END}\n\nrest\n`;
  const written = withTable(document, "| new |");
  expect(written).toBe(`# Title\n\n${BEGIN}\n\n| new |\n\n${END}\n\nrest\n`);
  expect(withTable(written, "| new |")).toBe(written);
});

test("a document without markers is refused instead of overwritten", () => {
  expect(() => withTable("# Title\n", "| new |")).toThrow(
    "it needs two lines between which the layer table goes",
  );
});
