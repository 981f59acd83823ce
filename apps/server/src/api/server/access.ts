import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { ApiError, RequestError } from "../errors.ts";
import type { Server } from "./server.ts";

/**
 * Who may call a route. `open`: whoever reaches the socket under an allowed host name, for what only shows things.
 * `local`: who holds the token that `serve` writes into the data directory, for what changes something.
 */
export type Access = "open" | "local";

declare module "fastify" {
  interface FastifyContextConfig {
    readonly access?: Access;
  }
}

/** Makes every route say who may call it, and holds callers to it. To be called before any route is registered. */
export function guardRoutes(server: Server, localToken: string): void {
  const expected = digest(localToken);
  server.addHook("onRoute", ({ method, url, config }) => {
    const access: unknown = config?.access;
    if (access === "open" || access === "local") return;
    throw new ApiError(
      "API_ROUTE_WITHOUT_ACCESS",
      `The route ${[method].flat().join(", ")} ${url} does not say who may call it. Give it config: { access: "open" } or "local".`,
      { context: { route: url } },
    );
  });
  server.addHook("onRequest", (request, _reply, done) => {
    const isAllowed =
      request.is404 || request.routeOptions.config.access === "open" || holdsToken(request, expected);
    done(isAllowed ? undefined : tokenNeeded());
  });
}

function holdsToken(request: FastifyRequest, expected: Buffer): boolean {
  const [, token] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  // Digests are of one length, so that the comparison tells nothing about the token, not even how long it is.
  return token !== undefined && timingSafeEqual(digest(token), expected);
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function tokenNeeded(): RequestError {
  return new RequestError(
    "AUTHENTICATION_REQUIRED",
    "This changes something, so it needs the header Authorization: Bearer TOKEN with the token from serve.json in the data directory.",
  );
}
