import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { brotliDecompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { withApi } from "../testing.ts";

const folder = mkdtempSync(join(tmpdir(), "flowlens-console-"));
const test = withApi();
const SCRIPT = `console.log(${JSON.stringify("x".repeat(4_000))});`;
let url = "";

beforeAll(async () => {
  ({ url } = await test.another({ consoleFolder: folder }).start());
});
beforeEach(() => {
  mkdirSync(join(folder, "static"), { recursive: true });
  writeFileSync(
    join(folder, "index.html"),
    `<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><p>The console</p>`,
  );
  writeFileSync(join(folder, "theme.js"), "");
  writeFileSync(join(folder, "static", "main-abc.js"), SCRIPT);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As a browser asks for the address that a person opens. */
function navigate(path: string): Promise<Response> {
  return fetch(url + path, { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } });
}

async function raw(path: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const [answer] = (await once(get(url + path, { headers }), "response")) as [IncomingMessage];
  return answer;
}

describe("the console's page", () => {
  it.each(["/", "/assets", "/assets/7?tab=peers", "/exporters", "/never-heard-of"])(
    "is what a browser gets that opens %s",
    async (path) => {
      const answer = await navigate(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(answer.headers.get("cache-control")).toBe("no-cache");
      expect(await answer.text()).toContain("The console");
    },
  );

  it("allows no script but the console's own, and styles of elements only by a nonce used once", async () => {
    const [first, second] = await Promise.all([navigate("/"), navigate("/assets")]);
    const policy = first.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/default-src 'none'; script-src 'self';/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const [, nonce = "no nonce"] = /'nonce-([\w-]{24})'/.exec(policy) ?? [];
    expect(await first.text()).toContain(`nonce="${nonce}"`);
    expect(second.headers.get("content-security-policy")).not.toContain(nonce);
  });

  it.each([
    ["a program that asks for JSON", "/assets", { accept: "application/json" }],
    ["a program that takes anything", "/assets", { accept: "*/*" }],
    ["an unknown route of the API", "/api/v1/nothing", { accept: "text/html" }],
    ["an unknown health check", "/health/nothing", { accept: "text/html" }],
    ["a file that is not there", "/static/main-old.js", { accept: "text/html" }],
  ])("is not what %s gets, but a problem document", async (_who, path, headers) => {
    const answer = await fetch(url + path, { headers });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(await answer.json()).toMatchObject({ code: "ROUTE_NOT_FOUND" });
  });

  it("is not the answer to what would change something", async () => {
    const answer = await fetch(`${url}/assets`, { method: "POST", headers: { accept: "text/html" } });
    expect(answer.status).toBe(404);
  });
});

describe("the console's files", () => {
  it("may be kept for ever, and come compressed to whom that helps", async () => {
    const plain = await raw("/static/main-abc.js");
    expect(plain.headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    });
    expect(await text(plain)).toBe(SCRIPT);
    const compressed = await raw("/static/main-abc.js", { "accept-encoding": "gzip, br" });
    expect(compressed.headers["content-encoding"]).toBe("br");
    const bytes = await buffer(compressed);
    expect(bytes.length).toBeLessThan(SCRIPT.length / 10);
    expect(brotliDecompressSync(bytes).toString()).toBe(SCRIPT);
    const refused = await raw("/static/main-abc.js", { "accept-encoding": "br;q=0, identity" });
    expect(refused.headers["content-encoding"]).toBeUndefined();
    refused.resume();
  });

  it("are those of the folder and no others", async () => {
    writeFileSync(join(folder, "secret.txt"), "secret");
    for (const path of [
      "/static/../secret.txt",
      "/static/%2e%2e/secret.txt",
      "/static/..%2fsecret.txt",
      "/secret.txt",
    ]) {
      const answer = await raw(path);
      expect(answer.statusCode, path).toBe(404);
      expect(await text(answer), path).toContain("ROUTE_NOT_FOUND");
    }
  });
});

describe("a console that is not built", () => {
  it("says so with the way on, and is there as soon as it has been built", async () => {
    rmSync(join(folder, "index.html"));
    const missing = await navigate("/assets");
    expect(missing.status).toBe(503);
    expect(await missing.text()).toContain("npm run build:web");
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    writeFileSync(join(folder, "index.html"), "built");
    expect(await (await navigate("/assets")).text()).toBe("built");
  });
});
