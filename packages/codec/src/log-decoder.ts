import type { FlowSink } from "@flowlens/flow";
import { createCsvFormat } from "./csv/index.ts";
import type { FlowFileDecoder } from "./flow-file-decoder.ts";
import {
  createLineCounters,
  createLineDecoder,
  type LineDecoderOptions,
  type LineFormat,
} from "./text/index.ts";
import { createZeekJsonFormat, createZeekTsvFormat } from "./zeek/index.ts";

/** Logs of flows, one line a record. */
export type LogFormat = "zeek-tsv" | "zeek-json" | "csv";

/**
 * A decoder of a log of flows into the sink. Lines that make no record are counted by reason and skipped; a file whose
 * header makes no flows is refused: `failure` at offset 0.
 */
export function createFlowFileDecoder(
  format: LogFormat,
  sink: FlowSink,
  options: LineDecoderOptions = {},
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
    }
  }
}
