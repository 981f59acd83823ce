import type { Principal } from "#auth";
import fastify from "fastify";
import { expect, it } from "vitest";
import { guardRoutes, type Access } from "./access.ts";
import type { Server } from "./server.ts";

function guarded(): Server {
  const server: Server = fastify();
  const principal = (role: Principal["role"]) => ({
    principal: { kind: "token", user: "eve", role } as const,
  });
  guardRoutes(server, {
    verify: (token) =>
      Promise.resolve(
        token === "secret"
          ? principal("admin")
          : token === "looker"
            ? principal("viewer")
            : { refused: "is none of this FlowLens" },
      ),
  });
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

it("an open route is answered to all, the others to who has an admin's token", async () => {
  const server = guarded();
  server.get("/open", { config: { access: "open" } }, () => "open");
  server.get("/admin", { config: { access: "admin" } }, () => "admin");
  const ask = async (url: string, authorization?: string) =>
    (await server.inject({ url, headers: authorization === undefined ? {} : { authorization } })).body;
  expect(await ask("/open")).toBe("open");
  expect(await ask("/admin", "Bearer secret")).toBe("admin");
  expect(await ask("/admin", "bearer  secret")).toBe("admin");
  for (const wrong of [undefined, "", "Bearer", "Bearer ", "Basic secret", "secret"]) {
    expect(await ask("/admin", wrong)).toContain("AUTHENTICATION_REQUIRED");
  }
  for (const wrong of ["Bearer wrong", "Bearer secre", "Bearer secret2"]) {
    expect(await ask("/admin", wrong)).toContain("TOKEN_REFUSED");
  }
  expect(await ask("/admin", "Bearer looker")).toContain("NOT_PERMITTED");
  await server.close();
});
