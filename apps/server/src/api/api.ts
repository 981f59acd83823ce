import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ApiConfig } from "./config.ts";
import type { ApiDependencies } from "./dependencies.ts";
import { createImportTasks, type ImportTasks } from "./imports/import-tasks.ts";
import { failLeftTasks } from "./imports/left-tasks.ts";
import { createUploads } from "./imports/uploads.ts";
import { buildServer } from "./server/build-server.ts";
import { isLoopback } from "./server/host-check.ts";
import { listen } from "./server/listen.ts";
import { createRequestMetrics } from "./server/request-log.ts";
import type { Server } from "./server/server.ts";

export interface Api {
  /**
   * Listens; answers where, with the port that was really taken. The metadata store must have been started.
   * @throws ApiError API_PORT_BUSY, API_ADDRESS_UNUSABLE, API_UPLOADS_UNUSABLE; nothing listens then
   */
  start(): Promise<{ readonly url: string }>;
  /** Takes no more requests, stops imports, lets the rest end within `stopLimitMs`, then breaks it off. */
  stop(): Promise<void>;
}

/** The HTTP API; inert until `start`. */
export function createApi(config: ApiConfig, dependencies: ApiDependencies): Api {
  const { metadata, importing, logger, metrics, dataDirectory } = dependencies;
  const folder = join(resolve(dataDirectory), "uploads");
  const uploads = createUploads(folder, config.uploadBytesMax);
  const requestMetrics = createRequestMetrics(metrics);
  let isStopping = false;
  let started: { readonly server: Server; readonly importTasks: ImportTasks } | undefined;

  return {
    async start() {
      isStopping = false;
      const left = await uploads.clear();
      const failed = await failLeftTasks(metadata, folder, left);
      if (left.length + failed > 0) {
        logger.warn(
          { uploads: left.length, tasks: failed },
          "what a killed predecessor left of its imports was removed",
        );
      }
      const importTasks = createImportTasks({ metadata, importing, uploads, logger });
      const server = await buildServer(config, {
        ...dependencies,
        uploads,
        importTasks,
        requestMetrics,
        isStopping: () => isStopping,
      });
      const url = await listen(server, config);
      started = { server, importTasks };
      if (!isLoopback(config.host)) {
        logger.warn(
          { host: config.host },
          "the API can be read by everybody who reaches this address; put a proxy with a login before it",
        );
      }
      return { url };
    },
    async stop() {
      if (started === undefined) return;
      const { server, importTasks } = started;
      started = undefined;
      isStopping = true;
      const closing = server.close();
      const patience = new AbortController();
      const breakOff = sleep(config.stopLimitMs, undefined, { signal: patience.signal }).then(
        () => server.server.closeAllConnections(),
        () => undefined,
      );
      await closing;
      patience.abort();
      await breakOff;
      // Only now, so that an upload that was just finished has its task.
      await uploads.settled();
      await importTasks.stop(config.stopLimitMs);
    },
  };
}
