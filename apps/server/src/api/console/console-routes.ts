import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Server } from "../server/server.ts";
import { type ConsoleFile, createConsoleFiles, type Encoding } from "./console-files.ts";
import { MISSING_PAGE, MISSING_POLICY } from "./missing-page.ts";

/** Where `npm run build:web` puts the console. */
const BUILT_CONSOLE = fileURLToPath(new URL("../../../../web/dist/", import.meta.url));

/** What stands in the built page for the nonce of each answer. */
const NONCE_MARK = "__CSP_NONCE__";

/** Paths of other programs' interest: what is not there is told them as a problem document, never as a page. */
const NO_PAGES = /^\/(?:api|health|metrics|static)(?:\/|$)/;

/** Sends the console's page where a browser navigates to an address that no route has; else answers false. */
export type AnswerNavigation = (request: FastifyRequest, reply: FastifyReply) => boolean;

/**
 * Serves the built console under `/`, its hashed files under `/static`. Answers what to do with addresses that no
 * route knows: the console's own, such as /assets/7, are such.
 */
export function addConsoleRoutes(server: Server, folder = BUILT_CONSOLE): AnswerNavigation {
  const files = createConsoleFiles(folder);

  function sendPage(reply: FastifyReply): void {
    const page = files.find("index.html");
    if (page === undefined) {
      void reply
        .code(503)
        .type("text/html; charset=utf-8")
        .header("content-security-policy", MISSING_POLICY)
        .send(MISSING_PAGE);
      return;
    }
    const nonce = randomBytes(18).toString("base64url");
    void reply
      .type(page.type)
      .header("cache-control", "no-cache")
      .header("content-security-policy", consolePolicy(nonce))
      .send(page.content.toString("utf8").replaceAll(NONCE_MARK, nonce));
  }

  server.get("/", { config: { access: "open" }, schema: { hide: true } }, (_request, reply) => {
    sendPage(reply);
    return reply;
  });
  server.get<{ Params: { "*": string } }>(
    "/static/*",
    { config: { access: "open" }, schema: { hide: true } },
    (request, reply) => {
      const file = files.find(`static/${request.params["*"]}`);
      if (file === undefined) {
        reply.callNotFound();
        return reply;
      }
      // The name carries the hash of the content.
      return sendFile(file, request, reply.header("cache-control", "public, max-age=31536000, immutable"));
    },
  );
  server.get("/theme.js", { config: { access: "open" }, schema: { hide: true } }, (request, reply) => {
    const file = files.find("theme.js");
    if (file === undefined) {
      reply.callNotFound();
      return reply;
    }
    return sendFile(file, request, reply.header("cache-control", "no-cache"));
  });

  return (request, reply) => {
    if (!isNavigation(request)) return false;
    sendPage(reply);
    return true;
  };
}

/** A person's browser opening an address, not a program asking for data. */
function isNavigation({ method, url, headers }: FastifyRequest): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const [path] = url.split("?", 1);
  return !NO_PAGES.test(path) && /\btext\/html\b/.test(headers.accept ?? "");
}

/**
 * Nothing from elsewhere, no inline script. Mantine writes its theme's variables into style elements of its own, which
 * carry the nonce; style attributes in HTML stay forbidden.
 */
function consolePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

async function sendFile(
  file: ConsoleFile,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const encoding = encodingFor(request.headers["accept-encoding"]);
  const encoded = encoding === undefined ? undefined : await file.encoded(encoding);
  reply.type(file.type).header("vary", "accept-encoding");
  if (encoding === undefined || encoded === undefined) return reply.send(file.content);
  return reply.header("content-encoding", encoding).send(encoded);
}

/** The best of the two that is accepted; one with a weight of 0 is not. */
function encodingFor(accepted: string | string[] | undefined): Encoding | undefined {
  const offers = String(accepted ?? "")
    .split(",")
    .map((offer) => offer.trim().toLowerCase());
  const takes = (name: string): boolean =>
    offers.some(
      (offer) => offer === name || (offer.startsWith(`${name};`) && !/;\s*q=0(?:\.0*)?$/.test(offer)),
    );
  return takes("br") ? "br" : takes("gzip") ? "gzip" : undefined;
}
