/**
 * Files in: recognised by content, decoded, registered, stored, undone when they fail half-way.
 * Not here: what bytes mean (codec, metering), tables (the stores), sockets.
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
export {
  createSpoolLoader,
  type LoadedFlows,
  type SpoolLoader,
  type SpoolLoaderDependencies,
  type SpoolLoaderStatus,
} from "./loading/spool-loader.ts";
