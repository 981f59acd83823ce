import { readFileSync } from "node:fs";
import { createLogger, createMetrics } from "#telemetry";
import { Value } from "typebox/value";
import { API_CONFIG } from "../config.ts";
import { buildServer, type ServerParts } from "../server/build-server.ts";
import { createRequestMetrics } from "../server/request-log.ts";
import { openApiDocument } from "./describe-server.ts";
import type { OpenApiDocument } from "./document.ts";

/** The document as it is committed, in docs/reference. */
export const OPENAPI_FILE = new URL("../../../../../docs/reference/openapi.json", import.meta.url);

/** The document of this FlowLens, from a server that answers nobody. */
export async function makeOpenApiDocument(): Promise<OpenApiDocument> {
  const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8")) as {
    readonly version: string;
  };
  const metrics = createMetrics();
  // Routes are only registered: none of them is called, so they miss nothing of what they would need for that.
  const parts = {
    metadata: {},
    flows: {},
    collector: {},
    auth: {},
    importTasks: {},
    uploads: {},
    health: [],
    metrics,
    requestMetrics: createRequestMetrics(metrics),
    logger: createLogger({ level: "silent" }),
    version,
    isStopping: () => false,
  } as unknown as ServerParts;
  const server = await buildServer(Value.Create(API_CONFIG), parts);
  try {
    return openApiDocument(server);
  } finally {
    await server.close();
  }
}

/** The text of the committed file. */
export function writtenOut(document: OpenApiDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
