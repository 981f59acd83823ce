import type { FlowBatch } from "@flowlens/flow";

/** The nine core types (spec of the product: what an asset is). */
export type MadeType =
  | "server"
  | "workstation"
  | "database"
  | "load_balancer"
  | "network_device"
  | "storage"
  | "container"
  | "cloud_service"
  | "virtual_machine";

/** A host as it was made: what it truly is. */
export interface MadeHost {
  /** As `formatAddress` writes it. */
  readonly address: string;
  readonly type: MadeType;
  /** What it is for, in words: "directory server", "PostgreSQL of the ERP". */
  readonly role: string;
  readonly name: string;
  readonly isInternal: boolean;
}

export type MadeProtocol = "netflow5" | "netflow9" | "ipfix" | "sflow5";

/** A device that exports what passes it. */
export interface MadeExporter {
  readonly name: string;
  readonly protocol: MadeProtocol;
  /** Its address in the made-up network. */
  readonly address: string;
  /** v5 engine type × 256 + id, v9 source id, IPFIX domain, sFlow sub agent. */
  readonly observationDomain: number;
  /** 1 is unsampled. */
  readonly samplingRate: number;
  /** How far its clock is ahead of true time. */
  readonly clockAheadMs: number;
}

/** What one exporter reported, as the maker counted it. Of sFlow a record is one sampled packet, its bytes the packet's. */
export interface ExporterTotals {
  records: number;
  /** Bytes and packets as exported, not scaled by the sampling rate. */
  bytes: number;
  packets: number;
}

/** What truly happened, whoever reported it. */
export interface ConversationTotals {
  answered: number;
  refused: number;
  unanswered: number;
}

/** Records that the exporters flushed in [fromMs, toMs), in order of their flushing to the second. */
export interface TrafficStep {
  readonly fromMs: number;
  readonly toMs: number;
  /**
   * One batch an exporter, in the order of `exporters`; valid until the next step is asked for. Times are the
   * exporter's own clock; of sFlow rows `timeStart` = `timeEnd` is when the packet was sampled.
   */
  readonly batches: readonly FlowBatch[];
}

export interface Traffic extends Iterable<TrafficStep> {
  /** By exporter, of the steps taken so far. */
  readonly totals: readonly ExporterTotals[];
  /** Of the conversations that began in the steps taken so far. */
  readonly conversations: ConversationTotals;
  /** Answered conversations by host, in the order of `hosts`: accepted (it was the server) and opened. */
  readonly accepted: Float64Array;
  readonly opened: Float64Array;
}

export interface TrafficOptions {
  /** How long a step is; 10 s by default. It changes nothing in the traffic but how it is handed over. */
  readonly stepMs?: number;
  /**
   * Let each conversation be reported by one exporter only: for exporters that cannot be told apart by address.
   * False by default.
   */
  readonly oneExporterEach?: boolean;
  /** Leaves out the exporters of other protocols; all by default. Their batches stay empty. */
  readonly protocols?: readonly MadeProtocol[];
}

/** A made-up network. Same options, same hosts, same traffic. */
export interface MadeNetwork {
  readonly hosts: readonly MadeHost[];
  readonly internalRanges: readonly string[];
  readonly timeZone: string;
  readonly exporters: readonly MadeExporter[];
  /**
   * The traffic of conversations that begin in [fromMs, toMs), by steps; what is under way at `toMs` is cut there and
   * flushed in the last step. Memory is bounded by what is under way at a time.
   */
  flows(fromMs: number, toMs: number, options?: TrafficOptions): Traffic;
}
