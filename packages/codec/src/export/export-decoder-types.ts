import type { FlowSink } from "@flowlens/flow";
import type { RecordJson } from "../record-json/index.ts";

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
  readonly records: number;
  /** Records that the sequence numbers say were sent and never came; falls when they come late. */
  readonly recordsLost: number;
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
  /** Sums over all exporters: `packets`, `records`, `malformed`, `malformed_<reason>`, `unsupported_version_9`, … */
  readonly counters: Readonly<Record<string, number>>;
  exporters(): ExporterStatus[];
}

export interface ExportDecoderOptions {
  /** Exporters beyond this many are decoded but not watched one by one; counted in `packets_of_unwatched_exporters`. Default 10,000. */
  readonly maxExporters?: number;
}
