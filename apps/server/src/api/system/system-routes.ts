import { HealthLive, HealthReady, problem } from "@flowlens/contract";
import type { MetricsRegistry } from "#telemetry";
import { Type } from "typebox";
import type { HealthSource } from "../dependencies.ts";
import { PROBLEM_STATUS } from "../problems/status.ts";
import { sendProblem } from "../server/send-problem.ts";
import type { Server } from "../server/server.ts";
import { createReadiness } from "./readiness.ts";

export interface SystemRouteDependencies {
  readonly health: readonly HealthSource[];
  readonly metrics: MetricsRegistry;
  readonly version: string;
}

/**
 * What watches services looks for these at the root, who uses the API beside the rest of it: they are registered at
 * both places, `place` tells them apart in the document.
 */
export function addHealthRoutes(
  server: Server,
  { health, version }: SystemRouteDependencies,
  place: "" | "Api",
): void {
  const readiness = createReadiness(health);
  server.get(
    "/health/live",
    {
      config: { access: "open", example: "" },
      schema: {
        operationId: `get${place}Live`,
        summary: "Whether the process answers",
        tags: ["system"],
        response: { 200: HealthLive },
      },
    },
    () => ({ status: "live" as const, version }),
  );
  server.get(
    "/health/ready",
    {
      config: { access: "open", problems: ["NOT_READY"], example: "" },
      schema: {
        operationId: `get${place}Ready`,
        summary: "Whether everything that FlowLens needs works; 503 with the reasons when not",
        tags: ["system"],
        response: { 200: HealthReady },
      },
    },
    async (_request, reply) => {
      const checks = await readiness();
      const failed = checks.filter(({ ready }) => !ready);
      if (failed.length === 0) return { status: "ready" as const, version, checks };
      const detail = failed.map(({ name, reason }) => `${name}: ${reason}`).join(" ");
      return sendProblem(
        reply,
        problem("NOT_READY", { status: PROBLEM_STATUS.NOT_READY, detail, checks }),
      ) as never;
    },
  );
}

export function addMetricsRoute(server: Server, { metrics }: SystemRouteDependencies): void {
  server.get(
    "/metrics",
    {
      config: { access: "open", example: "" },
      schema: {
        operationId: "getMetrics",
        summary: "Counters of FlowLens, for Prometheus",
        tags: ["system"],
        produces: ["text/plain"],
        response: { 200: Type.String() },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
}
