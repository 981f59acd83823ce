import { describe, expect, test } from "vitest";
import { doorComplaints, strayPathsIn } from "./check-rooms.ts";
import type { Room } from "./rooms.ts";

const ROOMS: readonly Room[] = [
  { layer: 0, room: "flow", path: "packages/flow", mayImport: [], is: "the record" },
  { layer: 1, room: "#api", path: "apps/server/src/api", mayImport: ["flow"], is: "HTTP" },
  { layer: 1, room: "#api-docs", path: "apps/server/src/api-docs", mayImport: ["flow"], is: "documents" },
];

describe("relative paths", () => {
  test.each([
    [`import { a } from "../../flow-store/index.ts";`],
    [`export * from '../../../../../packages/flow/src/index.ts';`],
    [`const worker = new Worker(new URL("../../spool/worker.ts", import.meta.url));`],
    [`vi.mock("../../api-docs/index.ts");`],
    [`type T = import("./../../api-docs/index.ts").T;`],
    ["const b = await import(`../../api-docs/index.ts`);"],
  ])("that leave a room are found: %s", (line) => {
    const complaints = strayPathsIn("apps/server/src/api/routes/assets.ts", line, ROOMS);
    expect(complaints[0]).toMatch(/leaves the room #api; import the other room by its name$/);
  });

  test("within a room are left alone, also towards its top", () => {
    const text = `import { a } from "../errors.ts"; import { b } from "./flow-store/index.ts";`;
    expect(strayPathsIn("apps/server/src/api/routes/assets.ts", text, ROOMS)).toEqual([]);
  });

  test("from outside of the rooms lead to a door or are found", () => {
    // Put together here, since this file is checked like any other.
    const entering = (file: string) =>
      strayPathsIn("bench/decode.ts", `"${["..", "packages/flow/src", file].join("/")}"`, ROOMS);
    expect(entering("index.ts")).toEqual([]);
    expect(entering("columns.ts")).toEqual([
      "bench/decode.ts: ../packages/flow/src/columns.ts enters the room flow beside its door, packages/flow/src/index.ts",
    ]);
  });

  test("are no way around the lint rules by an import in backticks", () => {
    const complaints = strayPathsIn("packages/flow/src/a.ts", "await import(`@flowlens/codec`);", ROOMS);
    expect(complaints).toEqual([
      "packages/flow/src/a.ts: write the imported module in plain quotes, so that the lint rules see it",
    ]);
  });
});

describe("a door", () => {
  test("opens with a comment and stays short", () => {
    const comment = "// What the room is and is not.\n";
    expect(doorComplaints("index.ts", `${comment}export { a } from "./a.ts";\n`)).toEqual([]);
    expect(doorComplaints("index.ts", `/** What it is. */\n`)).toEqual([]);
    expect(doorComplaints("index.ts", `export { a } from "./a.ts";\n`)).toEqual([
      "index.ts: a door opens with a comment that says what the room is and is not",
    ]);
    const long = (lines: number) => comment.repeat(5) + 'export { a } from "./a.ts";\n'.repeat(lines);
    expect(doorComplaints("index.ts", long(40))).toEqual([]);
    expect(doorComplaints("index.ts", long(41))).toEqual(["index.ts: 41 lines; a door has at most 40"]);
  });
});
