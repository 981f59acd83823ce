import type { Auth, Principal } from "#auth";
import type { FastifyRequest } from "fastify";
import { ApiError, RequestError } from "../errors.ts";
import type { Server } from "./server.ts";

/**
 * Who may call a route. `open`: whoever reaches the socket under an allowed host name, for what only shows things.
 * `admin`: who holds an admin's token, or the one that `serve` writes into the data directory, for what changes
 * something.
 */
export type Access = "open" | "admin";

declare module "fastify" {
  interface FastifyContextConfig {
    readonly access?: Access;
  }
}

/** Makes every route say who may call it, and holds callers to it. To be called before any route is registered. */
export function guardRoutes(server: Server, auth: Pick<Auth, "verify">): void {
  server.addHook("onRoute", ({ method, url, config }) => {
    const access: unknown = config?.access;
    if (access === "open" || access === "admin") return;
    throw new ApiError(
      "API_ROUTE_WITHOUT_ACCESS",
      `The route ${[method].flat().join(", ")} ${url} does not say who may call it. Give it config: { access: "open" } or "admin".`,
      { context: { route: url } },
    );
  });
  server.addHook("onRequest", async (request) => {
    if (request.is404 || request.routeOptions.config.access === "open") return;
    const principal = await principalOf(request, auth);
    if (principal.role !== "admin") {
      throw new RequestError(
        "NOT_PERMITTED",
        `The token belongs to ${principal.user}, who may look and not change anything. An admin's token may.`,
      );
    }
  });
}

const WAY_ON =
  "Send the header Authorization: Bearer TOKEN with the admin token that was shown at the first start, or with the one in serve.json of the data directory, which changes with each start.";

async function principalOf({ headers }: FastifyRequest, auth: Pick<Auth, "verify">): Promise<Principal> {
  const [, token] = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "") ?? [];
  if (token === undefined) {
    throw new RequestError(
      "AUTHENTICATION_REQUIRED",
      `This changes something, so it needs a token. ${WAY_ON}`,
    );
  }
  const { principal, refused } = await auth.verify(token);
  if (principal !== undefined) return principal;
  throw new RequestError("TOKEN_REFUSED", `The token ${refused}. ${WAY_ON}`);
}
