import type { MessagePort } from "node:worker_threads";
import type { SimulatedClock } from "#metadata-store";
import type { SpoolConfig, SpoolWriterStatus } from "#spool";
import type { CounterShape } from "./shared-counters.ts";
import type { ExporterCounts, RefusedSender } from "./live-types.ts";

/** What the threads of the collector say to each other. */

export interface LogMessage {
  readonly type: "log";
  readonly level: "debug" | "info" | "warn" | "error" | "fatal";
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** An address and a port to receive on. */
export interface Endpoint {
  readonly address: string;
  /** 0: a free one, the same for all of the group. */
  readonly port: number;
  readonly group: number;
  /** An IPv6 socket for IPv4 too. */
  readonly dualStack: boolean;
  /** May be left out where the system has no such address family. */
  readonly optional: boolean;
}

export interface ReceiverSetup {
  readonly index: number;
  readonly endpoints: readonly Endpoint[];
  readonly reusePort: boolean;
  readonly receiveBufferBytes: number;
  readonly queueBytes: number;
  /** Ranges whose packets are taken. */
  readonly allowed: readonly string[];
  readonly shape: CounterShape;
  readonly counters: SharedArrayBuffer;
}

export interface BoundEndpoint {
  /** Index among the endpoints. */
  readonly endpoint: number;
  readonly port: number;
  readonly receiveBufferBytes: number;
}

export type ToReceiver =
  | { readonly type: "decoder"; readonly port: MessagePort }
  | { readonly type: "close" };

export type FromReceiver =
  | LogMessage
  | { readonly type: "bound"; readonly bound: readonly BoundEndpoint[] }
  | {
      readonly type: "failed";
      readonly address: string;
      readonly port: number;
      readonly systemCode: string;
      readonly message: string;
    }
  | { readonly type: "refused"; readonly senders: readonly RefusedSender[] };

/** From a receiver to the decoder, over their own port; the memory moves. */
export type ToDecoderPort =
  | {
      readonly type: "datagrams";
      readonly memory: ArrayBuffer;
      readonly usedBytes: number;
      readonly packets: number;
      /** Numbers of senders mean others when it changes. */
      readonly generation: number;
    }
  | { readonly type: "end" };

/** The memory comes back to be filled again. */
export interface FromDecoderPort {
  readonly type: "free";
  readonly memory: ArrayBuffer;
}

/** What is set for an exporter. */
export interface ExporterSettings {
  readonly address: string;
  readonly networkId: number;
  readonly samplingRate: number | null;
  readonly simulatedClock: SimulatedClock | null;
}

export interface DecoderSetup {
  readonly spoolDirectory: string;
  readonly spool: SpoolConfig;
  readonly templatesFile: string;
  readonly maxExporters: number;
  readonly defaultNetworkId: number;
  readonly exporters: readonly ExporterSettings[];
  readonly shape: CounterShape;
  readonly counters: SharedArrayBuffer;
}

export type ToDecoder =
  | { readonly type: "receiver"; readonly index: number; readonly port: MessagePort }
  | { readonly type: "exporters"; readonly exporters: readonly ExporterSettings[] }
  | { readonly type: "report"; readonly id: number }
  | { readonly type: "finish" };

/** One exporter as the decoder's thread sees it. Counters count from the start of the thread. */
export interface ExporterReport extends ExporterCounts {
  readonly isWaiting: boolean;
  readonly clockSkewMs: number | undefined;
  /** Real time, whatever the exporter's clock. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
}

export interface DecoderReport {
  readonly type: "report";
  /** Of the request; 0 for those that come by themselves. */
  readonly id: number;
  readonly exporters: readonly ExporterReport[];
  readonly counters: Readonly<Record<string, number>>;
  readonly spool: SpoolWriterStatus;
}

export type FromDecoder =
  | LogMessage
  | DecoderReport
  | { readonly type: "ready" }
  | { readonly type: "finished" };
