import type { FlowSink } from "@flowlens/flow";
import type { RecordJson } from "../../record-json/index.ts";
import type { DatagramSource } from "../export-decoder-types.ts";
import type { ExportProtocol } from "../export-datagram.ts";
import type { Exporter } from "../exporter-table.ts";

/** What the handler of one protocol sees of the decoder while it decodes one datagram. One object is reused for all. */
export interface DatagramContext {
  readonly source: DatagramSource;
  /** What is known of the sender; undefined for exporters beyond the bound, which are decoded and not watched. */
  readonly exporter: Exporter | undefined;
  /** Takes rows; undefined where `visit` takes objects. Exactly one of the two is given. */
  readonly sink: FlowSink | undefined;
  readonly visit: ((record: RecordJson) => void) | undefined;
  /** True where `visit` takes options data records too. */
  readonly withOptions: boolean;
  /** Something was found wrong with this datagram already. */
  readonly isMalformed: boolean;
  /** Adds to the decoder's counter of this name. */
  count(name: string, by?: number): void;
  /** Something is wrong with this datagram: counted under its reason, and the datagram once as malformed. */
  malformed(reason: string): void;
  /** Records decoded, and how many of them had impossible times. */
  decoded(records: number, timesClamped: number): void;
  /** The datagram's own time of export, ms since 1970: gives the clock skew. */
  exportedAt(exportMs: number): void;
  /** Takes in a sequence number. */
  sequence(observation: SequenceObservation): void;
}

/** One sequence number of one stream. The caller may reuse one object. */
export interface SequenceObservation {
  /** Which stream of this exporter and protocol: engine, source id, observation domain, data source, …; below 2^48. */
  stream: number;
  /** What the number counts; both are shown, and "records" decides what was lost where a protocol has both. */
  unit: "records" | "packets";
  sequence: number;
  /** How far this datagram moves the number; negative where it cannot be told: the next datagram then tells no gap. */
  units: number;
  /** How far it would move if it counted the unit that other exporters count; left out where all agree. */
  otherUnits?: number;
  /** Uptime of the exporter, ms: a fall tells a restart; -1 where the protocol does not carry it. */
  uptimeMs: number;
}

/**
 * Decodes datagrams of one protocol. Made once a decoder, and keeps what the protocol needs between datagrams
 * (templates). Never throws; takes a bounded number of steps; whatever it drops it counts.
 */
export interface ProtocolHandler {
  readonly protocol: ExportProtocol;
  /** Decodes bytes[start, end), at least 4 bytes that begin with the protocol's version; returns the flow records in it. */
  datagram(bytes: Uint8Array, start: number, end: number, context: DatagramContext): number;
}
