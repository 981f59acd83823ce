import type { FlowSink } from "@flowlens/flow";
import type { RecordJson } from "../record-json/index.ts";
import { createTemplateTable } from "../templates/index.ts";
import { createExportCounters } from "./export-counters.ts";
import type { DatagramSource, ExportDecoder, ExportDecoderOptions } from "./export-decoder-types.ts";
import { createExporterTable, streamOf, type Exporter } from "./exporter-table.ts";
import { createProtocolHandlers, protocolOf, UNSUPPORTED_VERSIONS } from "./protocols/index.ts";
import type { DatagramContext, ProtocolHandler, SequenceObservation } from "./protocols/protocol-handler.ts";
import { expireTemplates, restoreTemplates, saveTemplates } from "./template-keeping.ts";
import { observeEitherSequence, observeSequence } from "./sequence.ts";

const DEFAULT_MAX_EXPORTERS = 10_000;
const DEFAULT_TEMPLATE_LIFETIME_MS = 86_400_000;

/** An uptime that falls by more than this is a restart; less is datagrams out of order. */
const RESTART_UPTIME_DROP_MS = 60_000;
/** An uptime that falls by nearly 2^32 has wrapped: no restart. */
const UPTIME_WRAP_DROP_MS = 2 ** 32 - 86_400_000;

/**
 * A decoder for export datagrams, told apart by their first bytes (two of NetFlow and IPFIX, four of sFlow).
 * Malformed input of any kind is counted with its reason; nothing is thrown.
 */
export function createExportDecoder(options: ExportDecoderOptions = {}): ExportDecoder {
  const exporters = createExporterTable(options.maxExporters ?? DEFAULT_MAX_EXPORTERS);
  const counters = createExportCounters();
  const templates = createTemplateTable();
  const handlers = createProtocolHandlers(templates);
  const context = createContext(counters, options.optionsRecords === true);
  if (options.templates !== undefined) {
    context.count("templates_not_restored", restoreTemplates(options.templates, exporters, templates));
  }

  /** Decodes one datagram into what `context` says. */
  const decode = (bytes: Uint8Array, start: number, end: number): number => {
    counters.packets++;
    const { exporter, source } = context;
    if (exporter === undefined) counters.packets_of_unwatched_exporters++;
    else {
      if (exporter.packets++ === 0) exporter.firstSeenMs = source.receivedAtMs;
      if (source.receivedAtMs > exporter.lastSeenMs) exporter.lastSeenMs = source.receivedAtMs;
    }
    const stop = Math.min(end, bytes.length);
    if (start < 0 || !(stop - start >= 2)) {
      context.malformed("too_short");
      return 0;
    }
    const protocol = protocolOf(bytes, start, stop);
    if (protocol === undefined) {
      counters[unsupportedName(bytes, start)]++;
      if (exporter !== undefined) exporter.unsupported++;
      return 0;
    }
    exporter?.protocols.add(protocol);
    context.protocol = protocol;
    return handlers[protocol].datagram(bytes, start, stop, context);
  };

  const begin = (
    source: DatagramSource,
    sink: FlowSink | undefined,
    visit: ((record: RecordJson) => void) | undefined,
  ) => {
    context.source = source;
    context.exporter = exporters.find(source.exporter, source.receivedAtMs);
    context.sink = sink;
    context.visit = visit;
    context.isMalformed = false;
  };

  return {
    counters,
    exporters: () => exporters.list(),
    saveTemplates: () => saveTemplates(exporters),

    expireTemplates(nowMs) {
      const lifetimeMs = options.templateLifetimeMs ?? DEFAULT_TEMPLATE_LIFETIME_MS;
      const expired = expireTemplates(exporters, templates, { nowMs, lifetimeMs });
      context.count("templates_expired", expired.templates);
      context.count("records_waiting_dropped", expired.waiting);
    },

    interfaces(address) {
      return [...(exporters.known(address)?.domains.interfaces.values() ?? [])];
    },

    datagram(bytes, start, end, source, sink) {
      begin(source, sink, undefined);
      return decode(bytes, start, end);
    },

    datagramToJson(bytes, start, end, source, visit) {
      begin(source, undefined, visit);
      return decode(bytes, start, end);
    },
  };
}

function unsupportedName(bytes: Uint8Array, start: number): string {
  const version = (bytes[start] << 8) | bytes[start + 1];
  return UNSUPPORTED_VERSIONS.includes(version) ? `unsupported_version_${version}` : "unknown_version";
}

interface MutableContext extends DatagramContext {
  source: DatagramSource;
  exporter: Exporter | undefined;
  sink: FlowSink | undefined;
  visit: ((record: RecordJson) => void) | undefined;
  protocol: ProtocolHandler["protocol"];
  isMalformed: boolean;
}

function createContext(counters: Record<string, number>, withOptions: boolean): MutableContext {
  const context: MutableContext = {
    source: { exporter: new Uint8Array(16), port: 0, receivedAtMs: 0 },
    exporter: undefined,
    sink: undefined,
    visit: undefined,
    withOptions,
    protocol: "netflow5",
    isMalformed: false,

    count(name, by = 1) {
      counters[name] = (counters[name] ?? 0) + by;
    },

    malformed(reason) {
      const { exporter } = context;
      context.count(`malformed_${reason}`);
      if (exporter !== undefined) {
        exporter.malformedByReason[reason] = (exporter.malformedByReason[reason] ?? 0) + 1;
      }
      if (context.isMalformed) return;
      context.isMalformed = true;
      counters.malformed++;
      if (exporter !== undefined) exporter.malformed++;
    },

    decoded(records, timesClamped) {
      counters.records += records;
      counters.times_clamped += timesClamped;
      if (context.exporter === undefined) return;
      context.exporter.records += records;
      context.exporter.timesClamped += timesClamped;
    },

    exportedAt(exportMs) {
      const { exporter, source } = context;
      if (exporter !== undefined && source.receivedAtMs > 0)
        exporter.clockSkewMs = source.receivedAtMs - exportMs;
    },

    sequence(observation) {
      const { exporter, protocol } = context;
      if (exporter !== undefined && !follow(exporter, protocol, observation)) {
        counters.packets_of_unwatched_engines++;
      }
    },
  };
  return context;
}

/** Takes a sequence number into the exporter's streams; false when it has too many of them. */
function follow(
  exporter: Exporter,
  protocol: ProtocolHandler["protocol"],
  observation: SequenceObservation,
): boolean {
  const stream = streamOf(exporter, protocol, observation);
  if (stream === undefined) return false;
  let restarted = false;
  if (observation.uptimeMs >= 0) {
    const drop = stream.uptimeMs - observation.uptimeMs;
    restarted = drop > RESTART_UPTIME_DROP_MS && drop < UPTIME_WRAP_DROP_MS;
    stream.uptimeMs = observation.uptimeMs;
  }
  const { sequence, units: own, otherUnits: other } = observation;
  if (other === undefined) observeSequence(stream.sequence, sequence, own, restarted);
  else observeEitherSequence(stream.sequence, sequence, { own, other }, restarted);
  return true;
}
