import type { FlowSink } from "@flowlens/flow";
import { createCsvFormat, createNfdumpFormat } from "./csv/index.ts";
import type { FlowFileDecoder } from "./flow-file-decoder.ts";
import type { RecordJson } from "./record-json/index.ts";
import {
  createLineCounters,
  createLineDecoder,
  type LineDecoderOptions,
  type LineFormat,
} from "./text/index.ts";
import { createVpcFormat } from "./vpc/index.ts";
import { createZeekJsonFormat, createZeekTsvFormat } from "./zeek/index.ts";

/** Logs of flows, one line a record. */
export type LogFormat = "zeek-tsv" | "zeek-json" | "csv" | "nfdump-csv" | "vpc-flow-log";

export interface LogDecoderOptions extends LineDecoderOptions {
  /** Receives the records of VPC flow logs, which say more than a row holds, as objects instead of rows in the sink. */
  readonly visit?: ((record: RecordJson) => void) | undefined;
}

/**
 * A decoder of a log of flows into the sink. Lines that make no record are counted by reason and skipped; a file whose
 * header makes no flows is refused: `failure` at offset 0.
 */
export function createFlowFileDecoder(
  format: LogFormat,
  sink: FlowSink,
  options: LogDecoderOptions = {},
): FlowFileDecoder {
  const counters = createLineCounters();
  return createLineDecoder(lineFormat(), counters, sink, options);

  function lineFormat(): LineFormat {
    switch (format) {
      case "zeek-tsv":
        return createZeekTsvFormat(sink, counters);
      case "zeek-json":
        return createZeekJsonFormat(sink, counters);
      case "csv":
        return createCsvFormat(sink, counters);
      case "nfdump-csv":
        return createNfdumpFormat(sink, counters);
      case "vpc-flow-log":
        return createVpcFormat(sink, counters, options.visit);
    }
  }
}
