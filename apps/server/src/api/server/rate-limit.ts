import rateLimit from "@fastify/rate-limit";
import { RequestError } from "../errors.ts";
import { isLoopback } from "./host-check.ts";
import type { Server } from "./server.ts";

const WINDOW_MS = 60_000;

/**
 * Callers from other machines may send so many requests a minute, those to addresses that are none included. This
 * machine's own are not counted: its programs and a proxy that stands before FlowLens come from there.
 */
export async function limitRates(server: Server, requestsPerMinute: number): Promise<void> {
  await server.register(rateLimit, {
    global: false,
    max: requestsPerMinute,
    timeWindow: WINDOW_MS,
    allowList: (request) => isLoopback(request.ip),
  });
  const check = server.createRateLimit();
  server.addHook("onRequest", async (request, reply) => {
    const verdict = await check(request);
    if (verdict.isAllowed || !verdict.isExceeded) return;
    reply.header("retry-after", verdict.ttlInSeconds);
    throw new RequestError(
      "TOO_MANY_REQUESTS",
      `More than ${requestsPerMinute} requests came from ${request.ip} within a minute. Ask again in ${verdict.ttlInSeconds} s; the setting api.requestsPerMinute says how many may.`,
    );
  });
}
