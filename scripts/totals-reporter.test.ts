import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "totals-"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(
    join(folder, "vitest.config.ts"),
    `import { totalsReporter } from ${JSON.stringify(join(ROOT, "scripts/totals-reporter.ts"))};
     export default { test: { reporters: ["default", totalsReporter()] } };`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs vitest on one file of the given text and returns its exit code and last line. */
function lastLineOf(text: string): { code: number | null; lastLine: string | undefined } {
  writeFileSync(join(folder, "a.test.ts"), `import { afterAll, test } from "vitest";\n${text}`);
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const { status, stdout } = spawnSync(process.execPath, [vitest, "run"], { cwd: folder, encoding: "utf8" });
  return { code: status, lastLine: stdout.trimEnd().split("\n").at(-1) };
}

test("a test run ends with the numbers of tests passed, failed and skipped", () => {
  const text = `
    test("a", () => {}); test("b", () => {});
    test("c", () => { throw new Error("no"); });
    test.skip("d", () => {}); test.todo("e");`;
  expect(lastLineOf(text)).toEqual({ code: 1, lastLine: "2 passed, 1 failed, 2 skipped" });
});

test("a green run counts nothing as failed", () => {
  expect(lastLineOf(`test("a", () => {});`)).toEqual({ code: 0, lastLine: "1 passed, 0 failed, 0 skipped" });
});

test("a file that cannot be loaded counts as failed", () => {
  expect(lastLineOf(`throw new Error("no");`)).toEqual({
    code: 1,
    lastLine: "0 passed, 1 failed, 0 skipped",
  });
});

test("a hook that fails outside of a test counts as failed", () => {
  const text = `test("a", () => {}); afterAll(() => { throw new Error("no"); });`;
  expect(lastLineOf(text)).toEqual({ code: 1, lastLine: "1 passed, 1 failed, 0 skipped" });
});

test("an error that nobody caught counts as failed", () => {
  const text = `test("a", async () => { void Promise.reject(new Error("no")); await new Promise((r) => setTimeout(r, 50)); });`;
  expect(lastLineOf(text)).toEqual({ code: 1, lastLine: "1 passed, 1 failed, 0 skipped" });
});
