import { flushFlows, type FlowSink } from "@flowlens/flow";
import type { BadLine, FileFailure, FlowFileDecoder } from "../flow-file-decoder.ts";
import { createLineSplitter } from "./line-splitter.ts";

/** Why a line was not taken. */
export type BadLineReason =
  | "columns"
  | "syntax"
  | "time"
  | "address"
  | "port"
  | "protocol"
  | "number"
  | "too_long"
  | "other_log";

/**
 * `record`: taken, with its flows written. `header`: comment, header, or what a tool says at the end. `empty`: a record of
 * a conversation without a packet. `rejected`: of traffic that a firewall did not let pass. `not_flow`: of something that
 * lacks what a flow needs. `no_data`, `skip_data`: the log says that there was no traffic, or that it was not recorded.
 */
export type LineOutcome =
  | "record"
  | "header"
  | "empty"
  | "rejected"
  | "not_flow"
  | "no_data"
  | "skip_data"
  | "refused"
  | BadLineReason;

export type LineCounters = {
  /** Lines of any kind, comments and header too. */
  lines: number;
  /** Lines that were records and were taken. */
  records: number;
  /** One-way flow rows that they made. */
  flows: number;
  /** Records of conversations without a packet: no flow was made of them. */
  records_without_packets: number;
  /** Records with packets or bytes that the log did not say and that were estimated from what it did. */
  records_estimated: number;
  /** Records of traffic that did not pass a firewall: no flow was made of them. */
  records_rejected: number;
  /** Records that lack what a flow needs, shown by `decode` only. */
  records_not_flows: number;
  /** Lines that say that an interface had no traffic for a while. */
  intervals_without_data: number;
  /** Lines that say that traffic was not recorded for a while: the log has a gap. */
  intervals_skipped: number;
  /** Sum of the following. */
  bad_lines: number;
  bad_lines_columns: number;
  bad_lines_syntax: number;
  bad_lines_time: number;
  bad_lines_address: number;
  bad_lines_port: number;
  bad_lines_protocol: number;
  bad_lines_number: number;
  bad_lines_too_long: number;
  bad_lines_other_log: number;
};

/** What a log format adds to lines: how to read one, and what to say of a file that had no header. */
export interface LineFormat {
  readLine(bytes: Uint8Array, start: number, end: number): LineOutcome;
  /** A phrase, after `readLine` has said "refused". */
  readonly refusal: string;
  /** A phrase when the file ended before it showed what it is; undefined when it did. */
  readonly missingHeader: string | undefined;
}

export interface LineDecoderOptions {
  /** Longer lines are counted and skipped. Default 1 MiB. */
  readonly maxLineBytes?: number;
}

const DEFAULT_MAX_LINE_BYTES = 1 << 20;
const BAD_LINES_SHOWN = 5;

export function createLineCounters(): LineCounters {
  return {
    lines: 0,
    records: 0,
    flows: 0,
    records_without_packets: 0,
    records_estimated: 0,
    records_rejected: 0,
    records_not_flows: 0,
    intervals_without_data: 0,
    intervals_skipped: 0,
    bad_lines: 0,
    bad_lines_columns: 0,
    bad_lines_syntax: 0,
    bad_lines_time: 0,
    bad_lines_address: 0,
    bad_lines_port: 0,
    bad_lines_protocol: 0,
    bad_lines_number: 0,
    bad_lines_too_long: 0,
    bad_lines_other_log: 0,
  };
}

/** A file decoder out of a line format: cuts lines, counts outcomes, stops at a refusal. */
export function createLineDecoder(
  format: LineFormat,
  counters: LineCounters,
  sink: FlowSink,
  options: LineDecoderOptions = {},
): FlowFileDecoder {
  const firstBadLines: BadLine[] = [];
  let failure: FileFailure | undefined;
  let lastOutcome: LineOutcome = "header";
  let lastIsBad = false;

  const countBad = (reason: BadLineReason) => {
    counters.bad_lines++;
    counters[`bad_lines_${reason}`]++;
    lastIsBad = true;
    if (firstBadLines.length < BAD_LINES_SHOWN) firstBadLines.push({ line: counters.lines, reason });
  };
  const splitter = createLineSplitter(
    options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES,
    (bytes, start, end) => {
      counters.lines++;
      lastOutcome = format.readLine(bytes, start, end);
      lastIsBad = false;
      switch (lastOutcome) {
        case "record":
          counters.records++;
          break;
        case "header":
          break;
        case "empty":
          counters.records++;
          counters.records_without_packets++;
          break;
        case "rejected":
          counters.records++;
          counters.records_rejected++;
          break;
        case "not_flow":
          counters.records++;
          counters.records_not_flows++;
          break;
        case "no_data":
          counters.intervals_without_data++;
          break;
        case "skip_data":
          counters.intervals_skipped++;
          break;
        case "refused":
          // Only a header refuses, so no record stands before it.
          failure = { offset: 0, reason: format.refusal };
          splitter.stop();
          break;
        default:
          countBad(lastOutcome);
      }
    },
    () => {
      counters.lines++;
      lastOutcome = "too_long";
      countBad("too_long");
    },
  );

  return {
    counters,
    firstBadLines,
    get failure() {
      return failure;
    },
    push(chunk) {
      if (failure === undefined) splitter.push(chunk);
    },
    finish() {
      const wholeLinesEnd = splitter.offset;
      const hadUnendedLine = failure === undefined && splitter.finish();
      flushFlows(sink);
      if (failure === undefined && format.missingHeader !== undefined) {
        failure = { offset: 0, reason: format.missingHeader };
      }
      if (failure !== undefined) return { complete: false, ...failure };
      // A file may end without a line end; it broke off when what is there of its last line makes no record.
      if (hadUnendedLine && lastIsBad) {
        return {
          complete: false,
          offset: wholeLinesEnd,
          reason: `line ${counters.lines}, the last, breaks off (${lastOutcome})`,
        };
      }
      return { complete: true };
    },
  };
}
