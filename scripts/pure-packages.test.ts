import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const PACKAGES = fileURLToPath(new URL("../packages/", import.meta.url));
const TSC = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pure-"));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: join(PACKAGES, "tsconfig.json"),
      include: [join(PACKAGES, "pure-globals.d.ts"), "*.ts"],
    }),
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

function typecheck(code: string): string {
  writeFileSync(join(folder, "code.ts"), code);
  return spawnSync(process.execPath, [TSC, "-p", folder], { encoding: "utf8" }).stdout;
}

test("packages may decode text and ask whether they were told to stop", () => {
  const code = `
    export function read(bytes: Uint8Array, signal: AbortSignal): string {
      return signal.aborted ? "" : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    }`;
  expect(typecheck(code)).toBe("");
});

test.each([
  "Buffer.alloc(1)",
  "process.pid",
  "setTimeout(() => {}, 1)",
  "document.title",
  "fetch('')",
  "console.log()",
])("packages do not pass the type check when they use %s", (use) => {
  expect(typecheck(`export const used = ${use};`)).toMatch(/error TS(2304|2580|2584|2591)/);
});
