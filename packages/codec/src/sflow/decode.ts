import type { FlowSink } from "@flowlens/flow";
import { PARSE_RESULT_NAMES } from "@flowlens/packet";
import {
  createSflow5Datagram,
  readSflow5Datagram,
  type Sflow5Datagram,
  type Sflow5Verdict,
} from "./datagram.ts";
import { readFlowRecords, type RecordsMet } from "./flow-records.ts";
import { ITEM_HEADER_BYTES, SAMPLE } from "./format.ts";
import { createPacketFacts, isUnknownHeaderProtocol, type PacketFacts } from "./packet-facts.ts";
import {
  createSampleHead,
  readCounterSampleHead,
  readDiscardedHead,
  readFlowSampleHead,
  type SampleHead,
} from "./sample-head.ts";
import { isFlow, writeSflow5Flow } from "./to-flow.ts";
import { paddedBytes, readU32 } from "./words.ts";

/** One sample on its way, with all that was read of it. Valid until the visitor returns. */
export interface Sflow5Sample {
  readonly datagram: Sflow5Datagram;
  readonly kind: "flow" | "counters" | "discarded";
  readonly head: SampleHead;
  /** What the records of a flow or of a discarded packet say; of another sample for counters. */
  readonly facts: PacketFacts;
  /** Where its records end at the latest. */
  readonly end: number;
}

export interface Sflow5Into {
  /** 16 bytes: the sender of the datagram. */
  readonly exporter: Uint8Array;
  readonly receivedAtMs: number;
  /** Takes the rows of flow samples; undefined where `visit` shows them to people. */
  readonly sink: FlowSink | undefined;
  /** Called for each sample that could be read, after it was accounted. */
  readonly visit?: ((sample: Sflow5Sample) => void) | undefined;
  /** Called for the head of the datagram, then for each flow and counter sample: sequence numbers and drops. */
  readonly observe: (
    kind: "datagram" | "flow" | "counters",
    datagram: Sflow5Datagram,
    head: SampleHead,
  ) => void;
  readonly malformed: (reason: string) => void;
  readonly count: (name: string, by: number) => void;
}

export interface Sflow5Decoder {
  /** Decodes the datagram in bytes[start, end); returns the rows it made (or would have made, without a sink). */
  decode(bytes: Uint8Array, start: number, end: number, into: Sflow5Into): number;
  /** Loops taken since it was made: never more than one for each 8 bytes given, plus one a datagram. */
  readonly steps: number;
}

/** Why a flow sample made no row, in counters. */
const NO_ROW_NAMES = PARSE_RESULT_NAMES.map((name) => `sflow_header_${name}`);

/**
 * A decoder of sFlow version 5 datagrams. Samples are delimited by their own lengths, so what is wrong inside one never
 * costs the next. Never throws. Keeps nothing from one datagram to the next.
 */
export function createSflow5Decoder(): Sflow5Decoder {
  const datagram = createSflow5Datagram();
  const head = createSampleHead();
  const facts = createPacketFacts();
  const met: RecordsMet = { malformed: undefined, unknown: 0, steps: 0 };
  const bounds = { end: 0, limit: 0 };
  const sample = { datagram, kind: "flow" as Sflow5Sample["kind"], head, facts, end: 0 };
  const row = { exporter: new Uint8Array(0) as Uint8Array, receivedAtMs: 0, subAgent: 0 };

  /** Reads one flow sample or discarded packet whose head was read; true when it is a flow. */
  const readPacket = (bytes: Uint8Array, into: Sflow5Into): boolean => {
    met.unknown = 0;
    readFlowRecords(bytes, head, bounds, facts, met);
    if (met.malformed !== undefined) into.malformed(met.malformed);
    if (met.unknown > 0) into.count("sflow_unknown_records", met.unknown);
    return isFlow(facts);
  };

  const flowSample = (bytes: Uint8Array, into: Sflow5Into): boolean => {
    const flows = readPacket(bytes, into);
    into.count("sflow_flow_samples", 1);
    into.observe("flow", datagram, head);
    if (flows) {
      if (into.sink !== undefined) writeSflow5Flow(bytes, head, facts, row, into.sink);
    } else countWithoutRow(facts, into);
    return flows;
  };

  return {
    get steps() {
      return met.steps;
    },

    decode(bytes, start, end, into) {
      met.steps++;
      const verdict: Sflow5Verdict = readSflow5Datagram(bytes, start, end, datagram);
      if (verdict !== "ok") {
        into.malformed(verdict);
        return 0;
      }
      into.observe("datagram", datagram, head);
      row.exporter = into.exporter;
      row.receivedAtMs = into.receivedAtMs;
      row.subAgent = datagram.subAgent;
      let rows = 0;
      let at = datagram.samplesAt;
      let samples = 0;
      for (; samples < datagram.samples && end - at >= ITEM_HEADER_BYTES; samples++) {
        met.steps++;
        const format = readU32(bytes, at);
        const length = readU32(bytes, at + 4);
        const bodyAt = at + ITEM_HEADER_BYTES;
        const bodyEnd = Math.min(end, bodyAt + length);
        // The datagram was cut, or the length lies: the whole records that are there still count.
        if (length > end - bodyAt) into.malformed("sample_length_lies");
        bounds.end = bodyEnd;
        bounds.limit = samples === datagram.samples - 1 ? end : bodyEnd;
        sample.end = bounds.limit;
        at = Math.min(end, bodyAt + paddedBytes(length));
        let readable = true;
        switch (format) {
          case SAMPLE.flow:
          case SAMPLE.expandedFlow:
            sample.kind = "flow";
            readable = readFlowSampleHead(bytes, bodyAt, bodyEnd, format === SAMPLE.expandedFlow, head);
            if (readable && flowSample(bytes, into)) rows++;
            break;
          case SAMPLE.counters:
          case SAMPLE.expandedCounters:
            sample.kind = "counters";
            readable = readCounterSampleHead(
              bytes,
              bodyAt,
              bodyEnd,
              format === SAMPLE.expandedCounters,
              head,
            );
            if (readable) {
              into.count("sflow_counter_samples", 1);
              into.observe("counters", datagram, head);
            }
            break;
          case SAMPLE.discarded:
            // A notice that a packet was discarded is not a sample of traffic: it makes no row.
            sample.kind = "discarded";
            readable = readDiscardedHead(bytes, bodyAt, bodyEnd, head);
            if (readable) {
              readPacket(bytes, into);
              into.count("sflow_discarded_packets", 1);
            }
            break;
          default:
            into.count("sflow_unknown_samples", 1);
            continue;
        }
        if (!readable) into.malformed("sample_too_short");
        else if (into.visit !== undefined) into.visit(sample);
      }
      if (samples < datagram.samples) into.malformed("count_lies");
      else if (at < end) into.malformed("trailing_bytes");
      return rows;
    },
  };
}

function countWithoutRow(facts: PacketFacts, into: Sflow5Into): void {
  if (isUnknownHeaderProtocol(facts)) into.count("sflow_unknown_header_protocol", 1);
  else if (facts.source === "header") into.count(NO_ROW_NAMES[facts.result], 1);
  else into.count("sflow_samples_without_ip", 1);
}
