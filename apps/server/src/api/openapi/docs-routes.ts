import { createHash } from "node:crypto";
import { Type } from "typebox";
import type { Server } from "../server/server.ts";
import { openApiDocument } from "./describe-server.ts";
import { DOCS_STYLE, docsPage } from "./docs-page.ts";

const STYLE_HASH = createHash("sha256").update(DOCS_STYLE).digest("base64");
/** The page's own style sheet, and nothing else. */
const DOCS_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export function addDocsRoutes(server: Server): void {
  const written = onceReady(() => openApiDocument(server));
  const page = onceReady(() => docsPage(written()));
  server.get(
    "/api/v1/openapi.json",
    {
      config: { access: "open", example: "" },
      schema: {
        operationId: "getOpenApi",
        summary: "This description, for programs",
        tags: ["system"],
        response: { 200: Type.Unknown() },
      },
    },
    () => written(),
  );
  server.get(
    "/api/docs",
    {
      config: { access: "open", example: "" },
      schema: {
        operationId: "getDocs",
        summary: "This description, for people",
        tags: ["system"],
        produces: ["text/html"],
        response: { 200: Type.String() },
      },
    },
    async (_request, reply) =>
      reply.type("text/html; charset=utf-8").header("content-security-policy", DOCS_POLICY).send(page()),
  );
}

function onceReady<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}
