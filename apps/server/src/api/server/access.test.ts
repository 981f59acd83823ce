import fastify from "fastify";
import { expect, it } from "vitest";
import { guardRoutes, type Access } from "./access.ts";
import type { Server } from "./server.ts";

function guarded(): Server {
  const server: Server = fastify();
  guardRoutes(server, "secret");
  return server;
}

it("a route that does not say who may call it cannot be registered", async () => {
  const server = guarded();
  const expected = expect.objectContaining({
    code: "API_ROUTE_WITHOUT_ACCESS",
    message: expect.stringContaining("GET /silent"),
  });
  expect(() => server.get("/silent", () => "")).toThrow(expected);
  expect(() => server.get("/silent", { config: {} }, () => "")).toThrow(expected);
  const config = { access: "everybody" as Access };
  expect(() => server.get("/silent", { config }, () => "")).toThrow(expected);
  await server.close();
});

it("an open route is answered to all, a local one to who has the token", async () => {
  const server = guarded();
  server.get("/open", { config: { access: "open" } }, () => "open");
  server.get("/local", { config: { access: "local" } }, () => "local");
  const ask = async (url: string, authorization?: string) =>
    (await server.inject({ url, headers: authorization === undefined ? {} : { authorization } })).body;
  expect(await ask("/open")).toBe("open");
  expect(await ask("/local", "Bearer secret")).toBe("local");
  expect(await ask("/local", "bearer  secret")).toBe("local");
  for (const wrong of [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearer wrong",
    "Bearer secre",
    "Bearer secret2",
    "Basic secret",
    "secret",
  ]) {
    expect(await ask("/local", wrong)).toContain("AUTHENTICATION_REQUIRED");
  }
  await server.close();
});
