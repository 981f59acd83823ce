import { join } from "node:path";
import {
  createLiveCollector,
  createSpoolLoader,
  type CollectorStatus,
  type Listening,
  type LiveCollector,
  type SpoolLoaderStatus,
} from "#collection";
import { createSpoolReader } from "#spool";
import type { Logger, Metrics } from "#telemetry";
import type { FlowLens } from "./flowlens.ts";
import { createLiveLoop, type LiveLoopStatus, type LiveTimings } from "./live-loop.ts";
import type { Settings } from "./settings.ts";

export interface ReceivingStatus {
  readonly collector: CollectorStatus;
  readonly loader: SpoolLoaderStatus;
  readonly live: LiveLoopStatus;
}

/** The way of received packets from the socket to described hosts. Inert until `start`. */
export interface Receiving {
  /** Loads what a predecessor left in the spool, too. @throws a coded error; nothing is left running then */
  start(): Promise<{ readonly listening: readonly Listening[] }>;
  /** What was received is in the spool when this resolves, within 4 s; what is not loaded yet stays there. */
  stop(): Promise<void>;
  readonly collector: LiveCollector;
  status(): ReceivingStatus;
  /** Of packets being received and of their records being kept: rejects with a sentence when that is not so. */
  checkCollector(): Promise<void>;
  checkSpool(): Promise<void>;
}

export interface ReceivingDependencies {
  readonly flowLens: FlowLens;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly liveTimings?: Partial<LiveTimings> | undefined;
}

export function createReceiving(
  { values, dataDirectory }: Settings,
  { flowLens, logger, metrics, liveTimings = {} }: ReceivingDependencies,
): Receiving {
  const spoolDirectory = join(dataDirectory, "spool");
  const spool = createSpoolReader({ directory: spoolDirectory, logger });
  const loader = createSpoolLoader({ spool, flows: flowLens.flows, logger, metrics });
  const live = createLiveLoop({
    flows: flowLens.flows,
    describer: flowLens.describer,
    isImporting: flowLens.isImporting,
    logger,
    metrics,
    timings: liveTimings,
  });
  const collector = createLiveCollector(values.collector, {
    metadata: flowLens.metadata,
    logger,
    metrics,
    spool: values.spool,
    spoolDirectory,
    recoverSpool: () => spool.recover(),
    templatesFile: join(dataDirectory, "templates.json"),
  });
  let forget = (): void => undefined;

  async function stop(): Promise<void> {
    forget();
    await Promise.all([collector.stop(), loader.stop(), live.stop()]);
  }

  return {
    collector,
    async start() {
      try {
        await spool.recover();
        const started = await collector.start();
        forget = loader.onLoaded(() => live.loaded());
        loader.start();
        live.start();
        return started;
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    status: () => ({ collector: collector.status(), loader: loader.status(), live: live.status() }),
    async checkCollector() {
      const { enabled, running } = collector.status();
      if (enabled && !running) throw new Error("Packets are not being received.");
    },
    async checkSpool() {
      const { failure } = collector.status().spool;
      if (failure !== undefined)
        throw new Error(
          `Received records cannot be kept (${failure}): look at the disk of ${spoolDirectory}.`,
        );
      const { waitingFor } = loader.status();
      if (waitingFor !== null)
        throw new Error(`Received records wait on disk for the flow store: ${waitingFor.message}`);
    },
  };
}
