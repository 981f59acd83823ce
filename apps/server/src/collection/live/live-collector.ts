import type { Logger, Metrics } from "#telemetry";
import type { MetadataStore } from "#metadata-store";
import type { CollectorConfig } from "./config.ts";
import type { LiveCollector } from "./live-types.ts";

export interface LiveCollectorDependencies {
  readonly metadata: Pick<MetadataStore, "networks" | "exporters">;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** Settings of the spool's writer, which works in the decoder's thread. */
  readonly spool: SpoolSettings;
  /** Where templates are kept over a restart. */
  readonly templatesFile: string;
}

/** As createSpoolWriter takes them. */
export interface SpoolSettings {
  readonly directory: string;
  readonly segmentBytes: number;
  readonly sealAfterMs: number;
  readonly maxBytes: number;
  readonly syncEveryMs: number;
}

export function createLiveCollector(
  _config: CollectorConfig,
  _dependencies: LiveCollectorDependencies,
): LiveCollector {
  throw new Error("not yet");
}
