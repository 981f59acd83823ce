import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lintConfig } from "./lint-config.ts";
import { loadRooms } from "./rooms.ts";

const OXLINT = fileURLToPath(new URL("../node_modules/oxlint/bin/oxlint", import.meta.url));

/** File, its only line, and what oxlint must say of it: a part of the message or the rule, or nothing at all. */
const CASES: readonly (readonly [file: string, line: string, expected: string])[] = [
  ["packages/codec/src/a.ts", `export { b } from "@flowlens/flow";`, ""],
  ["packages/codec/src/b.ts", `export { b } from "@flowlens/features";`, "does not let codec import it"],
  ["packages/codec/src/c.ts", `export type { B } from "@flowlens/metering";`, "does not let codec import it"],
  [
    "packages/codec/src/d.ts",
    `export const b = await import("@flowlens/features");`,
    "does not let codec import it",
  ],
  ["packages/codec/src/e.ts", `export * from "@flowlens/flow/src/columns.ts";`, "entered by its door"],
  ["packages/codec/src/f.ts", `export { b } from "#api";`, "does not let codec import it"],
  ["packages/codec/src/g.ts", `export { readFileSync } from "node:fs";`, "Packages are pure"],
  ["packages/codec/src/h.ts", `export { readFileSync } from "fs";`, "prefer-node-protocol"],
  ["packages/codec/src/i.ts", `export { b } from "@flowlens/codec";`, "does not let codec import it"],
  ["packages/codec/src/j.ts", `export { b } from "pg";`, "Only #engines and #metadata-store may import it"],
  ["packages/codec/src/k.ts", `export const now = Date.now();`, "Packages have no clock"],
  ["packages/codec/src/l.ts", `export const chance = Math.random();`, "take a seed"],
  ["packages/codec/src/m.ts", `export { b } from "@flowlens/made-traffic";`, "does not let codec import it"],
  ["packages/codec/src/a.test.ts", `export { b } from "@flowlens/made-traffic";`, ""],
  ["packages/codec/src/b.test.ts", `export { readFileSync } from "node:fs";`, ""],
  ["packages/codec/src/c.test.ts", `export { b } from "@flowlens/features";`, ""],
  ["packages/codec/src/d.test.ts", `export { b } from "#api";`, "does not let codec import it"],
  ["packages/forest/src/node/a.ts", `export { Worker } from "node:worker_threads";`, ""],
  ["packages/forest/src/node/b.ts", `export { b } from "@flowlens/flow";`, "does not let forest import it"],
  ["packages/forest/src/a.ts", `export { Worker } from "node:worker_threads";`, "Packages are pure"],
  ["apps/server/src/app/a.ts", `export { b } from "@flowlens/forest/workers";`, ""],
  ["apps/server/src/app/b.ts", `export { b } from "@flowlens/forest/src/model.ts";`, "entered by its door"],
  [
    "apps/server/src/api/g.ts",
    `export { b } from "@flowlens/forest/workers";`,
    "does not let #api import it",
  ],
  ["apps/server/src/api/a.ts", `export { fastify } from "fastify";`, ""],
  ["apps/server/src/api/b.ts", `export { b } from "@fastify/helmet";`, ""],
  ["apps/server/src/api/c.ts", `export { b } from "@clickhouse/client";`, "Only #flow-store may import it"],
  ["apps/server/src/api/d.ts", `export { b } from "#flow-store";`, ""],
  ["apps/server/src/api/e.ts", `export { b } from "#app";`, "does not let #api import it"],
  ["apps/server/src/flow-store/a.ts", `export { b } from "@clickhouse/client";`, ""],
  ["apps/server/src/flow-store/b.ts", `export { b } from "fastify";`, "Only #api may import it"],
  ["apps/server/src/flow-store/c.ts", `export { b } from "@fastify/helmet";`, "Only #api may import it"],
  [
    "apps/server/src/flow-store/d.ts",
    `export { b } from "#metadata-store";`,
    "does not let #flow-store import it",
  ],
  [
    "apps/server/src/flow-store/e.ts",
    `export { b } from "drizzle-orm/pg-core";`,
    "Only #metadata-store may import it",
  ],
  ["apps/server/src/flow-store/f.ts", `console.log(1);`, "no-console"],
  [
    "apps/server/src/api/f.ts",
    `export const f = (a: number, b: number, c: number, d: number) => a + b + c + d;`,
    "max-params",
  ],
  [
    "packages/codec/src/n.ts",
    `export const f = (a: number, b: number, c: number, d: number) => a + b + c + d;`,
    "",
  ],
  ["apps/server/src/engines/a.ts", `export { Client } from "pg";`, ""],
  ["apps/server/src/flow-store/a.test.ts", `export { b } from "#engines";`, ""],
  ["apps/server/src/flow-store/b.test.ts", `export { b } from "#engines/testing";`, ""],
  ["apps/server/src/flow-store/testing.ts", `export { b } from "#engines/testing";`, ""],
  [
    "apps/server/src/flow-store/c.test.ts",
    `export { b } from "#api/testing";`,
    "does not let #flow-store import it",
  ],
  [
    "apps/server/src/flow-store/g.ts",
    `export { b } from "#engines/testing";`,
    "Doors called testing are for tests",
  ],
  ["apps/server/src/cli/a.ts", `export { b } from "#app";`, ""],
  ["apps/server/src/cli/b.ts", `export const load = (name: string) => import(name);`, "no-dynamic-require"],
  ["apps/server/src/cli/c.ts", `export type T = import("#app").T;`, "consistent-type-imports"],
  ["apps/server/src/cli/d.ts", `export default 1;`, "no-default-export"],
  ["apps/server/src/cli/camelCase.ts", `export const a = 1;`, "filename-case"],
];

let folder: string;
let findings: Map<string, string>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "lint-"));
  const config = lintConfig(loadRooms()) as { options: object };
  // Types are another program's business; what is tested here needs none.
  writeFileSync(join(folder, ".oxlintrc.json"), JSON.stringify({ ...config, options: {} }));
  for (const [file, line] of CASES) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${line}\n`);
  }
  const { stdout } = spawnSync(process.execPath, [OXLINT, "--format=json"], {
    cwd: folder,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { filename: string; message: string; code: string; help?: string }[];
  };
  findings = new Map();
  for (const { filename, code, message, help } of diagnostics) {
    findings.set(filename, `${findings.get(filename) ?? ""}${code} ${message} ${help}\n`);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe("the generated lint rules", () => {
  test.each(CASES.filter(([, , expected]) => expected === ""))("allow in %s: %s", (file) => {
    expect(findings.get(file)).toBeUndefined();
  });

  test.each(CASES.filter(([, , expected]) => expected !== ""))(
    "refuse in %s: %s",
    (file, _line, expected) => {
      expect(findings.get(file)).toContain(expected);
    },
  );
});
