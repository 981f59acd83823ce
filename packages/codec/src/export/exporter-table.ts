import { ADDRESS_BYTES, formatAddress, isIpv4 } from "@flowlens/flow";
import { createExporterDomains, type TemplateOwner } from "../templates/index.ts";
import type { ExportProtocol } from "./export-datagram.ts";
import type { ExporterStatus } from "./export-decoder-types.ts";
import type { SequenceObservation } from "./protocols/protocol-handler.ts";
import { createSequenceTracker, type SequenceTracker } from "./sequence.ts";

/** One sequence of an exporter: a v5 engine, a source id, an observation domain, a data source of sFlow. */
export interface ExporterStream {
  readonly protocol: ExportProtocol;
  readonly unit: SequenceObservation["unit"];
  readonly sequence: SequenceTracker;
  /** Uptime of the newest datagram, ms. */
  uptimeMs: number;
}

export interface Exporter extends TemplateOwner {
  readonly address: Uint8Array;
  packets: number;
  records: number;
  malformed: number;
  readonly malformedByReason: Record<string, number>;
  unsupported: number;
  timesClamped: number;
  samplingRate: number;
  clockSkewMs: number | undefined;
  firstSeenMs: number;
  lastSeenMs: number;
  readonly protocols: Set<ExportProtocol>;
  /** Data sets that came before their template and were not decoded since. */
  recordsWaiting: number;
  /** Sampled packets that the exporter says it dropped (sFlow). */
  samplesDropped: number;
  readonly streams: Map<number, ExporterStream>;
}

/** Engines or domains of one exporter whose sequence is followed; a forged stream of them must not grow memory. */
const MAX_STREAMS = 1024;

export interface ExporterTable {
  /** The exporter at a 16-byte address, made on first sight; undefined once `maxExporters` are known and it is not among them. */
  find(address: Uint8Array, seenAtMs: number): Exporter | undefined;
  /** The exporter at the address, if it is known. */
  known(address: Uint8Array): Exporter | undefined;
  all(): Iterable<Exporter>;
  list(): ExporterStatus[];
}

export function createExporterTable(maxExporters: number): ExporterTable {
  // Keyed by the number of an IPv4 address or the text of an IPv6 one: no string is made for most datagrams.
  const exporters = new Map<number | string, Exporter>();
  let newest: Exporter | undefined;

  return {
    find(address, seenAtMs) {
      if (newest !== undefined && sameAddress(newest.address, address)) return newest;
      const key = keyOf(address);
      let exporter = exporters.get(key);
      if (exporter === undefined) {
        if (exporters.size >= maxExporters) return undefined;
        exporter = createExporter(address, seenAtMs);
        exporters.set(key, exporter);
      }
      newest = exporter;
      return exporter;
    },
    known: (address) => exporters.get(keyOf(address)),
    all: () => exporters.values(),
    // Those that are known from before a restart only have sent nothing yet.
    list: () => [...exporters.values()].filter(({ packets }) => packets > 0).map(statusOf),
  };
}

/** Where the streams of each protocol begin among the keys. */
const STREAM_BASE: Readonly<Record<ExportProtocol, number>> = {
  netflow5: 0,
  netflow9: 2 ** 48,
  ipfix: 2 * 2 ** 48,
  sflow5: 3 * 2 ** 48,
};

/** The stream of an exporter by protocol and engine or domain; undefined when there are too many. */
export function streamOf(
  exporter: Exporter,
  protocol: ExportProtocol,
  { stream: id, unit }: SequenceObservation,
): ExporterStream | undefined {
  const key = STREAM_BASE[protocol] + id;
  let stream = exporter.streams.get(key);
  if (stream === undefined && exporter.streams.size < MAX_STREAMS) {
    stream = { protocol, unit, sequence: createSequenceTracker(), uptimeMs: 0 };
    exporter.streams.set(key, stream);
  }
  return stream;
}

function createExporter(address: Uint8Array, seenAtMs: number): Exporter {
  return {
    address: address.slice(0, ADDRESS_BYTES),
    packets: 0,
    records: 0,
    malformed: 0,
    malformedByReason: {},
    unsupported: 0,
    timesClamped: 0,
    samplingRate: 1,
    clockSkewMs: undefined,
    firstSeenMs: seenAtMs,
    lastSeenMs: seenAtMs,
    protocols: new Set(),
    recordsWaiting: 0,
    templates: 0,
    domains: createExporterDomains(),
    samplesDropped: 0,
    streams: new Map(),
  };
}

function statusOf(exporter: Exporter): ExporterStatus {
  const streams = [...exporter.streams.values()];
  const sum = (pick: (tracker: SequenceTracker) => number, of = streams) =>
    of.reduce((total, each) => total + pick(each.sequence), 0);
  const countsRecords = new Set(
    streams.filter(({ unit }) => unit === "records").map(({ protocol }) => protocol),
  );
  // A protocol that numbers both (sFlow) would count a loss twice.
  const deciding = streams.filter(({ unit, protocol }) => unit === "records" || !countsRecords.has(protocol));
  return {
    exporter: formatAddress(exporter.address),
    packets: exporter.packets,
    records: exporter.records,
    protocols: [...exporter.protocols].toSorted(),
    recordsLost: sum((each) => each.lost, deciding),
    packetsLost: sum(
      (each) => each.lost,
      streams.filter(({ unit }) => unit === "packets"),
    ),
    recordsWaiting: exporter.recordsWaiting,
    templates: exporter.templates,
    samplesDropped: exporter.samplesDropped,
    sequenceGaps: sum((each) => each.gaps),
    sequenceReorders: sum((each) => each.reorders),
    sequenceResets: sum((each) => each.resets),
    malformed: exporter.malformed,
    malformedByReason: { ...exporter.malformedByReason },
    unsupported: exporter.unsupported,
    timesClamped: exporter.timesClamped,
    samplingRate: exporter.samplingRate,
    clockSkewMs: exporter.clockSkewMs,
    firstSeenMs: exporter.firstSeenMs,
    lastSeenMs: exporter.lastSeenMs,
  };
}

function keyOf(address: Uint8Array): number | string {
  return isIpv4(address) ? ipv4Number(address) : formatAddress(address);
}

function ipv4Number(address: Uint8Array): number {
  return ((address[12] << 24) | (address[13] << 16) | (address[14] << 8) | address[15]) >>> 0;
}

function sameAddress(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = ADDRESS_BYTES - 1; i >= 0; i--) if (a[i] !== b[i]) return false;
  return true;
}
