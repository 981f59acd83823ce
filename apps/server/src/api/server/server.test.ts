import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { Problem } from "@flowlens/contract";
import { Value } from "typebox/value";
import { describe, expect, it } from "vitest";
import { TEST_TOKEN, withApi } from "../testing.ts";

const api = withApi();

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** fetch would not let us say what we want of the Host header. */
async function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  request(new URL(path, api.url), { headers, method }, (response) => {
    text(response).then(
      (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      reject,
    );
  })
    .on("error", reject)
    .end();
  return promise;
}

/** What is answered to raw bytes. */
async function send(bytes: string): Promise<string> {
  const { hostname, port } = new URL(api.url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return text(socket);
}

function problemIn(answer: Answer): Problem {
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  const document: unknown = JSON.parse(answer.body);
  expect(Value.Errors(Problem, document)).toEqual([]);
  expect((document as Problem).status).toBe(answer.status);
  return document as Problem;
}

describe("a request under a stranger's name", () => {
  it.each(["/api/v1/assets", "/metrics", "/health/live", "/api/docs", "/nowhere", "/api/v1/openapi.json"])(
    "is refused at %s",
    async (path) => {
      const answer = await ask(path, { host: "evil.example:8000" });
      expect(problemIn(answer)).toMatchObject({ status: 403, code: "HOST_NOT_ALLOWED" });
      expect(answer.body).toContain("evil.example");
    },
  );

  it("is refused although it has the token", async () => {
    const headers = { host: "evil.example", authorization: `Bearer ${TEST_TOKEN}` };
    expect(problemIn(await ask("/api/v1/imports", headers, "POST")).code).toBe("HOST_NOT_ALLOWED");
  });

  it("is refused when it names no host at all", async () => {
    expect(await send("GET /health/live HTTP/1.0\r\n\r\n")).toContain("HOST_NOT_ALLOWED");
    expect(await send("GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ["http://evil.example/api/v1/assets", 403],
    ["HTTP://evil.example:80/health/live", 403],
    ["http://localhost@evil.example/health/live", 403],
    ["http://localhost/health/live", 200],
  ])("is refused when it stands in the request line: %s is answered with %i", async (target, status) => {
    const answer = await send(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});

describe("every answer", () => {
  it.each(["/health/live", "/api/v1/assets", "/api/docs", "/nowhere"])(
    "of %s carries headers that browsers heed",
    async (path) => {
      const { headers } = await ask(path);
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers).toMatchObject({
        "cache-control": "no-store",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
      });
      expect(headers["access-control-allow-origin"]).toBeUndefined();
      expect(headers["x-powered-by"]).toBeUndefined();
    },
  );
});

describe("what cannot be read as a request", () => {
  it("is answered with a problem document", async () => {
    expect(await send("HELLO\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n[^]*"code":"REQUEST_MALFORMED"/,
    );
    const long = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`;
    expect(await send(long)).toMatch(/^HTTP\/1\.1 431 [^]*"code":"HEADERS_TOO_LARGE"/);
    expect(problemIn(await ask("/%zz"))).toMatchObject({ status: 400, code: "REQUEST_MALFORMED" });
  });

  it("at an address that is none is answered with 404", async () => {
    expect(problemIn(await ask("/api/v1/asset?x=1"))).toMatchObject({
      code: "ROUTE_NOT_FOUND",
      detail: "There is nothing at GET /api/v1/asset; /api/docs lists what there is.",
    });
    const wrongMethod = await ask("/api/v1/assets/7?x=1", {}, "DELETE");
    expect(problemIn(wrongMethod)).toMatchObject({ status: 405, code: "METHOD_NOT_ALLOWED" });
    expect(wrongMethod.headers["allow"]).toBe("GET, HEAD");
    expect(problemIn(await ask("/api/v1/asset", {}, "DELETE")).code).toBe("ROUTE_NOT_FOUND");
    expect(problemIn(await ask(`/${"x".repeat(5_000)}`)).detail.length).toBeLessThan(300);
  });
});

describe("the log", () => {
  it("has a line for each request, and neither tokens nor queries in it", async () => {
    await ask("/api/v1/assets?search=geheim", { authorization: `Bearer ${TEST_TOKEN}` });
    await ask("/api/v1/imports?network=geheim", { authorization: "Bearer another-secret" }, "POST");
    const log = api.log();
    expect(log).toContain('"path":"/api/v1/assets"');
    expect(log).toContain('"status":401');
    expect(log).not.toMatch(/geheim|another-secret/);
    expect(log).not.toContain(TEST_TOKEN);
  });
});
