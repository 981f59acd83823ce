/**
 * Flows in. Files: recognised by content, decoded, registered, stored, undone when they fail half-way. Live: received over
 * UDP, decoded, spooled. Not here: what bytes mean (codec, metering), tables (the stores), how a spool is kept (#spool).
 */
export { COLLECTION_ERROR_CODES, CollectionError, fileError, type CollectionErrorCode } from "./errors.ts";
export { expandPaths } from "./files/expand-paths.ts";
export { createFileDecoding, type DecodedFile, type DecodeOptions } from "./files/decode-files.ts";
export { recogniseFile } from "./files/flow-file.ts";
export { readFlowFile, type ReadFlowFile, type ReadFlowFileOptions } from "./files/read-flow-file.ts";
export { type CaptureContent } from "./files/capture-decoder.ts";
export {
  createImporter,
  type Importer,
  type ImporterDependencies,
  type ImportOptions,
  type ImportOutcome,
  type ImportProgress,
} from "./imports/importer.ts";
export { createSpoolLoader } from "./loading/spool-loader.ts";
export type {
  LoadedFlows,
  SpoolLoader,
  SpoolLoaderDependencies,
  SpoolLoaderStatus,
} from "./loading/spool-loader-types.ts";
export { restingExporter } from "./live/exporter-registry.ts";
export { COLLECTOR_CONFIG, type CollectorConfig } from "./live/config.ts";
export { createLiveCollector, type LiveCollectorDependencies } from "./live/live-collector.ts";
export {
  EXPORTER_STATES,
  type CollectorSocket,
  type CollectorStatus,
  type ExporterState,
  type Listening,
  type LiveCollector,
  type LiveExporter,
} from "./live/live-types.ts";
