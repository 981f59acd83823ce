import { randomBytes } from "node:crypto";
import { createApi, type HealthSource } from "#api";
import { createAuth } from "#auth";
import type { Listening, LiveCollector } from "#collection";
import { publishService, type PublishedService } from "#engines";
import { createMetrics, type Logger } from "#telemetry";
import { createFlowLens, type FlowLens } from "./flowlens.ts";
import { createHousekeeping } from "./housekeeping.ts";
import type { LiveTimings } from "./live-loop.ts";
import { createReceiving, type ReceivingStatus } from "./receiving.ts";
import type { Settings } from "./settings.ts";

export interface Server {
  /** Brings everything up. @throws a coded error; nothing is left running then */
  start(): Promise<ServerStarted>;
  /** Ends everything, within 5 s. */
  stop(): Promise<void>;
  readonly flowLens: FlowLens;
  readonly collector: LiveCollector;
  status(): ReceivingStatus;
}

export interface ServerStarted {
  /** Of the API and the web console. */
  readonly url: string;
  /** Where export packets are received. */
  readonly listening: readonly Listening[];
  /** No exporter has ever sent anything. */
  readonly isNew: boolean;
  /** Of the admin, when it was made just now: show it, nobody can later. */
  readonly adminToken: string | undefined;
}

export interface ServerOptions {
  readonly logger: Logger;
  /** Of FlowLens. */
  readonly version: string;
  /** Called when an engine is given up: nothing can be answered any more. */
  readonly onFatal: (error: Error) => void;
  /** How often live traffic is folded and described, where the usual is not meant. */
  readonly liveTimings?: Partial<LiveTimings> | undefined;
}

/** FlowLens with its HTTP API, holding the data directory until it is stopped. Inert until `start`. */
export function createServer(
  settings: Settings,
  { logger, version, onFatal, liveTimings }: ServerOptions,
): Server {
  const metrics = createMetrics({ ofProcess: true });
  const flowLens = createFlowLens(settings, { logger, metrics });
  const receiving = createReceiving(settings, { flowLens, logger, metrics, liveTimings });
  const housekeeping = createHousekeeping(settings.values.retention, { flows: flowLens.flows, logger });
  // Lets other commands of the same user change things; it stands in a file that only they can read.
  const localToken = randomBytes(32).toString("base64url");
  const auth = createAuth({ metadata: flowLens.metadata, logger, localToken });
  const health: HealthSource[] = [
    { name: "clickhouse", check: () => flowLens.flows.ping() },
    { name: "postgres", check: () => flowLens.metadata.ping() },
    { name: "collector", check: receiving.checkCollector },
    { name: "spool", check: receiving.checkSpool },
  ];
  const api = createApi(settings.values.api, {
    metadata: flowLens.metadata,
    flows: flowLens.flows,
    collector: receiving.collector,
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
    auth,
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
        const { listening } = await receiving.start();
        const { url } = await api.start();
        housekeeping.start();
        published = publishService(settings.dataDirectory, { url, token: localToken });
        const exporters = await flowLens.metadata.exporters.list();
        // Last: a token that is made and then not shown, since something failed, would be lost.
        const made = await auth.ensureAdminToken();
        return {
          url,
          listening,
          isNew: exporters.every(({ lastSeen }) => lastSeen === null),
          adminToken: made?.token,
        };
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    flowLens,
    collector: receiving.collector,
    status: () => receiving.status(),
  };

  async function stop(): Promise<void> {
    published?.withdraw();
    unlisten();
    try {
      // Beside each other: one that is slow must not take the time of the others.
      await Promise.all([receiving.stop(), api.stop(), housekeeping.stop()]);
    } finally {
      await flowLens.stop();
    }
  }
}
