import type { ExporterTotals, MadeHost, MadeProtocol, OfficeOptions } from "@flowlens/synthetic";

/** How simulated time runs: at `realMs` (ms since 1970) it is `simulatedMs` there, and `speed` ms pass in one. */
export interface SimulatedClock {
  readonly realMs: number;
  readonly simulatedMs: number;
  readonly speed: number;
}

/** Where export packets go. A port of 0 leaves out what would go there. */
export interface SimulationTarget {
  /** An IPv4 or IPv6 address. */
  readonly address: string;
  readonly netflowPort: number;
  readonly ipfixPort: number;
  readonly sflowPort: number;
}

export interface SimulationOptions {
  readonly office: OfficeOptions;
  /** All of one version of IP. */
  readonly targets: readonly SimulationTarget[];
  /** Simulated ms in a real one, 1 to 10,000: 1 is real time, 1440 a day in a minute. */
  readonly speed: number;
  /** Simulated instants; the office's first day, midnight to midnight, by default. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** At `toMs` go on at speed 1 until stopped; false by default. */
  readonly goOn?: boolean;
  readonly protocols?: readonly MadeProtocol[];
}

export interface SimulatedExporter {
  readonly name: string;
  readonly protocol: MadeProtocol;
  /** What the collector sees as the exporter's address: where its packets come from. "" where the system chooses. */
  readonly address: string;
  readonly samplingRate: number;
}

/** What one exporter sent, by the sender's own count, to each target alike. */
export interface SentTotals extends ExporterTotals {
  datagrams: number;
  /** Of UDP payload. */
  payloadBytes: number;
  /** Datagrams that the system refused to send, of all targets. */
  failed: number;
}

export interface SimulationProgress {
  readonly state: "idle" | "open" | "waiting" | "running" | "finished" | "stopped" | "failed";
  /** Simulated time up to which everything has been sent; the beginning before. */
  readonly simulatedMs: number;
  /** 0–1 of the time from `fromMs` to `toMs`. */
  readonly share: number;
  /** Real ms that sending is behind its clock. */
  readonly lagMs: number;
  /** Undefined before `start`. After `toMs` with `goOn` it is another one, of speed 1. */
  readonly clock: SimulatedClock | undefined;
  readonly sent: readonly (SimulatedExporter & SentTotals)[];
  /** Sums over `sent`. */
  readonly totals: SentTotals;
}

export interface Simulation {
  /** The truth: every host and what it is. */
  readonly hosts: readonly MadeHost[];
  readonly internalRanges: readonly string[];
  readonly timeZone: string;
  /** Opens the sockets, so that the exporters' addresses are known before the first packet. Can be repeated. */
  open(): Promise<readonly SimulatedExporter[]>;
  /** Begins `inMs` (real) from now and answers the clock that the packets follow. Opens first where needed. Once only. */
  start(options?: { readonly inMs?: number }): Promise<SimulatedClock>;
  progress(): SimulationProgress;
  /** Resolves with the last progress when the end was reached or `stop` was called; rejects when sending broke down. */
  readonly ended: Promise<SimulationProgress>;
  /** Ends sending at once and closes the sockets. Can be repeated. */
  stop(): Promise<SimulationProgress>;
}
