import type { ImportStep } from "@flowlens/contract";
import type { Auth } from "#auth";
import type { CaptureContent, ImportOutcome, LiveCollector } from "#collection";
import type { FlowStore } from "#flow-store";
import type { MetadataStore, Network } from "#metadata-store";
import type { Logger, MetricsRegistry } from "#telemetry";

/** Where an import stands. */
export interface UploadProgress {
  readonly step: ImportStep;
  /** Read so far, of the file as it was sent. */
  readonly fileBytes: number;
  readonly records: number;
}

export interface UploadOptions {
  readonly network: Network;
  /** How the import is listed: the file's path where it came from. */
  readonly name: string;
  readonly strict: boolean;
  /** What a capture's packets are; told by looking where not given. */
  readonly content?: CaptureContent | undefined;
  /** Aborted when the task is cancelled or FlowLens is being stopped. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UploadProgress) => void;
}

/**
 * Takes in the file at `path` and describes the network's hosts anew; resolves when they can be listed. Called for
 * several uploads at once: puts them in a row itself. The file is removed by the caller.
 * @throws a coded error when the file is refused; nothing of it is there then
 */
export type ImportUpload = (path: string, options: UploadOptions) => Promise<ImportOutcome>;

/** A part that FlowLens needs to answer. */
export interface HealthSource {
  /** `clickhouse`, `metadata store`, … */
  readonly name: string;
  /** Rejects with an error whose message is a sentence that says why it does not work. Gets 2 s. */
  check(): Promise<void>;
}

export interface ApiDependencies {
  readonly metadata: Pick<
    MetadataStore,
    "assets" | "assetTypes" | "exporters" | "imports" | "networks" | "tasks"
  >;
  readonly flows: Pick<FlowStore, "queriesWithin">;
  /** Exporters with their live counters. */
  readonly collector: Pick<LiveCollector, "exporters" | "reloadExporters" | "status">;
  readonly importing: ImportUpload;
  readonly health: readonly HealthSource[];
  /** Where the API counts its requests, and what `/metrics` shows. */
  readonly metrics: MetricsRegistry;
  readonly logger: Logger;
  /** Says who may change things. */
  readonly auth: Pick<Auth, "verify">;
  /** Of FlowLens. */
  readonly version: string;
  /** Absolute; uploads lie in its folder `uploads` while they are taken in. */
  readonly dataDirectory: string;
  /** Where the built web console lies; default: where `npm run build:web` puts it. */
  readonly consoleFolder?: string | undefined;
}
