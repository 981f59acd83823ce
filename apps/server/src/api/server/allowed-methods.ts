import type { FastifyReply, FastifyRequest } from "fastify";
import { RequestError } from "../errors.ts";
import type { Server } from "./server.ts";

/** The methods that an address knows, for the `Allow` of an answer to one it does not; none: it is no address. */
export type AllowedMethods = (url: string) => string[];

/** Keeps account of the routes that are registered from now on. */
export function noteMethods(server: Server): AllowedMethods {
  const byPattern = new Map<string, Set<string>>();
  server.addHook("onRoute", ({ method, url }) => {
    // What is under a star is the console's, which answers for itself.
    if (url.includes("*")) return;
    const known = byPattern.get(url) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    byPattern.set(url, known);
  });
  return (url) => {
    const parts = url.split("?", 1)[0].split("/");
    const methods = [...byPattern].flatMap(([pattern, known]) => (matches(pattern, parts) ? [...known] : []));
    return [...new Set(methods)].sort();
  };
}

function matches(pattern: string, parts: readonly string[]): boolean {
  const wanted = pattern.split("/");
  return (
    wanted.length === parts.length &&
    wanted.every((want, i) => (want.startsWith(":") ? parts[i] !== "" : want === parts[i]))
  );
}

/** What to answer where no route is: 405 where only the method is wrong, 404 otherwise. */
export function nothingThere(
  { method, url }: FastifyRequest,
  reply: FastifyReply,
  allowedMethods: AllowedMethods,
): RequestError {
  const path = url.split("?", 1)[0].slice(0, 200);
  const allowed = allowedMethods(url);
  if (allowed.length === 0) {
    return new RequestError(
      "ROUTE_NOT_FOUND",
      `There is nothing at ${method} ${path}; /api/docs lists what there is.`,
    );
  }
  reply.header("allow", allowed.join(", "));
  return new RequestError(
    "METHOD_NOT_ALLOWED",
    `${path} does not take ${method}; it takes ${allowed.join(", ")}.`,
  );
}
