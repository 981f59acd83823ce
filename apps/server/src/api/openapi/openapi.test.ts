import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { PROBLEM_CODES } from "@flowlens/contract";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { withApi } from "../testing.ts";
import type { OpenApiDocument } from "./document.ts";
import { makeOpenApiDocument, OPENAPI_FILE, writtenOut } from "./make-document.ts";

const api = withApi();

async function served(): Promise<OpenApiDocument> {
  const response = await fetch(new URL("/api/v1/openapi.json", api.url));
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  return (await response.json()) as OpenApiDocument;
}

describe("the OpenAPI document", () => {
  it("is the committed one (npm run generate writes it)", async () => {
    expect(writtenOut(await makeOpenApiDocument())).toBe(readFileSync(OPENAPI_FILE, "utf8"));
  });

  it("is served as it is committed, but for the version", async () => {
    const committed = JSON.parse(readFileSync(OPENAPI_FILE, "utf8")) as OpenApiDocument;
    const { info, ...rest } = await served();
    expect(info.version).toBe("1.2.3");
    expect(rest).toEqual({ ...committed, info: undefined });
  });

  it("is valid OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate((await served()) as unknown as Record<string, unknown>)).toEqual({
      valid: true,
    });
    expect(validator.version).toBe("3.1");
  });

  it("gives every operation a name of its own, a summary, a tag, a call to try and who may call it", async () => {
    const operations = Object.values((await served()).paths).flatMap((path) => Object.values(path));
    expect(operations.length).toBeGreaterThan(10);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    for (const { operationId, summary, tags, security, "x-codeSamples": samples } of operations) {
      expect(summary, operationId).toBeTruthy();
      expect(tags, operationId).toHaveLength(1);
      expect(security, operationId).toBeDefined();
      expect(samples?.[0]?.source, operationId).toMatch(/^curl .*'localhost:8000\/[^:{]*['?]/);
    }
  });

  it("shows which operations need the token", async () => {
    const { paths } = await served();
    expect(paths["/api/v1/imports"]?.["post"]?.security).toEqual([{ token: [] }]);
    expect(paths["/api/v1/imports"]?.["get"]?.security).toEqual([]);
    expect(paths["/api/v1/imports"]?.["post"]?.requestBody?.content).toHaveProperty([
      "application/octet-stream",
    ]);
  });

  it("shows calls whose parameters are taken", async () => {
    const { paths } = await served();
    const calls = Object.values(paths).flatMap(({ get }) => {
      const [, call] = /'localhost:8000([^']+)'/.exec(get?.["x-codeSamples"]?.[0].source ?? "") ?? [];
      return call === undefined ? [] : [call];
    });
    expect(calls.length).toBeGreaterThan(20);
    const statuses = await Promise.all(
      calls.map(async (call) => (await fetch(new URL(call, api.url))).status),
    );
    expect(calls.filter((_, i) => statuses[i] === 400)).toEqual([]);
  });

  it("shows the problems of each operation under their status", async () => {
    const { paths } = await served();
    const { responses } = paths["/api/v1/exporters/{address}"]["patch"];
    expect(Object.keys(responses)).toEqual(["200", "400", "401", "403", "404", "413", "415", "default"]);
    expect(responses["404"]).toMatchObject({
      description:
        "NETWORK_NOT_FOUND: There is no such network. EXPORTER_NOT_FOUND: There is no such exporter.",
    });
  });

  it("refers only to what is in it", async () => {
    const document = await served();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, path]) => path,
    );
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const target = reference
        .split("/")
        .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document);
      expect(target, reference).toBeDefined();
    }
  });
});

describe("the page of the documentation", () => {
  it("shows every operation and every problem, and needs nothing from anywhere else", async () => {
    const response = await fetch(new URL("/api/docs", api.url));
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const page = await response.text();
    const { paths } = await served();
    for (const [path, methods] of Object.entries(paths)) {
      for (const method of Object.keys(methods)) expect(page).toContain(`${method.toUpperCase()} ${path}`);
    }
    for (const code of PROBLEM_CODES) expect(page).toContain(code);
    expect(page).not.toMatch(/<script|https?:\/\/|src=|@import|url\(/);
    // Every link within the page has its goal.
    const goals = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const [, goal] of page.matchAll(/href="#([^"]+)"/g)) expect(goals).toContain(goal);
  });

  it("may use its own style sheet and no other", async () => {
    const response = await fetch(new URL("/api/docs", api.url));
    const [, style] = /<style>([^]*)<\/style>/.exec(await response.text()) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    expect(response.headers.get("content-security-policy")).toContain(`style-src 'sha256-${hash}'`);
  });
});
