/**
 * Received flow records on disk, from receipt until the flow store has them: a writer (usable in a worker
 * thread) that appends batches to segment files, a reader that hands sealed segments out and deletes them.
 * Not here: sockets, inserting (collection).
 */
export { SPOOL_CONFIG, type SpoolConfig } from "./config.ts";
export { SPOOL_ERROR_CODES, SpoolError, type SpoolErrorCode } from "./errors.ts";
export { createSpoolReader, type SpoolReaderOptions } from "./reader/spool-reader.ts";
export type {
  RecoverResult,
  SpoolPart,
  SpoolReader,
  SpoolReaderStatus,
  SpoolSegment,
} from "./reader/spool-reader-types.ts";
export { createSpoolWriter } from "./writer/spool-writer.ts";
export type {
  RefusedReason,
  SpoolTarget,
  SpoolWriter,
  SpoolWriterOptions,
  SpoolWriterStatus,
} from "./writer/spool-writer-types.ts";
export { spoolWriterMetrics } from "./writer/writer-metrics.ts";
