import { createFlowBatch } from "@flowlens/flow";
import type { FlowFileDecoder } from "../flow-file-decoder.ts";
import { createFlowFileDecoder, type LogFormat } from "../log-decoder.ts";
import { collectFlows, type CollectedFlow } from "./collected-flows.ts";

/** What came of a log: its rows, how it ended, and the counters that are not 0. */
export interface DecodedLog {
  readonly flows: CollectedFlow[];
  readonly end: ReturnType<FlowFileDecoder["finish"]>;
  readonly counters: Readonly<Record<string, number>>;
  readonly failure: FlowFileDecoder["failure"];
  readonly firstBadLines: FlowFileDecoder["firstBadLines"];
}

/** Decodes a whole log and only counts its rows: for large ones. */
export function countLog(
  format: LogFormat,
  bytes: Uint8Array,
): Omit<DecodedLog, "flows"> & { readonly rows: number } {
  const batch = createFlowBatch(4096);
  let rows = 0;
  const decoder = createFlowFileDecoder(format, { batch, emit: () => void (rows += batch.length) });
  decoder.push(bytes);
  return { end: decoder.finish(), rows, ...outcomeOf(decoder) };
}

/** Decodes a whole log, given as text or bytes, in chunks of `chunkBytes`. */
export function decodeLog(format: LogFormat, content: string | Uint8Array, chunkBytes = 1 << 16): DecodedLog {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const collected = collectFlows(64);
  const decoder = createFlowFileDecoder(format, collected.sink);
  for (let at = 0; at < bytes.length; at += chunkBytes) decoder.push(bytes.subarray(at, at + chunkBytes));
  const end = decoder.finish();
  return { flows: collected.flows(), end, ...outcomeOf(decoder) };
}

function outcomeOf(decoder: FlowFileDecoder) {
  const { counters, failure, firstBadLines } = decoder;
  return {
    counters: Object.fromEntries(Object.entries(counters).filter(([, value]) => value !== 0)),
    failure,
    firstBadLines,
  };
}
