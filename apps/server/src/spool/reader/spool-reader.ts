import type { Logger } from "#telemetry";
import type { SpoolReader } from "./spool-reader-types.ts";

export interface SpoolReaderOptions {
  /** Made when it is missing. */
  readonly directory: string;
  readonly logger?: Logger;
}

export function createSpoolReader(options: SpoolReaderOptions): SpoolReader {
  throw new Error(`no reader for ${options.directory} yet`);
}
