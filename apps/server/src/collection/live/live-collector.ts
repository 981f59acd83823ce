import { parseAddress, formatAddress } from "@flowlens/flow";
import type { MetadataStore } from "#metadata-store";
import { spoolWriterMetrics, type SpoolConfig } from "#spool";
import { silentMetrics, type Logger, type Metrics } from "#telemetry";
import type { CollectorConfig } from "./config.ts";
import { allowedRanges, planEndpoints, type PlannedEndpoint } from "./endpoints.ts";
import { createExporterRegistry, inOrder } from "./exporter-registry.ts";
import { measureCollector } from "./health/collector-metrics.ts";
import { createHealthLog } from "./health/health-log.ts";
import { createKernelDrops } from "./health/kernel-drops.ts";
import type { CollectorSocket, CollectorStatus, LiveCollector, RefusedSender } from "./live-types.ts";
import type { BoundEndpoint, DecoderReport } from "./messages.ts";
import { shareCounters, type SharedCounters } from "./shared-counters.ts";
import { createCollectorThreads, type CollectorThreads } from "./threads/collector-threads.ts";
import { spawnThread, type SpawnThread } from "./threads/spawn-thread.ts";

export interface LiveCollectorDependencies {
  readonly metadata: Pick<MetadataStore, "networks" | "exporters">;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** The writer of the spool works in the decoder's thread. */
  readonly spool: SpoolConfig;
  readonly spoolDirectory: string;
  /** Called when a writer died, before the next one begins: `SpoolReader.recover`. */
  readonly recoverSpool?: () => Promise<unknown>;
  /** Where templates are kept over a restart. */
  readonly templatesFile: string;
  readonly spawn?: SpawnThread;
}

const LOOK_EVERY_MS = 2_000;
const REFUSED_SHOWN = 100;
const REMEMBERED_MS = 100;

interface Running {
  readonly endpoints: readonly PlannedEndpoint[];
  readonly counters: SharedCounters;
  readonly threads: CollectorThreads;
  /** By receiver. */
  readonly bound: readonly (readonly BoundEndpoint[])[];
  readonly looking: NodeJS.Timeout;
}

export function createLiveCollector(
  config: CollectorConfig,
  dependencies: LiveCollectorDependencies,
): LiveCollector {
  const { metadata, logger, metrics = silentMetrics, spawn = spawnThread } = dependencies;
  const registry = createExporterRegistry(metadata, logger);
  const kernelDrops = createKernelDrops();
  const health = createHealthLog(logger, Date.now);
  let running: Running | undefined;
  let last: CollectorStatus = idleStatus(config);
  let report: DecoderReport | undefined;
  let refusedBy: (readonly RefusedSender[])[] = [];

  function status(): CollectorStatus {
    if (running === undefined) return last;
    const { endpoints, counters, bound, threads } = running;
    const sockets = endpoints.flatMap((endpoint, index): CollectorSocket[] => {
      const ours = bound.flatMap((of) => of.filter((one) => one.endpoint === index));
      if (ours.length === 0) return [];
      const counts = counters.endpoints.map((of) => of[index]);
      const address = canonical(endpoint.address);
      const { port } = ours[0];
      return [
        {
          address,
          port,
          protocols: endpoint.protocols,
          packets: sum(counts, (one) => one.packets),
          bytes: sum(counts, (one) => one.bytes),
          refused: sum(counts, (one) => one.refused),
          queueDrops: sum(counts, (one) => one.queueDrops),
          kernelDrops: kernelDrops.on(address, port),
          receiveBufferAskedBytes: config.receiveBufferBytes,
          receiveBufferBytes: Math.min(...ours.map((one) => one.receiveBufferBytes)),
        },
      ];
    });
    const { receivers, decoder } = counters;
    return {
      enabled: config.enabled,
      running: true,
      sockets,
      refusedSenders: mergeRefused(refusedBy),
      refusedOthers: sum(receivers, (one) => one.refusedOthers),
      queue: {
        waitingBytes: sum(receivers, (one) => one.sentBytes - one.decodedBytes),
        limitBytes: config.queueBytes,
        waitingPackets: sum(receivers, (one) => one.accepted - one.settled),
        droppedPackets: sum(sockets, (one) => one.queueDrops),
        lostPackets: sum(receivers, (one) => one.lost),
      },
      decoding: {
        packets: sum(receivers, (one) => one.decoded),
        records: decoder.records,
        counters: report?.counters ?? {},
      },
      spool: {
        storedRecords: decoder.storedRecords,
        droppedRecords: decoder.droppedRecords,
        full: report?.spool.refusing !== null && report !== undefined,
        failure: report?.spool.refusing ?? undefined,
      },
      restarts: threads.restarts,
    };
  }

  async function look(): Promise<void> {
    await kernelDrops.refresh(status().sockets);
    health.look(status(), registry.list(Date.now()));
  }

  // Every metric reads by itself; the numbers of one scrape are put together once.
  measureCollector(metrics, {
    status: remembered(status),
    exporters: remembered(() => registry.list(Date.now()).slice(0, config.maxExporters)),
  });
  spoolWriterMetrics(metrics, () => report?.spool);

  return {
    async start() {
      if (!config.enabled || running !== undefined) return { listening: [] };
      const endpoints = planEndpoints(config);
      const allowed = allowedRanges(config);
      await registry.load();
      const shape = { receivers: config.receivers, endpoints: endpoints.length };
      const counters = shareCounters(shape);
      refusedBy = [];
      report = undefined;
      const threads = createCollectorThreads({
        endpoints,
        receivers: config.receivers,
        counters,
        logger,
        spawn,
        receiverSetup: {
          receiveBufferBytes: config.receiveBufferBytes,
          queueBytes: Math.floor(config.queueBytes / config.receivers),
          allowed,
          shape,
          counters: counters.memory,
        },
        decoderSetup: () => ({
          spool: dependencies.spool,
          spoolDirectory: dependencies.spoolDirectory,
          templatesFile: dependencies.templatesFile,
          maxExporters: config.maxExporters,
          defaultNetworkId: registry.defaultNetworkId,
          exporters: registry.settings(),
          shape,
          counters: counters.memory,
        }),
        onReport(message) {
          report = message;
          registry.take(message.exporters, Date.now());
        },
        onRefused(receiver, senders) {
          refusedBy[receiver] = senders;
        },
        async onDecoderDeath() {
          registry.decoderDied();
          await dependencies.recoverSpool?.();
        },
      });
      const bound = await threads.start();
      const looking = setInterval(() => void look(), LOOK_EVERY_MS);
      looking.unref();
      running = { endpoints, counters, threads, bound, looking };
      const { sockets } = status();
      await kernelDrops.refresh(sockets);
      warnOfSmallBuffers(sockets, logger);
      const listening = sockets.map(({ address, port, protocols }) => ({ address, port, protocols }));
      logger.info(
        { listening: listening.map(({ address, port }) => `${address} ${port}/udp`) },
        "receiving export packets",
      );
      return { listening };
    },

    async stop() {
      if (running === undefined) return;
      const { threads, looking } = running;
      clearInterval(looking);
      await look();
      await threads.stop();
      last = { ...status(), running: false };
      running = undefined;
      const { waitingPackets, lostPackets } = last.queue;
      if (waitingPackets > lostPackets) {
        logger.warn(
          { packets: waitingPackets },
          "packets were received and could not be brought to the spool in time",
        );
      }
      await registry.close();
    },

    status,

    async exporters() {
      if (running !== undefined) await running.threads.report();
      await registry.read();
      return inOrder(registry.list(Date.now()));
    },

    async reloadExporters() {
      await registry.read();
      running?.threads.configure(registry.settings());
    },
  };
}

/** What was read a moment ago, or what is read now. */
function remembered<Value>(read: () => Value): () => Value {
  let value: { readonly read: Value; readonly atMs: number } | undefined;
  return () => {
    const nowMs = performance.now();
    if (value === undefined || nowMs - value.atMs > REMEMBERED_MS) value = { read: read(), atMs: nowMs };
    return value.read;
  };
}

function idleStatus({ enabled, queueBytes }: CollectorConfig): CollectorStatus {
  return {
    enabled,
    running: false,
    sockets: [],
    refusedSenders: [],
    refusedOthers: 0,
    queue: { waitingBytes: 0, limitBytes: queueBytes, waitingPackets: 0, droppedPackets: 0, lostPackets: 0 },
    decoding: { packets: 0, records: 0, counters: {} },
    spool: { storedRecords: 0, droppedRecords: 0, full: false, failure: undefined },
    restarts: 0,
  };
}

function warnOfSmallBuffers(sockets: readonly CollectorSocket[], logger: Logger): void {
  const small = sockets.find((one) => one.receiveBufferBytes < one.receiveBufferAskedBytes);
  if (small === undefined) return;
  const { receiveBufferAskedBytes: asked, receiveBufferBytes: granted } = small;
  logger.info(
    { asked, granted },
    `the system grants smaller receive buffers than were asked for; sysctl -w net.core.rmem_max=${asked} lets it`,
  );
}

function mergeRefused(by: readonly (readonly RefusedSender[] | undefined)[]): RefusedSender[] {
  const packets = new Map<string, number>();
  for (const one of by.flatMap((of) => of ?? [])) {
    packets.set(one.address, (packets.get(one.address) ?? 0) + one.packets);
  }
  return [...packets]
    .map(([address, count]) => ({ address, packets: count }))
    .toSorted((a, b) => b.packets - a.packets)
    .slice(0, REFUSED_SHOWN);
}

function canonical(address: string): string {
  const bytes = parseAddress(address);
  return bytes === undefined ? address : formatAddress(bytes);
}

function sum<Item>(items: readonly Item[], read: (item: Item) => number): number {
  return items.reduce((total, item) => total + read(item), 0);
}
