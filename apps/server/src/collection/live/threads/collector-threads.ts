import { MessageChannel } from "node:worker_threads";
import type { Logger } from "#telemetry";
import { bindFailure } from "../bind-failure.ts";
import type { PlannedEndpoint } from "../endpoints.ts";
import type {
  BoundEndpoint,
  DecoderReport,
  DecoderSetup,
  ExporterSettings,
  FromDecoder,
  FromReceiver,
  LogMessage,
  ReceiverSetup,
  ToDecoder,
  ToReceiver,
} from "../messages.ts";
import type { RefusedSender } from "../live-types.ts";
import type { SharedCounters } from "../shared-counters.ts";
import type { SpawnThread, Thread } from "./spawn-thread.ts";

export interface ThreadsOptions {
  readonly endpoints: readonly PlannedEndpoint[];
  readonly receivers: number;
  readonly receiverSetup: Omit<ReceiverSetup, "index" | "endpoints" | "reusePort">;
  /** Asked for each new decoder. */
  readonly decoderSetup: () => DecoderSetup;
  readonly counters: SharedCounters;
  readonly logger: Logger;
  readonly spawn: SpawnThread;
  readonly onReport: (report: DecoderReport) => void;
  readonly onRefused: (receiver: number, senders: readonly RefusedSender[]) => void;
  /** The decoder's thread is gone, with the writer of the spool; before the next one begins. */
  readonly onDecoderDeath: () => Promise<void>;
}

export interface CollectorThreads {
  /** By receiver, where each endpoint really is. @throws CollectionError; nothing is left running then */
  start(): Promise<(readonly BoundEndpoint[])[]>;
  /** Within 3 s. */
  stop(): Promise<void>;
  configure(exporters: readonly ExporterSettings[]): void;
  /** Asks the decoder what it knows; resolves when it has said so, or has not for a second. */
  report(): Promise<void>;
  /** Threads started anew. */
  readonly restarts: number;
}

const DECODER_MODULE = new URL("../decoder/decoder-thread.ts", import.meta.url);
const RECEIVER_MODULE = new URL("../receiver/receiver-thread.ts", import.meta.url);
const WATCH_MS = 1_000;
/** A thread that has not come round for so long hangs. */
const HUNG_AFTER_MS = 15_000;
/** When we were away for so long ourselves, the machine slept or was overloaded: nobody is judged by it. */
const OURSELVES_LATE_MS = 4_000;
const FINISH_WITHIN_MS = 2_600;
const REPORT_WITHIN_MS = 1_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** A thread that lived so long died of something new. */
const LIVED_LONG_MS = 60_000;

type ReceiverThread = Thread<ToReceiver, FromReceiver>;
type DecoderThread = Thread<ToDecoder, FromDecoder>;

/** Keeps the receivers and the decoder alive and connected. A thread that dies or hangs is started anew, and counted. */
export function createCollectorThreads(options: ThreadsOptions): CollectorThreads {
  const { logger, counters } = options;
  let endpoints = options.endpoints;
  const receivers: (ReceiverThread | undefined)[] = [];
  const bound: (readonly BoundEndpoint[])[] = [];
  let decoder: DecoderThread | undefined;
  let stopping = false;
  let stopped = new AbortController();
  let restarts = 0;
  let reportNumber = 0;
  const reportsAwaited = new Map<number, () => void>();
  let finished = Promise.withResolvers<void>();
  let watch: NodeJS.Timeout | undefined;
  const restarting = new Set<Promise<void>>();

  function log({ level, fields, message }: LogMessage): void {
    logger[level](fields, message);
  }

  function connect(index: number): void {
    const receiver = receivers[index];
    if (receiver === undefined || decoder === undefined) return;
    const { port1, port2 } = new MessageChannel();
    receiver.post({ type: "decoder", port: port1 }, [port1]);
    decoder.post({ type: "receiver", index, port: port2 }, [port2]);
  }

  async function startDecoder(): Promise<void> {
    const ready = Promise.withResolvers<void>();
    const thread = options.spawn<ToDecoder, FromDecoder>(DECODER_MODULE, "decoder", options.decoderSetup());
    counters.decoder.heartbeatMs = Date.now();
    const startedMs = performance.now();
    decoder = thread;
    thread.onMessage((message) => {
      if (message.type === "log") log(message);
      else if (message.type === "ready") ready.resolve();
      else if (message.type === "finished") finished.resolve();
      else {
        options.onReport(message);
        reportsAwaited.get(message.id)?.();
      }
    });
    thread.onExit((error) => {
      if (decoder === thread) decoder = undefined;
      ready.reject(error ?? new Error("the thread ended by itself"));
      finished.resolve();
      if (stopping) return;
      afterDeath("decoder", { error, livedMs: performance.now() - startedMs }, async () => {
        await options.onDecoderDeath();
        await startDecoder();
        for (const index of receivers.keys()) connect(index);
      });
    });
    await ready.promise;
  }

  async function startReceiver(index: number): Promise<void> {
    const opened = Promise.withResolvers<readonly BoundEndpoint[]>();
    const setup: ReceiverSetup = {
      ...options.receiverSetup,
      index,
      endpoints: endpoints.map(({ address, port, group, dualStack, optional }) => ({
        address,
        port,
        group,
        dualStack,
        optional,
      })),
      reusePort: options.receivers > 1,
    };
    const thread = options.spawn<ToReceiver, FromReceiver>(RECEIVER_MODULE, `receiver ${index}`, setup);
    counters.receivers[index].heartbeatMs = Date.now();
    const startedMs = performance.now();
    receivers[index] = thread;
    thread.onMessage((message) => {
      if (message.type === "log") log(message);
      else if (message.type === "bound") opened.resolve(message.bound);
      else if (message.type === "refused") options.onRefused(index, message.senders);
      else opened.reject(bindFailure(message, endpoints));
    });
    thread.onExit((error) => {
      if (receivers[index] === thread) receivers[index] = undefined;
      opened.reject(error ?? new Error("the thread ended by itself"));
      if (stopping) return;
      afterDeath(`receiver ${index}`, { error, livedMs: performance.now() - startedMs }, () =>
        startReceiver(index),
      );
    });
    connect(index);
    try {
      bound[index] = await opened.promise;
    } catch (error) {
      await thread.terminate();
      throw error;
    }
  }

  /** Starts a thread anew, with a longer pause each time that fails. */
  function afterDeath(
    name: string,
    { error, livedMs }: { readonly error: Error | undefined; readonly livedMs: number },
    start: () => Promise<void>,
  ): void {
    if (!everStarted || pausesOf.has(name)) return;
    const work = (async () => {
      let pauseMs = livedMs > LIVED_LONG_MS ? 0 : FIRST_PAUSE_MS;
      let reason: unknown = error;
      pausesOf.add(name);
      while (!stopping) {
        restarts++;
        logger.error(
          { thread: name, reason: reason instanceof Error ? reason.message : "it ended", pauseMs },
          "a thread of the collector died and is started anew",
        );
        await pause(pauseMs, stopped.signal);
        if (stopping) break;
        try {
          await start();
          break;
        } catch (failure) {
          reason = failure;
          pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 2));
        }
      }
      pausesOf.delete(name);
    })();
    restarting.add(work);
    void work.finally(() => restarting.delete(work));
  }

  let everStarted = false;
  /** Threads that are being started anew: their further deaths are seen by whoever does that. */
  const pausesOf = new Set<string>();

  function watchOver(): void {
    let lookedMs = Date.now();
    watch = setInterval(() => {
      const nowMs = Date.now();
      const wereLate = nowMs - lookedMs > OURSELVES_LATE_MS;
      lookedMs = nowMs;
      const watched = [
        { name: "decoder", thread: decoder, heartbeatMs: counters.decoder.heartbeatMs },
        ...receivers.map((thread, index) => ({
          name: `receiver ${index}`,
          thread,
          heartbeatMs: counters.receivers[index].heartbeatMs,
        })),
      ];
      for (const { name, thread, heartbeatMs } of watched) {
        if (thread === undefined || wereLate || nowMs - heartbeatMs < HUNG_AFTER_MS) continue;
        logger.error({ thread: name, silentMs: nowMs - heartbeatMs }, "a thread of the collector hangs");
        void thread.terminate();
      }
    }, WATCH_MS);
    watch.unref();
  }

  async function terminateAll(): Promise<void> {
    clearInterval(watch);
    const alive = [decoder, ...receivers].filter((thread) => thread !== undefined);
    await Promise.all(alive.map((thread) => thread.terminate()));
    decoder = undefined;
    receivers.length = 0;
  }

  return {
    get restarts() {
      return restarts;
    },

    async start() {
      stopping = false;
      stopped = new AbortController();
      finished = Promise.withResolvers<void>();
      try {
        await startDecoder();
        await startReceiver(0);
        // The others share the ports of the first, and a thread that is started anew takes them again.
        const ports = new Map(bound[0].map((one) => [one.endpoint, one.port]));
        endpoints = endpoints.map((one, index) => ({ ...one, port: ports.get(index) ?? one.port }));
        for (let index = 1; index < options.receivers; index++) await startReceiver(index);
      } catch (error) {
        stopping = true;
        await terminateAll();
        throw error;
      }
      everStarted = true;
      watchOver();
      return bound;
    },

    async stop() {
      if (stopping) return;
      stopping = true;
      stopped.abort();
      const deadline = new AbortController();
      for (const receiver of receivers) receiver?.post({ type: "close" });
      if (decoder !== undefined) {
        decoder.post({ type: "finish" });
        await Promise.race([finished.promise, pause(FINISH_WITHIN_MS, deadline.signal)]);
        deadline.abort();
      }
      await terminateAll();
      await Promise.all(restarting);
      await terminateAll();
    },

    configure: (exporters) => decoder?.post({ type: "exporters", exporters }),

    async report() {
      if (decoder === undefined) return;
      const id = ++reportNumber;
      const answered = new Promise<void>((resolve) => reportsAwaited.set(id, resolve));
      decoder.post({ type: "report", id });
      const deadline = new AbortController();
      await Promise.race([answered, pause(REPORT_WITHIN_MS, deadline.signal)]);
      deadline.abort();
      reportsAwaited.delete(id);
    },
  };
}

/** Resolves after that time, or when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
