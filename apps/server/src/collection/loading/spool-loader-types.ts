import type { FlowBatch } from "@flowlens/flow";
import type { SpoolReader, SpoolReaderStatus } from "#spool";
import type { Logger, Metrics } from "#telemetry";

export interface SpoolLoaderDependencies {
  readonly spool: SpoolReader;
  readonly flows: LoadedFlows;
  readonly logger: Logger;
  readonly metrics?: Metrics;
}

/** What the loader needs of the flow store. */
export interface LoadedFlows {
  insertFlows(
    batch: FlowBatch,
    target: { networkId: number; importId: number; token: string; receivedAtMs: number },
  ): Promise<void>;
}

/** Plain values. */
export interface SpoolLoaderStatus {
  readonly running: boolean;
  /** Sealed segments that wait, those being loaded included. */
  readonly backlog: Pick<SpoolReaderStatus, "segments" | "bytes" | "oldestAgeMs">;
  readonly insertsInFlight: number;
  /** How long the oldest insert in flight has been under way; the store tries each again by itself for a while. */
  readonly longestInsertMs: number;
  readonly loadedRows: number;
  readonly loadedSegments: number;
  /** Segments that the store refused for good, or that could not be read wholly; their files are kept. */
  readonly setAsideSegments: number;
  /** Rows and bytes of them that could not be read, as far as is known. */
  readonly damagedRows: number;
  readonly damagedBytes: number;
  /** The failure that is being waited out, if one is. `sinceMs`: ms since 1970. */
  readonly waitingFor: { readonly message: string; readonly code: string; readonly sinceMs: number } | null;
  /** Inserts that failed and were done again. */
  readonly retries: number;
}

/** Brings the spool's segments into the flow store, oldest first. */
export interface SpoolLoader {
  start(): void;
  /** Within 3 s: waits that long for inserts under way. What is not loaded stays on disk. */
  stop(): Promise<void>;
  status(): SpoolLoaderStatus;
  /** Called after each insert with its rows: there is something to fold. Answers how to stop being called. */
  onLoaded(listener: (rows: number) => void): () => void;
}
