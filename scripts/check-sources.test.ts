import { describe, expect, test } from "vitest";
import { foreignNamesIn, shapeComplaints } from "./check-sources.ts";

describe("the check of sources", () => {
  test("finds paths of one machine and hosts of package registries, with their line", () => {
    // Put together here, since this file is checked like any other.
    const folder = ["", "work", "main"].join("/");
    const home = ["", "home", "ada", "flowlens"].join("/");
    const host = ["registry", "example", "org"].join(".");
    expect(foreignNamesIn("a.md", `fine\ncd ${folder}/\n`)).toEqual(["a.md:2: names a path of one machine"]);
    expect(foreignNamesIn("a.ts", `"${home}/captures"`)).toEqual(["a.ts:1: names a path of one machine"]);
    expect(foreignNamesIn("a.json", `"https://${host}/pg"`)).toEqual([
      "a.json:1: names the host of a package registry",
    ]);
  });

  test("leaves alone what only looks like one", () => {
    const text =
      "packages/work/main ../home/x/ https://example.org/work/ ~/work/ /var/lib/flowlens the npm registry";
    expect(foreignNamesIn("a.md", text)).toEqual([]);
  });

  test("finds files that are too long", () => {
    expect(shapeComplaints("src/a.ts", "x\n".repeat(400))).toEqual([]);
    expect(shapeComplaints("src/a.ts", "x\n".repeat(401))[0]).toContain("401 lines; past 400");
  });

  test("finds names that do not say what is inside", () => {
    expect(shapeComplaints("src/date-utils.ts", "")[0]).toContain(`"utils" does not say what is inside`);
    expect(shapeComplaints("src/common/port.ts", "")[0]).toContain(`"common" does not say what is inside`);
    expect(shapeComplaints("src/commonest-port.ts", "")).toEqual([]);
  });
});
