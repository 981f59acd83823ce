// `npm run check`: everything that can be said about the code without running it, in a minute.
// All steps run even when one fails, so that one run tells everything there is to mend.
import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./source-files.ts";

const BUDGET_S = 60;

const STEPS: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: "lock file", command: ["node", "scripts/complete-lock.mjs", "--check"] },
  { name: "generated files", command: ["node", "scripts/generate.ts", "--check"] },
  { name: "migrations", command: ["node", "scripts/check-migrations.ts"] },
  { name: "rooms", command: ["node", "scripts/check-rooms.ts"] },
  { name: "sources", command: ["node", "scripts/check-sources.ts"] },
  { name: "types", command: ["tsc", "-p", "tsconfig.json"] },
  { name: "types of packages", command: ["tsc", "-p", "packages/tsconfig.json"] },
  { name: "types of the web", command: ["tsc", "-p", "apps/web/tsconfig.json"] },
  { name: "lint", command: ["oxlint"] },
  { name: "format", command: ["oxfmt", "--check"] },
  { name: "dead code", command: ["knip", "--no-config-hints"] },
];

const PROGRAMS = fileURLToPath(new URL("node_modules/.bin", ROOT));
const OUTPUT_BYTES = 64 * 1024 * 1024;

function main(): void {
  const failed: string[] = [];
  const begun = performance.now();
  for (const { name, command } of STEPS) {
    const [program = "", ...args] = command;
    const stepBegun = performance.now();
    const result = spawnSync(program, args, {
      cwd: fileURLToPath(ROOT),
      encoding: "utf8",
      env: { ...process.env, PATH: `${PROGRAMS}${delimiter}${process.env["PATH"]}` },
      maxBuffer: OUTPUT_BYTES,
    });
    const passed = result.status === 0;
    const time = `${secondsSince(stepBegun).toFixed(1)} s`.padStart(7);
    console.log(`${passed ? "ok    " : "FAILED"} ${time}  ${name}`);
    if (passed) continue;
    failed.push(name);
    console.log(`${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}`.trimEnd());
  }
  const seconds = secondsSince(begun);
  console.log(`The checks took ${seconds.toFixed(1)} s of ${BUDGET_S} s.`);
  if (failed.length > 0)
    console.log(`Failed: ${failed.join(", ")}. \`npm run fix\` mends format and some of lint.`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function secondsSince(begunMs: number): number {
  return (performance.now() - begunMs) / 1000;
}

main();
