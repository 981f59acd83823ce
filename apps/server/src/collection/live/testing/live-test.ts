/** A collector on free ports of this machine, a sender, and what came out of the spool in the end. */
import { createSocket, type Socket } from "node:dgram";
import { mkdtemp, rm } from "node:fs/promises";
import { isIPv6 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatAddress } from "@flowlens/flow";
import { createSpoolReader, SPOOL_CONFIG, type SpoolConfig } from "#spool";
import { silentLogger } from "#telemetry";
import { Value } from "typebox/value";
import { afterEach } from "vitest";
import { COLLECTOR_CONFIG, type CollectorConfig } from "../config.ts";
import { createLiveCollector, type LiveCollectorDependencies } from "../live-collector.ts";
import type { LiveCollector } from "../live-types.ts";
import { memoryMetadata, type MemoryMetadata } from "./memory-metadata.ts";

export interface SpooledRow {
  readonly networkId: number;
  readonly exporter: string;
  readonly srcAddr: string;
  readonly bytes: number;
  readonly samplingRate: number;
  readonly timeStart: number;
}

export interface LiveTest {
  readonly collector: LiveCollector;
  readonly memory: MemoryMetadata;
  readonly directory: string;
  /** Of the one port that is on, unless the config says otherwise. */
  readonly port: () => number;
  /** Sends datagrams to it, some at a time, so that none is lost. */
  send(
    datagrams: readonly Uint8Array[],
    to?: { readonly host?: string; readonly from?: Socket },
  ): Promise<void>;
  /** Resolves when the collector has dealt with so many packets. */
  received(packets: number): Promise<void>;
  /** What is in the spool; the collector must have been stopped. */
  spooled(): Promise<SpooledRow[]>;
}

export interface LiveTestOptions {
  readonly config?: Partial<CollectorConfig>;
  readonly spool?: Partial<SpoolConfig>;
  readonly dependencies?: Partial<LiveCollectorDependencies>;
  /** Of another test run: to start anew where that one ended. */
  readonly directory?: string;
  readonly memory?: MemoryMetadata;
}

export const ONE_PORT: CollectorConfig = {
  ...Value.Create(COLLECTOR_CONFIG),
  hosts: ["127.0.0.1"],
  netflowPort: 0,
  ipfixPort: "off",
  sflowPort: "off",
};

const PATIENCE_MS = 20_000;
const SENT_AT_ONCE = 50;

const toEnd: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  while (toEnd.length > 0) await toEnd.pop()?.();
});

/** Starts a collector; it is stopped and its folder removed after the test. */
export async function startLiveTest(options: LiveTestOptions = {}): Promise<LiveTest> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "flowlens-live-")));
  if (options.directory === undefined) toEnd.push(() => rm(directory, { recursive: true, force: true }));
  const memory = options.memory ?? memoryMetadata();
  const spoolDirectory = join(directory, "spool");
  const reader = createSpoolReader({ directory: spoolDirectory, logger: silentLogger });
  const collector = createLiveCollector(
    { ...ONE_PORT, ...options.config },
    {
      metadata: memory.metadata,
      logger: silentLogger,
      spool: { ...Value.Create(SPOOL_CONFIG), ...options.spool },
      spoolDirectory,
      recoverSpool: () => reader.recover(),
      templatesFile: join(directory, "templates.json"),
      ...options.dependencies,
    },
  );
  toEnd.push(() => collector.stop());
  const { listening } = await collector.start();
  const sockets: Socket[] = [];
  const usualSockets = new Map<string, Socket>();
  toEnd.push(async () => {
    for (const socket of sockets) socket.close();
  });

  function socketFor(host: string): Socket {
    const type = isIPv6(host) ? "udp6" : "udp4";
    const before = usualSockets.get(type);
    if (before !== undefined) return before;
    const socket = createSocket(type);
    sockets.push(socket);
    usualSockets.set(type, socket);
    return socket;
  }

  return {
    collector,
    memory,
    directory,
    port: () => listening[0].port,

    async send(datagrams, { host = "127.0.0.1", from = socketFor(host) } = {}) {
      for (let at = 0; at < datagrams.length; at += SENT_AT_ONCE) {
        await Promise.all(
          datagrams
            .slice(at, at + SENT_AT_ONCE)
            .map(
              (datagram) =>
                new Promise<void>((resolve, reject) =>
                  from.send(datagram, listening[0].port, host, (error) =>
                    error === null ? resolve() : reject(error),
                  ),
                ),
            ),
        );
        if (at + SENT_AT_ONCE < datagrams.length) await sleep(1);
      }
    },

    async received(packets) {
      await until(() => {
        const { queue, decoding, sockets: of } = collector.status();
        const refused = of.reduce((total, one) => total + one.refused, 0);
        return decoding.packets + refused + queue.droppedPackets + queue.lostPackets >= packets;
      });
    },

    async spooled() {
      await reader.recover();
      const rows: SpooledRow[] = [];
      for (;;) {
        const { segments } = reader.status();
        if (segments === 0) return rows;
        const segment = await reader.next(AbortSignal.timeout(PATIENCE_MS));
        if (segment === undefined) throw new Error("the spool did not give its segment");
        for await (const { networkId, batch } of segment.batches()) {
          for (let row = 0; row < batch.length; row++) {
            rows.push({
              networkId,
              exporter: formatAddress(batch.exporter.subarray(row * 16, row * 16 + 16)),
              srcAddr: formatAddress(batch.srcAddr.subarray(row * 16, row * 16 + 16)),
              bytes: batch.bytes[row],
              samplingRate: batch.samplingRate[row],
              timeStart: batch.timeStart[row],
            });
          }
        }
        await reader.release(segment);
        await reader.scan();
      }
    },
  };
}

/** Resolves when it holds. @throws when it does not come to hold */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error("it did not come to hold in time");
    await sleep(10);
  }
}
