/** What the live collector is doing and what it knows of each exporter. Counters count from its start. */

/** One port on one address. With several receiver threads its sockets share it, and these are their sums. */
export interface CollectorSocket {
  readonly address: string;
  readonly port: number;
  /** What is usually sent there; each port takes every protocol, told apart by version. */
  readonly protocols: readonly string[];
  readonly packets: number;
  /** UDP payload. */
  readonly bytes: number;
  /** Packets from senders that are not among the allowed ones. */
  readonly refused: number;
  /** Packets dropped because decoding did not keep up and the queue was full. */
  readonly queueDrops: number;
  /** Packets the system dropped before we could read them; undefined where the system does not say (only Linux does). */
  readonly kernelDrops: number | undefined;
  readonly receiveBufferAskedBytes: number;
  /** The smallest that the system granted to one of its sockets. */
  readonly receiveBufferBytes: number;
}

export interface RefusedSender {
  readonly address: string;
  readonly packets: number;
}

export interface CollectorStatus {
  readonly enabled: boolean;
  readonly running: boolean;
  readonly sockets: readonly CollectorSocket[];
  /** Senders that were refused, most packets first; the count of a flood of addresses is kept in `refusedOthers`. */
  readonly refusedSenders: readonly RefusedSender[];
  readonly refusedOthers: number;
  readonly queue: {
    /** Received and not yet decoded. */
    readonly waitingBytes: number;
    readonly limitBytes: number;
    readonly waitingPackets: number;
    readonly droppedPackets: number;
    /** Packets that were with a thread when it died. */
    readonly lostPackets: number;
  };
  readonly decoding: {
    readonly packets: number;
    readonly records: number;
    /** By reason: `malformed_too_short`, `unknown_version`, … */
    readonly counters: Readonly<Record<string, number>>;
  };
  readonly spool: {
    /** Records handed to the spool. */
    readonly storedRecords: number;
    /** Records lost because the spool was full or could not be written. */
    readonly droppedRecords: number;
    readonly full: boolean;
    /** Why it could not be written last; undefined while it can. */
    readonly failure: string | undefined;
  };
  /** Threads that died or hung and were started anew. */
  readonly restarts: number;
}

export const EXPORTER_STATES = ["receiving", "silent", "waiting_for_template", "never_seen"] as const;

/**
 * `receiving`: packets come. `silent`: nothing for more than 5 minutes though it used to send.
 * `waiting_for_template`: its newest data could not be read for want of a template.
 * `never_seen`: it is registered, and nothing came yet.
 */
export type ExporterState = (typeof EXPORTER_STATES)[number];

/** How an exporter behaves, by its own packets. */
export interface ExporterCounts {
  readonly address: string;
  readonly protocols: readonly string[];
  readonly packets: number;
  readonly records: number;
  /** Over the last minute. */
  readonly recordsPerSecond: number;
  /** What the sequence numbers say was sent and did not come; in the unit of the protocol. */
  readonly recordsLost: number;
  /** Packets that the sequence numbers say did not come, where the protocol counts packets (v9, sFlow). */
  readonly packetsLost: number;
  /** Records received and lost here, because the spool was full. */
  readonly recordsDropped: number;
  /** Sampled packets that the exporter itself dropped (sFlow). */
  readonly samplesDropped: number;
  readonly sequenceGaps: number;
  readonly sequenceReorders: number;
  readonly sequenceResets: number;
  /** Records or sets whose template has not come. */
  readonly recordsWaiting: number;
  readonly templates: number;
  readonly malformed: number;
  readonly malformedByReason: Readonly<Record<string, number>>;
  /** Packets of a version that is not decoded. */
  readonly unsupported: number;
  readonly timesClamped: number;
  /** The newest it said; 1 is unsampled. */
  readonly samplingRate: number;
}

/** An exporter as it is kept and as it behaves. */
export interface LiveExporter extends ExporterCounts {
  readonly name: string;
  readonly networkId: number;
  readonly network: string;
  readonly state: ExporterState;
  /** What counts instead; null: believe it. */
  readonly samplingRateOverride: number | null;
  /** Receipt minus export time, in simulated time where the clock is simulated; null before the first packet. */
  readonly clockSkewMs: number | null;
  /** Its clock is made up and runs at another speed. */
  readonly simulated: boolean;
  /** By our clock; null before its first packet. */
  readonly firstSeen: Date | null;
  readonly lastSeen: Date | null;
}

export interface Listening {
  readonly address: string;
  readonly port: number;
  readonly protocols: readonly string[];
}

/** Receives export packets over UDP and puts their records into the spool. Inert until `start`. */
export interface LiveCollector {
  /** @throws CollectionError COLLECTOR_PORT_BUSY, COLLECTOR_NOT_PERMITTED, …; nothing is left running then */
  start(): Promise<{ readonly listening: readonly Listening[] }>;
  /** Closes the sockets, then brings what was received to the spool; within 3 s. */
  stop(): Promise<void>;
  status(): CollectorStatus;
  /** Every exporter known, in the order of their addresses. */
  exporters(): Promise<LiveExporter[]>;
  /** Takes in what was changed in the metadata store. */
  reloadExporters(): Promise<void>;
}
