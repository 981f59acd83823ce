import helmet from "@fastify/helmet";
import fastify, { type FastifyError } from "fastify";
import { createAssetReader } from "../assets/asset-reader.ts";
import { addAssetRoutes } from "../assets/asset-routes.ts";
import type { ApiConfig } from "../config.ts";
import { addConsoleRoutes } from "../console/console-routes.ts";
import type { ApiDependencies } from "../dependencies.ts";
import { RequestError } from "../errors.ts";
import { addAssetTrafficRoutes } from "../assets/asset-traffic-routes.ts";
import { addExporterRoutes } from "../exporters/exporter-routes.ts";
import { addFlowRoutes } from "../flows/flow-routes.ts";
import { createTrafficQuestions } from "../flows/traffic-questions.ts";
import { addImportRoutes } from "../imports/import-routes.ts";
import type { ImportTasks } from "../imports/import-tasks.ts";
import type { Uploads } from "../imports/uploads.ts";
import { addNetworkRoutes } from "../networks/network-routes.ts";
import { describeRoutes } from "../openapi/describe-server.ts";
import { addDocsRoutes } from "../openapi/docs-routes.ts";
import { readByRoute } from "../parameters/validator.ts";
import { problemOf } from "../problems/problem-of.ts";
import { addHealthRoutes, addMetricsRoute } from "../system/system-routes.ts";
import { addTaskRoutes } from "../tasks/task-routes.ts";
import { addTypeRoutes } from "../types/type-routes.ts";
import { guardRoutes } from "./access.ts";
import { noteMethods, nothingThere } from "./allowed-methods.ts";
import { checkHosts } from "./host-check.ts";
import { logRequests, type RequestMetrics } from "./request-log.ts";
import { limitRates } from "./rate-limit.ts";
import { sendProblem } from "./send-problem.ts";
import type { Server } from "./server.ts";
import { answerSocketError } from "./socket-errors.ts";

export interface ServerParts extends Omit<ApiDependencies, "importing" | "dataDirectory"> {
  readonly uploads: Uploads;
  readonly importTasks: ImportTasks;
  readonly requestMetrics: RequestMetrics;
  /** Whether no new request is to be taken on. */
  readonly isStopping: () => boolean;
}

/** The server with all its routes; it does not listen yet. */
export async function buildServer(config: ApiConfig, parts: ServerParts): Promise<Server> {
  const { logger } = parts;
  const server: Server = fastify({
    logger: false,
    connectionTimeout: config.idleTimeoutMs,
    keepAliveTimeout: config.idleTimeoutMs,
    // We answer ourselves, with a problem document.
    return503OnClosing: false,
    clientErrorHandler: answerSocketError,
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, problemOf(error)),
  });
  // Answers are made by typed functions in the shape of their schema; what parameters may be, their schema says.
  server.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  server.setValidatorCompiler(readByRoute);
  // Only uploads have a body.
  server.removeAllContentTypeParsers();

  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const document = problemOf(error);
    if (document.status >= 500) {
      logger.error(
        { method: request.method, route: request.routeOptions.url, code: document.code, err: error },
        "a request could not be answered",
      );
    }
    return sendProblem(reply, document);
  });

  await server.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Says something about https only, which is for whoever stands before FlowLens to say.
    strictTransportSecurity: false,
    referrerPolicy: { policy: "no-referrer" },
  });
  logRequests(server, logger, parts.requestMetrics);
  server.addHook("onRequest", (_request, reply, done) => {
    reply.header("cache-control", "no-store");
    done(parts.isStopping() ? stopping() : undefined);
  });
  checkHosts(server, config);
  await limitRates(server, config.requestsPerMinute);
  guardRoutes(server, parts.auth);
  const allowedMethods = noteMethods(server);
  await describeRoutes(server, parts.version);

  addHealthRoutes(server, parts, "");
  addMetricsRoute(server, parts);
  addDocsRoutes(server);
  const answersNavigation = addConsoleRoutes(server, parts.consoleFolder);
  server.setNotFoundHandler((request, reply) =>
    answersNavigation(request, reply)
      ? reply
      : sendProblem(reply, problemOf(nothingThere(request, reply, allowedMethods))),
  );
  await server.register(
    async (api: Server) => {
      const { metadata } = parts;
      const ask = createTrafficQuestions(parts.flows, config);
      addAssetRoutes(api, createAssetReader(metadata));
      addAssetTrafficRoutes(api, { metadata, ask });
      addFlowRoutes(api, { metadata, ask });
      await api.register(async (scope: Server) => addExporterRoutes(scope, parts));
      addNetworkRoutes(api, { metadata, ask });
      addTypeRoutes(api, metadata);
      addImportRoutes(api, { metadata: parts.metadata, uploads: parts.uploads, tasks: parts.importTasks });
      addTaskRoutes(api, { metadata: parts.metadata, cancel: (id) => parts.importTasks.cancel(id) });
      addHealthRoutes(api, parts, "Api");
    },
    { prefix: "/api/v1" },
  );
  await server.ready();
  return server;
}

function stopping(): RequestError {
  return new RequestError("STOPPING", "FlowLens is being stopped. Ask again when it has been started.");
}
