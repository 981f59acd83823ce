import swagger from "@fastify/swagger";
import { ImportProgress, ImportReport, Problem, PROBLEMS, type ProblemCode } from "@flowlens/contract";
import { PROBLEM_STATUS } from "../problems/status.ts";
import type { Server } from "../server/server.ts";
import type { JsonSchema, OpenApiDocument } from "./document.ts";

const SECURITY_SCHEME = "token";

const TAGS = [
  { name: "assets", description: "Hosts: what they are, and why." },
  { name: "flows", description: "Traffic: raw records, what was counted of them, and sums over time." },
  { name: "exporters", description: "What sends flow records, and how well it arrives." },
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
    /** How it can fail, besides what its parameters and its access bring with them. */
    readonly problems?: readonly ProblemCode[];
    /** A query (with its ?) or a body that it can be called with, for people to try. */
    readonly example?: string;
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
            description:
              "An admin token: one is shown at the first start. The token in serve.json of the data directory does too.",
          },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { access, takesFile, example } = route.config ?? {};
      const sample = sampleCall({ method: String(route.method), url, takesFile, example, access });
      return {
        url,
        schema: {
          ...schema,
          ...(sample !== undefined && { "x-codeSamples": [{ lang: "Shell", source: sample }] }),
          "x-problems": problemsOf(route.config ?? {}, schema ?? {}),
          security: access === "open" ? [] : [{ [SECURITY_SCHEME]: [] }],
          ...(takesFile && { consumes: [takesFile], body: { type: "string", format: "binary" } }),
        },
      };
    },
  });
}

interface LiftedOperation {
  readonly "x-problems": readonly ProblemCode[];
  readonly responses: Record<string, { description?: string; $ref?: string; content?: unknown }>;
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
  const liftedPaths = lift(paths, schemas) as Record<string, Record<string, LiftedOperation>>;
  const [problem] = lift(JSON.parse(JSON.stringify([Problem, ...SCHEMAS_OF_TASKS])), schemas) as unknown[];
  for (const operations of Object.values(liftedPaths)) {
    for (const operation of Object.values(operations)) {
      for (const [status, response] of Object.entries(operation.responses)) {
        response.description = DESCRIPTIONS[status] ?? "An answer.";
      }
      for (const [status, codes] of byStatus(operation["x-problems"])) {
        operation.responses[status] = {
          description: codes.map((code) => `${code}: ${PROBLEMS[code]}.`).join(" "),
          content: { "application/problem+json": { schema: problem } },
        };
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

interface RouteFacts {
  readonly access?: unknown;
  readonly takesFile?: string;
  readonly problems?: readonly ProblemCode[];
}

/** Every problem that a route answers with of its own, in the order of the catalogue. */
function problemsOf(
  { access, takesFile, problems = [] }: RouteFacts,
  schema: { readonly querystring?: unknown; readonly params?: unknown; readonly body?: unknown },
): ProblemCode[] {
  const codes = new Set<ProblemCode>(problems);
  if (schema.querystring !== undefined) codes.add("PARAMETER_UNKNOWN").add("PARAMETER_INVALID");
  if (schema.params !== undefined) codes.add("PARAMETER_INVALID");
  if (schema.body !== undefined) codes.add("REQUEST_MALFORMED").add("BODY_TOO_LARGE");
  if (schema.body !== undefined || takesFile !== undefined) codes.add("MEDIA_TYPE_UNSUPPORTED");
  if (access === "admin") codes.add("AUTHENTICATION_REQUIRED").add("TOKEN_REFUSED").add("NOT_PERMITTED");
  return (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => codes.has(code));
}

function byStatus(codes: readonly ProblemCode[]): [string, ProblemCode[]][] {
  const groups = Map.groupBy(codes, (code) => String(PROBLEM_STATUS[code]));
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

interface Call {
  readonly method: string;
  readonly url: string;
  readonly takesFile: string | undefined;
  readonly example: string | undefined;
  readonly access: unknown;
}

/** Values that stand for the parameters of an address. */
const SAMPLE_TASK = "0b0e6f0e-2f4c-4c39-9a4e-5b6f4b8d2c11";
const SAMPLE_PARAMETERS: Readonly<Record<string, string>> = {
  id: "7",
  address: "192.0.2.1",
  name: "default",
};

/** A line for a shell that calls the route; undefined where it has no example. */
function sampleCall({ method, url, takesFile, example, access }: Call): string | undefined {
  if (example === undefined) return undefined;
  const path = url
    .replace("/tasks/:id", `/tasks/${SAMPLE_TASK}`)
    .replaceAll(/:([a-z_]+)/g, (_, name: string) => SAMPLE_PARAMETERS[name] ?? name);
  const isQuery = example === "" || example.startsWith("?");
  const words = [
    "curl",
    ...(method === "GET" ? [] : ["-X", method]),
    ...(access === "open" ? [] : ["-H", '"Authorization: Bearer $FLOWLENS_TOKEN"']),
    ...(takesFile === undefined
      ? []
      : ["-H", `"Content-Type: ${takesFile}"`, "--data-binary", "@capture.pcap"]),
    ...(isQuery ? [] : ["--json", `'${example}'`]),
    `'localhost:8000${path}${isQuery ? example : ""}'`,
  ];
  return words.join(" ");
}
