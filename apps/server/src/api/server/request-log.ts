import type { FastifyRequest } from "fastify";
import type { Counter, Histogram, Logger, Metrics } from "#telemetry";
import type { Server } from "./server.ts";

type RequestLabel = "method" | "route" | "status";

/** What the API counts of itself. Made once for a registry. */
export interface RequestMetrics {
  readonly requests: Counter<RequestLabel>;
  readonly seconds: Histogram<"route">;
}

export function createRequestMetrics(metrics: Metrics): RequestMetrics {
  return {
    requests: metrics.counter<RequestLabel>({
      name: "flowlens_http_requests_total",
      help: "Requests answered.",
      labels: ["method", "route", "status"],
    }),
    seconds: metrics.histogram<"route">({
      name: "flowlens_http_request_duration_seconds",
      help: "From a request's headers to the end of its answer.",
      labels: ["route"],
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30, 300],
    }),
  };
}

/** Asked every few seconds by machines; in the log they would hide the rest. */
const ROUTINE = new Set([
  "/metrics",
  "/health/live",
  "/health/ready",
  "/api/v1/health/live",
  "/api/v1/health/ready",
]);

/** Logs and counts each request when it is answered. Neither query, headers nor body are logged: they may hold secrets. */
export function logRequests(server: Server, logger: Logger, metrics: RequestMetrics): void {
  server.addHook("onResponse", (request, reply, done) => {
    const route = routeOf(request);
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    const path = request.url.split("?", 1)[0].slice(0, 200);
    const line = { method: request.method, path, status: reply.statusCode, ms };
    if (ROUTINE.has(route)) logger.debug(line, "answered a request");
    else logger.info(line, "answered a request");
    // The route, not the path: labels must be few.
    metrics.requests.add(1, { method: request.method, route, status: String(reply.statusCode) });
    metrics.seconds.observe(reply.elapsedTime / 1000, { route });
    done();
  });
}

function routeOf(request: FastifyRequest): string {
  return request.is404 ? "none" : (request.routeOptions.url ?? "none");
}
