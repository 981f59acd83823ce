import swagger from "@fastify/swagger";
import { ImportProgress, ImportReport, Problem } from "@flowlens/contract";
import type { Server } from "../server/server.ts";
import type { JsonSchema, OpenApiDocument } from "./document.ts";

const SECURITY_SCHEME = "local_token";

const TAGS = [
  { name: "assets", description: "Hosts: what they are, and why." },
  { name: "networks", description: "Address spaces." },
  { name: "imports", description: "Files taken in." },
  { name: "tasks", description: "Long work in the background." },
  { name: "system", description: "Health, metrics, and this document." },
];

const DESCRIPTIONS: Readonly<Record<string, string | undefined>> = {
  "200": "The answer.",
  "202": "It goes on in the background.",
};

/** What stands in the `progress` and `result` of tasks. */
const SCHEMAS_OF_TASKS = [ImportProgress, ImportReport];

declare module "fastify" {
  interface FastifyContextConfig {
    /** The media type of a body that is a file. */
    readonly takesFile?: string;
  }
}

/** Keeps account of the routes that are registered from now on. */
export async function describeRoutes(server: Server, version: string): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "FlowLens",
        version,
        description: "Names every host on a network from flow records alone.",
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [{ url: "/" }],
      tags: TAGS,
      components: {
        securitySchemes: {
          [SECURITY_SCHEME]: {
            type: "http",
            scheme: "bearer",
            description: "The token in serve.json of the data directory.",
          },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { access, takesFile } = route.config ?? {};
      return {
        url,
        schema: {
          ...schema,
          security: access === "open" ? [] : [{ [SECURITY_SCHEME]: [] }],
          ...(takesFile && { consumes: [takesFile], body: { type: "string", format: "binary" } }),
        },
      };
    },
  });
}

/** The document of the server's routes; schemas that have a title stand in it once. To be called when the server is ready. */
export function openApiDocument(server: Server): OpenApiDocument {
  const {
    paths = {},
    components = {},
    ...rest
  } = JSON.parse(JSON.stringify(server.swagger())) as {
    paths?: Record<string, unknown>;
    components?: Record<string, unknown>;
  };
  const schemas: Record<string, JsonSchema> = {};
  const liftedPaths = lift(paths, schemas) as Record<
    string,
    Record<string, { responses: Record<string, { description?: string; $ref?: string }> }>
  >;
  const [problem] = lift(JSON.parse(JSON.stringify([Problem, ...SCHEMAS_OF_TASKS])), schemas) as unknown[];
  for (const operations of Object.values(liftedPaths)) {
    for (const operation of Object.values(operations)) {
      for (const [status, response] of Object.entries(operation.responses)) {
        response.description = DESCRIPTIONS[status] ?? "An answer.";
      }
      operation.responses["default"] = { $ref: "#/components/responses/Problem" };
    }
  }
  const responses = {
    Problem: {
      description: "What went wrong (RFC 9457).",
      content: { "application/problem+json": { schema: problem } },
    },
  };
  const sorted = Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return {
    ...rest,
    paths: liftedPaths,
    components: { ...components, schemas: sorted, responses },
  } as unknown as OpenApiDocument;
}

/** A copy in which each object schema with a title is a reference; the schemas themselves are put into `schemas`. */
function lift(value: unknown, schemas: Record<string, JsonSchema>): unknown {
  if (Array.isArray(value)) return value.map((one) => lift(one, schemas));
  if (typeof value !== "object" || value === null) return value;
  const lifted = Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, lift(one, schemas)]),
  ) as JsonSchema;
  if (lifted.type !== "object" || lifted.title === undefined) return lifted;
  schemas[lifted.title] = lifted;
  return { $ref: `#/components/schemas/${lifted.title}` };
}
