import type { MessagePort } from "node:worker_threads";
import { createExportDecoder, type DatagramSource, type ExportDecoder } from "@flowlens/codec";
import { ADDRESS_BYTES, formatAddress, type FlowBatch } from "@flowlens/flow";
import type { SpoolWriter } from "#spool";
import type { TemplateFile } from "./template-file.ts";
import type { Logger } from "#telemetry";
import { readDatagrams } from "../datagram-buffer.ts";
import type {
  DecoderReport,
  DecoderSetup,
  ExporterSettings,
  FromDecoder,
  FromDecoderPort,
  ToDecoderPort,
} from "../messages.ts";
import { shareCounters } from "../shared-counters.ts";
import { createExporterStates, type ExporterState } from "./exporter-states.ts";
import { createNetworkBatches } from "./network-batches.ts";
import { reportExporters } from "./report-exporters.ts";

export interface LiveDecoder {
  useReceiver(index: number, port: MessagePort): void;
  configure(exporters: readonly ExporterSettings[]): void;
  report(id: number): void;
  /** Resolves when every receiver has said its last, and the spool has all of it. */
  finish(): Promise<void>;
}

export interface LiveDecoderDependencies {
  readonly post: (message: FromDecoder) => void;
  readonly writer: SpoolWriter;
  readonly templates: TemplateFile;
  readonly logger: Logger;
}

/** Records wait no longer than this for others to go to the spool with. */
const FLUSH_AFTER_MS = 100;
const HEARTBEAT_MS = 500;
const RATE_MS = 5_000;
const REPORT_MS = 1_000;
const TEMPLATES_MS = 5_000;
/** Reports may take this share of the thread's time, at most. */
const REPORT_SHARE = 0.02;

interface FedReceiver {
  readonly port: MessagePort;
  generation: number;
  /** By the sender's number. */
  senders: (ExporterState | undefined)[];
}

/** Datagrams to records to the spool. */
export function createLiveDecoder(
  setup: DecoderSetup,
  { post, writer, templates, logger }: LiveDecoderDependencies,
): LiveDecoder {
  const shared = shareCounters(setup.shape, setup.counters);
  const counters = shared.decoder;
  const states = createExporterStates(setup);
  states.configure(setup.exporters);
  const decoder = createExportDecoder({ maxExporters: setup.maxExporters, templates: templates.load() });
  // Exporters whose clocks are made up have a decoder of their own: the age of a template is told by one clock, and
  // theirs run elsewhere. Their templates are not kept either.
  let simulated: ExportDecoder | undefined;
  const batches = createNetworkBatches(store);
  const receivers: (FedReceiver | undefined)[] = [];
  /** By receiver: packets decoded whose records are not yet with the spool. */
  const unsettled = shared.receivers.map(() => 0);
  const source: DatagramSource = { exporter: new Uint8Array(ADDRESS_BYTES), port: 0, receivedAtMs: 0 };
  /** Whose datagram is being decoded, and since which row of its batch. */
  let current: ExporterState | undefined;
  let fromRow = 0;
  let newestReceiptMs = 0;
  let flushTimer: NodeJS.Timeout | undefined;
  let unflushedSinceMs = 0;
  let reportNotBeforeMs = 0;
  let unreported = true;
  let ended = Promise.withResolvers<void>();

  function overrideSampling(batch: FlowBatch): void {
    if (current !== undefined && current.samplingRate !== null) {
      batch.samplingRate.fill(current.samplingRate, fromRow, batch.length);
    }
    fromRow = 0;
  }

  function store(batch: FlowBatch, networkId: number): void {
    // A datagram may fill a batch and go on in the next.
    overrideSampling(batch);
    if (writer.append(batch, { networkId, receivedAtMs: newestReceiptMs }) === "stored") {
      counters.storedRecords += batch.length;
      return;
    }
    counters.droppedRecords += batch.length;
    for (let row = 0; row < batch.length; row++) {
      const at = row * ADDRESS_BYTES;
      const state = states.byAddress(formatAddress(batch.exporter.subarray(at, at + ADDRESS_BYTES)));
      if (state !== undefined) state.recordsDropped++;
    }
  }

  function flush(): void {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    unflushedSinceMs = 0;
    current = undefined;
    batches.flush();
    for (const [index, ours] of shared.receivers.entries()) {
      ours.settled += unsettled[index];
      unsettled[index] = 0;
    }
  }

  function decode(
    index: number,
    receiver: FedReceiver,
    message: Extract<ToDecoderPort, { type: "datagrams" }>,
  ): void {
    const cursor = readDatagrams(message.memory, message.usedBytes);
    if (message.generation !== receiver.generation) {
      receiver.generation = message.generation;
      receiver.senders = [];
    }
    while (cursor.next()) {
      const state = (receiver.senders[cursor.sender] ??= states.at(cursor.bytes, cursor.addressAt));
      newestReceiptMs = cursor.receivedAtMs;
      if (state.firstSeenMs === 0) {
        state.firstSeenMs = newestReceiptMs;
        state.rate.note(newestReceiptMs, 0);
      }
      state.lastSeenMs = newestReceiptMs;
      // All beyond the limit share one state, and each is still itself to the codec.
      source.exporter = cursor.bytes.subarray(cursor.addressAt, cursor.addressAt + ADDRESS_BYTES);
      source.port = cursor.port;
      source.receivedAtMs =
        state.clock === null ? newestReceiptMs : simulatedTime(state.clock, newestReceiptMs);
      if (state.clock !== null) simulated ??= createExportDecoder({ maxExporters: setup.maxExporters });
      const ofItsClock = state.clock === null ? decoder : (simulated ?? decoder);
      const { sink } = batches.of(state.networkId);
      current = state;
      fromRow = sink.batch.length;
      try {
        const records = ofItsClock.datagram(cursor.bytes, cursor.start, cursor.end, source, sink);
        state.records += records;
        counters.records += records;
      } catch (error) {
        // The codec promises not to throw. Where it breaks that promise, one datagram is lost, not the thread.
        if (counters.faults++ === 0) {
          logger.error(
            { exporter: state.address, error },
            "a datagram could not be decoded; this is a fault of FlowLens",
          );
        }
      }
      overrideSampling(sink.batch);
    }
    unsettled[index] += message.packets;
    const ours = shared.receivers[index];
    ours.decoded += message.packets;
    ours.decodedBytes += message.usedBytes;
    unreported = true;
    const free: FromDecoderPort = { type: "free", memory: message.memory };
    receiver.port.postMessage(free, [message.memory]);
    const nowMs = Date.now();
    if (unflushedSinceMs === 0) unflushedSinceMs = nowMs;
    if (nowMs - unflushedSinceMs >= FLUSH_AFTER_MS) flush();
    else flushTimer ??= setTimeout(flush, FLUSH_AFTER_MS);
  }

  function report(id: number): void {
    const startedMs = performance.now();
    const message: DecoderReport = {
      type: "report",
      id,
      exporters: reportExporters(
        states,
        { real: decoder.exporters(), simulated: simulated?.exporters() ?? [] },
        Date.now(),
      ),
      counters: sums(decoder.counters, simulated?.counters ?? {}),
      spool: writer.status(),
    };
    post(message);
    unreported = false;
    reportNotBeforeMs = startedMs + (performance.now() - startedMs) / REPORT_SHARE;
  }

  function leave(index: number, port: MessagePort): void {
    if (receivers[index]?.port !== port) return;
    flush();
    receivers[index] = undefined;
    if (receivers.every((one) => one === undefined)) ended.resolve();
  }

  const timers = [
    setInterval(() => {
      counters.heartbeatMs = Date.now();
    }, HEARTBEAT_MS),
    setInterval(() => {
      const nowMs = Date.now();
      for (const state of states.list()) state.rate.note(nowMs, state.records);
      unreported = true;
    }, RATE_MS),
    setInterval(() => {
      if (unreported && performance.now() >= reportNotBeforeMs) report(0);
    }, REPORT_MS),
    setInterval(() => void keepTemplates(), TEMPLATES_MS),
  ];
  counters.heartbeatMs = Date.now();

  function keepTemplates(): Promise<void> {
    decoder.expireTemplates(Date.now());
    return templates.save(decoder.saveTemplates());
  }

  return {
    useReceiver(index, port) {
      const receiver: FedReceiver = { port, generation: -1, senders: [] };
      receivers[index] = receiver;
      ended = Promise.withResolvers<void>();
      port.on("message", (message: ToDecoderPort) => {
        if (message.type === "datagrams") decode(index, receiver, message);
        else leave(index, port);
      });
      port.on("close", () => leave(index, port));
    },
    configure(exporters) {
      // Rows decoded so far belong to the networks as they were.
      flush();
      states.configure(exporters);
      // One that was beyond the limit may be registered now.
      for (const receiver of receivers) if (receiver !== undefined) receiver.senders = [];
    },
    report,
    async finish() {
      if (receivers.some((one) => one !== undefined)) await ended.promise;
      flush();
      for (const timer of timers) clearInterval(timer);
      await Promise.all([writer.close(), keepTemplates()]);
      report(0);
    },
  };
}

function simulatedTime(
  { realMs, simulatedMs, speed }: NonNullable<ExporterState["clock"]>,
  nowMs: number,
): number {
  return simulatedMs + (nowMs - realMs) * speed;
}

function sums(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const all: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) all[name] = (all[name] ?? 0) + count;
  return all;
}
