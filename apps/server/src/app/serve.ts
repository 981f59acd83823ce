import { randomBytes } from "node:crypto";
import { createApi, type HealthSource } from "#api";
import { publishService, type PublishedService } from "#engines";
import { createMetrics, type Logger } from "#telemetry";
import { createFlowLens } from "./flowlens.ts";
import { createHousekeeping } from "./housekeeping.ts";
import type { Settings } from "./settings.ts";

export interface Server {
  /** Brings everything up; answers where the API listens. @throws a coded error; nothing is left running then */
  start(): Promise<{ readonly url: string }>;
  /** Ends everything, within 5 s. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly logger: Logger;
  /** Of FlowLens. */
  readonly version: string;
  /** Called when an engine is given up: nothing can be answered any more. */
  readonly onFatal: (error: Error) => void;
}

/** FlowLens with its HTTP API, holding the data directory until it is stopped. Inert until `start`. */
export function createServer(settings: Settings, { logger, version, onFatal }: ServerOptions): Server {
  const metrics = createMetrics({ ofProcess: true });
  const flowLens = createFlowLens(settings, { logger, metrics });
  const housekeeping = createHousekeeping(settings.values.retention, { flows: flowLens.flows, logger });
  // Lets other commands of the same user change things; it stands in a file that only they can read.
  const localToken = randomBytes(32).toString("base64url");
  const health: HealthSource[] = [
    { name: "clickhouse", check: () => flowLens.flows.ping() },
    { name: "postgres", check: () => flowLens.metadata.ping() },
  ];
  const api = createApi(settings.values.api, {
    metadata: flowLens.metadata,
    async importing(path, options) {
      const outcome = await flowLens.importFile(path, {
        network: options.network,
        name: options.name,
        content: options.content,
        strict: options.strict,
        signal: options.signal,
        onProgress: options.onProgress,
      });
      options.onProgress({ step: "folding", fileBytes: 0, records: outcome.import.records ?? 0 });
      // The file is in: a task that is cancelled from here on has nothing left to undo, so this is not broken off.
      await flowLens.settle(options.network);
      return outcome;
    },
    health,
    metrics,
    logger,
    localToken,
    version,
    dataDirectory: settings.dataDirectory,
  });
  let published: PublishedService | undefined;
  let unlisten = (): void => undefined;

  return {
    async start() {
      try {
        await flowLens.start();
        unlisten = flowLens.engines.onEvent((event) => {
          if (event.type === "failed") onFatal(event.error);
        });
        const { url } = await api.start();
        housekeeping.start();
        published = publishService(settings.dataDirectory, { url, token: localToken });
        return { url };
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
  };

  async function stop(): Promise<void> {
    published?.withdraw();
    unlisten();
    await api.stop();
    await housekeeping.stop();
    await flowLens.stop();
  }
}
