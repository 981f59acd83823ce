import type { SpoolWriter, SpoolWriterOptions } from "./spool-writer-types.ts";

export function createSpoolWriter(options: SpoolWriterOptions): SpoolWriter {
  throw new Error(`no writer for ${options.directory} yet`);
}
