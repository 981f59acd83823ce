import type { FlowSink } from "@flowlens/flow";
import type { RecordJson } from "../record-json/index.ts";
import type { InterfaceName, TemplateSnapshot } from "../templates/index.ts";

/** Where a datagram came from. The caller may reuse one object for all datagrams. */
export interface DatagramSource {
  /** 16 bytes, IPv4 mapped; all zero where not known (a raw datagram file). */
  exporter: Uint8Array;
  /** UDP source port, 0 where not known. */
  port: number;
  /** Time of receipt (or of capture) in ms since 1970, 0 where not known: then no clock skew is kept. */
  receivedAtMs: number;
}

/** What a decoder knows of one exporter since it was created. Numbers only go up unless said otherwise. */
export interface ExporterStatus {
  readonly exporter: string;
  readonly packets: number;
  /** Flow records decoded; options data records are not among them. */
  readonly records: number;
  /** What it speaks, as in `RecordJson.protocol`, in alphabetical order. */
  readonly protocols: readonly string[];
  /**
   * What the sequence numbers say was sent and never came, in the unit that the protocol counts: flows (v5), packets
   * (v9), data records (IPFIX), samples (sFlow). Falls when they come late.
   */
  readonly recordsLost: number;
  /** Packets that the sequence numbers say never came, where the protocol counts packets (v9, sFlow). */
  readonly packetsLost: number;
  /** Data sets that came before their template; falls when the template comes soon enough for them to be decoded. */
  readonly recordsWaiting: number;
  /** Templates known now; goes up and down. */
  readonly templates: number;
  /** Sampled packets that the exporter says it dropped itself (sFlow). */
  readonly samplesDropped: number;
  readonly sequenceGaps: number;
  readonly sequenceReorders: number;
  readonly sequenceResets: number;
  /** Datagrams with something wrong; their whole records are kept and counted in `records`. */
  readonly malformed: number;
  readonly malformedByReason: Readonly<Record<string, number>>;
  /** Datagrams of a version that is not decoded. */
  readonly unsupported: number;
  /** Records whose times were impossible and were brought back to the datagram's. */
  readonly timesClamped: number;
  /** The newest sampling rate said. */
  readonly samplingRate: number;
  /** Receipt minus export time of the newest datagram; undefined where the time of receipt is not known. */
  readonly clockSkewMs: number | undefined;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

/** One decoder for the export datagrams of one socket or file, whatever their protocol. Never throws. */
export interface ExportDecoder {
  /** Decodes bytes[start, end) into rows of the sink; returns how many records it held. */
  datagram(bytes: Uint8Array, start: number, end: number, source: DatagramSource, sink: FlowSink): number;
  /** The same for people: calls `visit` with one object a record (cold path). Counts as `datagram` does. */
  datagramToJson(
    bytes: Uint8Array,
    start: number,
    end: number,
    source: DatagramSource,
    visit: (record: RecordJson) => void,
  ): number;
  /** Sums over all exporters: `packets`, `records`, `malformed`, `malformed_<reason>`, `unsupported_version_7`, … */
  readonly counters: Readonly<Record<string, number>>;
  exporters(): ExporterStatus[];
  /** Names that the exporter at this 16-byte address told of its interfaces in options (elements 82, 83), by SNMP index. */
  interfaces(exporter: Uint8Array): InterfaceName[];
  /** Templates and sampling rates known now, to be given to the decoder of the next start. */
  saveTemplates(): TemplateSnapshot;
  /**
   * Forgets templates that were neither sent again nor used for `templateLifetimeMs`, measured from call to call by the
   * caller's clock, and data that waited for a template for more than a minute. To be called about once a minute.
   */
  expireTemplates(nowMs: number): void;
}

export interface ExportDecoderOptions {
  /** Exporters beyond this many are decoded but not watched one by one; counted in `packets_of_unwatched_exporters`. Default 10,000. */
  readonly maxExporters?: number;
  /** `datagramToJson` visits options data records too. Default false. */
  readonly optionsRecords?: boolean;
  /** What `saveTemplates` gave before the restart. What is damaged in it is left out, and counted in `templates_not_restored`. */
  readonly templates?: TemplateSnapshot | undefined;
  /** Default 24 hours. */
  readonly templateLifetimeMs?: number;
}
