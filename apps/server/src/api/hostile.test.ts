import { createHash, randomBytes } from "node:crypto";
import { request, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import { Problem } from "@flowlens/contract";
import { createAuth } from "#auth";
import { createFlowStore, FLOW_STORE_CONFIG, type FlowStore } from "#flow-store";
import { withClickHouse } from "#engines/testing";
import { silentLogger } from "#telemetry";
import fc from "fast-check";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOpenApiDocument } from "./openapi/make-document.ts";
import type { Operation } from "./openapi/document.ts";
import { TEST_TOKEN, withApi } from "./testing.ts";

// Whatever comes in, over real sockets to real stores: no answer is a 500, none shows a stack or a path.

const clickhouse = withClickHouse();
let store: FlowStore;
const api = withApi({
  flows: { queriesWithin: (limits) => store.queriesWithin(limits) },
  config: { questionLimitMs: 5_000 },
});

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}
const routes: readonly Route[] = Object.entries((await makeOpenApiDocument()).paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
const SAMPLE: Readonly<Record<string, string>> = { id: "1", address: "192.0.2.1", name: "default" };
const filled = ({ path, operation }: Route): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) =>
    operation.operationId.includes("Task") ? "00000000-0000-4000-8000-000000000000" : SAMPLE[name],
  );

beforeAll(async () => {
  store = createFlowStore(Value.Create(FLOW_STORE_CONFIG), {
    connection: () => clickhouse,
    logger: silentLogger,
  });
  await store.start();
  await api.store.networks.ensure("default");
}, 60_000);
afterAll(() => store.stop());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** fetch would tidy the address up. */
async function send(
  method: string,
  path: string,
  { headers = {}, body = "" }: { readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { hostname, port } = new URL(api.url);
  const sending = request({ hostname, port, method, path, headers }, (response) => {
    text(response).then(
      (answer) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: answer }),
      reject,
    );
  });
  sending.on("error", reject).end(body);
  return promise;
}

const LEAKS = /node_modules|\n\s+at |\.ts:\d|file:\/\/|SELECT |sqlState|\/src\//;

/** How often each status was answered. */
const statuses = new Map<number, number>();

/** Holds an answer to what any answer must be; gives back the problem when it is one. */
function checked(answer: Answer): Problem | undefined {
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  expect(answer.body).not.toMatch(LEAKS);
  expect(answer.body).not.toContain(process.cwd());
  expect(answer.status, answer.body).not.toBe(500);
  if (answer.status < 400) return undefined;
  expect(answer.headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  const document = JSON.parse(answer.body) as Problem;
  expect(Value.Errors(Problem, document)).toEqual([]);
  expect(document.status).toBe(answer.status);
  expect(document.detail.length).toBeLessThan(3_000);
  return document;
}

describe("a route that changes something", () => {
  const changing = routes.filter(({ method }) => method !== "GET");

  it("is never open, and what only shows is", () => {
    expect(changing.length).toBeGreaterThan(2);
    for (const { method, operation } of routes) {
      expect(operation.security, operation.operationId).toEqual(method === "GET" ? [] : [{ token: [] }]);
    }
  });

  it.each(changing.map((route) => [`${route.method} ${route.path}`, route] as const))(
    "lets nobody in without a token that holds: %s",
    async (_name, route) => {
      const { tokens } = api.store;
      const made = createAuth({ metadata: api.store, logger: silentLogger });
      const admin = (await made.ensureAdminToken())?.token ?? adminToken;
      adminToken = admin;
      const expired = await keep({ expiresAt: new Date(Date.now() - 1) });
      const revoked = await keep({});
      await tokens.revoke(revoked.id);
      for (const authorization of [undefined, "", "Bearer", `Basic ${TEST_TOKEN}`, TEST_TOKEN]) {
        const answer = await send(route.method, filled(route), {
          headers: authorization === undefined ? {} : { authorization },
        });
        expect(checked(answer)).toMatchObject({ status: 401, code: "AUTHENTICATION_REQUIRED" });
        expect(answer.headers["www-authenticate"]).toBe("Bearer");
        expect(answer.body).toContain("serve.json");
      }
      const wrong = [
        TEST_TOKEN.slice(1),
        `${TEST_TOKEN}x`,
        `fl_${"A".repeat(43)}`,
        expired.token,
        revoked.token,
      ];
      for (const token of [...wrong, "x".repeat(8_000)]) {
        const answer = await send(route.method, filled(route), {
          headers: { authorization: `Bearer ${token}` },
        });
        expect(checked(answer)).toMatchObject({ status: 401, code: "TOKEN_REFUSED" });
        expect(answer.body).not.toContain(token);
      }
      for (const token of [TEST_TOKEN, admin]) {
        const answer = await send(route.method, filled(route), {
          headers: { authorization: `Bearer ${token}` },
        });
        expect([401, 403], answer.body).not.toContain(answer.status);
        checked(answer);
      }
      expect(api.log()).not.toContain(admin.slice(3));
    },
  );

  let adminToken = "";

  async function keep(more: {
    readonly expiresAt?: Date;
  }): Promise<{ readonly id: number; readonly token: string }> {
    const token = `fl_${randomBytes(32).toString("base64url")}`;
    const sha256 = createHash("sha256").update(token).digest();
    const { id } = await api.store.tokens.create("admin", { name: "test", sha256, ...more });
    return { id, token };
  }
});

const NASTY = [
  "",
  " ",
  "\0",
  "a\0b",
  "-1",
  "0",
  "1e999",
  "NaN",
  "Infinity",
  "9".repeat(30),
  "0x10",
  "1.5",
  "true",
  "null",
  "undefined",
  "[]",
  "{}",
  "[object Object]",
  "' OR 1=1 --",
  "'; DROP TABLE assets; --",
  "\\",
  "%",
  "_",
  "{host:String}",
  "${process.env}",
  "$(id)",
  "../../../../etc/passwd",
  "<script>alert(1)</script>",
  "\r\nSet-Cookie: a=b",
  "東京",
  "\u{1F600}",
  "\uFEFF",
  "\u202E",
  "é".normalize("NFD"),
  "x".repeat(5_000),
  "10.0.0.1",
  "10.0.0.0/8",
  "::/0",
  "::ffff:10.0.0.1",
  "fe80::1%eth0",
  "2026-03-01T00:00:00Z",
  "1969-12-31T23:59:59Z",
  "9999-12-31T23:59:59Z",
  "-271821-04-20T00:00:00Z",
  "2026-02-30T00:00:00Z",
  "WzEsMiwzXQ",
  "1.2.3",
  "4294967295.0.999999999999999",
];
const value = fc.oneof(
  { arbitrary: fc.constantFrom(...NASTY), weight: 4 },
  { arbitrary: fc.string({ unit: "binary", maxLength: 40 }), weight: 1 },
  { arbitrary: fc.integer().map(String), weight: 1 },
);
const STRANGE_NAMES = [
  "__proto__",
  "constructor",
  "toString",
  "colour",
  "limit[]",
  "a[b]",
  "%00",
  "",
  "LIMIT",
];

function parametersOf(route: Route) {
  const known = (route.operation.parameters ?? []).filter((one) => one.in === "query").map((one) => one.name);
  const name = fc.oneof(
    { arbitrary: fc.constantFrom(...(known.length > 0 ? known : ["any"])), weight: 5 },
    { arbitrary: fc.constantFrom(...STRANGE_NAMES), weight: 1 },
  );
  return fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 4 });
}

describe("hostile questions", () => {
  const asking = routes.filter(({ method }) => method === "GET");

  it.each(asking.map((route) => [route.path, route] as const))(
    "to %s are answered or refused, never failed",
    async (_path, route) => {
      await fc.assert(
        fc.asyncProperty(parametersOf(route), async (parameters) => {
          const query = parameters
            .map(([name, one]) => `${encodeURIComponent(name)}=${encodeURIComponent(one.toWellFormed())}`)
            .join("&");
          const problem = checked(await send("GET", `${filled(route)}?${query}`));
          if (problem?.code === "PARAMETER_INVALID" || problem?.code === "PARAMETER_UNKNOWN") {
            expect(problem.errors?.length, query).toBeGreaterThan(0);
          }
        }),
        { numRuns: route.operation.parameters === undefined ? 5 : 40 },
      );
    },
    60_000,
  );

  it("in place of the parts of an address are answered or refused, never failed", async () => {
    const withParts = asking.filter(({ path }) => path.includes("{"));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...withParts), value, async ({ path }, part) => {
        const encoded = encodeURIComponent(part.toWellFormed());
        checked(await send("GET", path.replace(/\{\w+\}/g, encoded)));
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  it.each([
    "/api/v1/assets?%",
    "/api/v1/assets?%zz=1",
    "/api/v1/assets?limit=%ff%fe",
    "/api/v1/assets?&&&===&",
    "/api/v1/assets?limit=1;limit=2",
    "/api/v1/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/api/v1/assets/1/",
    "/api/v1//assets",
    "/api/v1/assets/1%00",
    "/api/v1/../v1/assets",
    `/api/v1/assets?${"a=1&".repeat(2_000)}`,
    `/api/v1/assets?type=${"x,".repeat(5_000)}`,
  ])("however they are written: %.60s", async (path) => {
    const answer = await send("GET", path);
    checked(answer);
    expect(answer.status).toBeGreaterThanOrEqual(200);
  });

  it("are of many kinds: some can be answered, many cannot", () => {
    for (const status of [200, 400, 404]) expect(statuses.get(status), String(status)).toBeGreaterThan(20);
  });

  it("with an address of a megabyte are refused before they are read", async () => {
    const answer = await send("GET", `/api/v1/assets?search=${"x".repeat(1_000_000)}`);
    expect(answer.status).toBe(431);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "HEADERS_TOO_LARGE" });
  });

  it("by another method are told which there are", async () => {
    for (const route of routes) {
      for (const method of ["PUT", "DELETE", "OPTIONS", "POST"]) {
        if (routes.some((one) => one.path === route.path && one.method === method)) continue;
        const answer = await send(method, filled(route), {
          headers: { authorization: `Bearer ${TEST_TOKEN}` },
        });
        expect(checked(answer), `${method} ${route.path}`).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
        expect(answer.headers["allow"]).toContain(route.method);
      }
    }
  });

  it("with a cursor of another list are refused", async () => {
    const cursors = [
      Buffer.from('["assets clients asc","1",1]').toString("base64url"),
      Buffer.from('["history 2","",1]').toString("base64url"),
      Buffer.from('["assets address asc",{},1]').toString("base64url"),
      Buffer.from('["assets address asc","10.0.0.1/32",1e99]').toString("base64url"),
      "1772409600.5",
      "1772409600.1772409600000.1",
      "AAAA",
    ];
    for (const path of [
      "/assets?",
      "/assets/1/history?",
      "/flows/records?",
      "/flows/aggregates?host=10.0.0.1&",
    ]) {
      const refused: string[] = [];
      for (const cursor of cursors) {
        const problem = checked(await send("GET", `/api/v1${path}cursor=${cursor}`));
        if (problem?.code === "CURSOR_INVALID") refused.push(cursor);
      }
      // Of each list at most its own form is taken.
      expect(refused.length, path).toBeGreaterThanOrEqual(cursors.length - 1);
    }
  });
});
