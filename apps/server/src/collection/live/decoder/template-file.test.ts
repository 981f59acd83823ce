import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TemplateSnapshot } from "@flowlens/codec";
import { silentLogger, type Logger } from "#telemetry";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTemplateFile } from "./template-file.ts";

let directory = "";
let path = "";
const warnings: string[] = [];
const logger: Logger = {
  ...silentLogger,
  warn: (_fields: unknown, message?: string) => void warnings.push(message ?? ""),
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "flowlens-templates-"));
  path = join(directory, "templates.json");
  warnings.length = 0;
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function snapshot(port: number): TemplateSnapshot {
  const template = {
    id: 256,
    port,
    scopeFields: 0,
    isOptions: false,
    fields: [[8, 4, 0] as const],
  };
  const domain = {
    exporter: "10.0.0.1",
    protocol: "netflow9" as const,
    domain: 1,
    templates: [template],
    sampling: { samplers: [], interfaces: [] },
  };
  return { version: 1, domains: [domain] };
}

describe("the file of templates", () => {
  it("gives back at the next start what was saved", async () => {
    expect(createTemplateFile(path, logger).load()).toBeUndefined();
    await createTemplateFile(path, logger).save(snapshot(1_200));
    expect(createTemplateFile(path, logger).load()).toEqual(snapshot(1_200));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.new`)).toBe(false);
    expect(warnings).toEqual([]);
  });

  it("is not written again while no template changed", async () => {
    const file = createTemplateFile(path, logger);
    await file.save(snapshot(1_200));
    writeFileSync(path, "touched by the test");
    await file.save(snapshot(1_200));
    expect(readFileSync(path, "utf8")).toBe("touched by the test");
    await file.save(snapshot(3_000));
    expect(createTemplateFile(path, logger).load()).toEqual(snapshot(3_000));
  });

  it.each(["", "{", "null", "[]", '{"version":7,"templates":{}}', '{"version":1}', "\0\0\0"])(
    "that holds %j is set aside with a word, not fatal",
    (text) => {
      writeFileSync(path, text);
      expect(createTemplateFile(path, logger).load()).toBeUndefined();
      expect(readFileSync(`${path}.damaged`, "utf8")).toBe(text);
      expect(existsSync(path)).toBe(false);
      expect(warnings).toHaveLength(1);
    },
  );

  it("that cannot be written is told once, and tried again", async () => {
    const file = createTemplateFile(join(directory, "later", "templates.json"), logger);
    await file.save(snapshot(0));
    await file.save(snapshot(0));
    expect(warnings).toEqual(["templates cannot be saved; it is tried again"]);
  });
});
