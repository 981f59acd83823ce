import { ADDRESS_BYTES, isIpv4, type FlowBatch } from "@flowlens/flow";
import { writeCounterSample } from "./encode-counters.ts";
import { writeFlowSample, type SampleEncoding } from "./encode-sample.ts";
import { ADDRESS_TYPE, COMPACT_INDEX_MAX, SFLOW_VERSION } from "./format.ts";

export interface Sflow5EncodeOptions {
  /** Address of the agent, 16 bytes, IPv4 mapped. */
  readonly agent: Uint8Array;
  readonly subAgent: number;
  readonly uptimeMs: number;
  /** Sequence number of the first datagram: datagrams of this sub agent sent before, modulo 2^32. */
  readonly sequence: number;
  /** Sequence number of the first flow sample: samples taken at the data source before, modulo 2^32. */
  readonly sampleSequence: number;
  /** At most this many flow samples a datagram (as many as fit into 1,400 bytes by default). */
  readonly samplesPerDatagram?: number;
  /** Puts a counter sample of the data source's interface before the flow samples of the first datagram. */
  readonly withCounters?: boolean;
  /** Counter samples of the data source sent before; 0 by default. */
  readonly counterSequence?: number;
  /** ifIndex of the one data source that took all samples, below 2^24; 1 by default. */
  readonly sourceIndex?: number;
  /** Packets that the agent dropped for lack of resources since it started; 0 by default. */
  readonly drops?: number;
  /** Bytes of each packet that are sent, 128 by default. */
  readonly headerBytes?: number;
  /** Rows [fromRow, toRow) of the batch; all by default. */
  readonly fromRow?: number;
  readonly toRow?: number;
}

export interface Sflow5Encoded {
  readonly datagrams: Uint8Array[];
  /** Flow samples: one a row. */
  readonly records: number;
  /** Rows whose bytes no packet of their protocol can have; they were written as the nearest length that one can. */
  readonly lengthsChanged: number;
  readonly nextSequence: number;
  readonly nextSampleSequence: number;
  readonly nextCounterSequence: number;
}

/** What agents keep a datagram under, so that it needs no fragments (sFlow v5, sFlowRcvrMaximumDatagramSize). */
const DATAGRAM_BYTES = 1_400;
/** Room for one sample past `DATAGRAM_BYTES`: its head and records without the packet's own bytes. */
const SAMPLE_ROOM_BYTES = 400;
const HEADER_BYTES_LEAST = 64;
const HEADER_BYTES_MOST = 1_024;

/**
 * Encodes rows of a batch as sFlow v5 datagrams, in row order. Each row is one sampled packet: a raw Ethernet header
 * made from the row (VLAN tag, IP, TCP, UDP, SCTP, DCCP or ICMP header, IP length = the row's bytes), with the row's
 * sampling rate, interfaces, VLANs, AS numbers and next hop. Times and packet counts are not carried by sFlow.
 * Interfaces from 2^24 on make all samples expanded ones: the standard forbids an agent to mix the two.
 */
export function encodeSflow5(batch: FlowBatch, options: Sflow5EncodeOptions): Sflow5Encoded {
  const fromRow = options.fromRow ?? 0;
  const toRow = Math.min(batch.length, options.toRow ?? batch.length);
  const perDatagram = Math.max(1, options.samplesPerDatagram ?? Number.MAX_SAFE_INTEGER);
  const headerBytes = options.headerBytes ?? 128;
  const encoding: SampleEncoding = {
    expanded: needsExpanded(batch, fromRow, toRow),
    sourceIndex: Math.min(options.sourceIndex ?? 1, COMPACT_INDEX_MAX),
    drops: options.drops ?? 0,
    headerBytes: Math.max(HEADER_BYTES_LEAST, Math.min(HEADER_BYTES_MOST, headerBytes)),
    lengthsChanged: 0,
  };
  const limit = Math.max(DATAGRAM_BYTES, SAMPLE_ROOM_BYTES + encoding.headerBytes);
  const view = new DataView(new ArrayBuffer(limit + SAMPLE_ROOM_BYTES + encoding.headerBytes));
  const scratch = new Uint8Array(view.buffer);
  const samplesAt = writeDatagramHead(view, options);
  const datagrams: Uint8Array[] = [];
  let sequence = options.sequence >>> 0;
  let sampleSequence = options.sampleSequence >>> 0;
  let counterSequence = (options.counterSequence ?? 0) >>> 0;
  let at = samplesAt;
  let samples = 0;
  let flowSamples = 0;
  const send = (end: number) => {
    view.setUint32(samplesAt - 12, sequence);
    view.setUint32(samplesAt - 4, samples);
    datagrams.push(scratch.slice(0, end));
    sequence = (sequence + 1) >>> 0;
    samples = 0;
    flowSamples = 0;
  };

  if (options.withCounters === true) {
    at = writeCounterSample(view, at, { ...encoding, sequence: counterSequence });
    counterSequence = (counterSequence + 1) >>> 0;
    samples++;
  }
  for (let row = fromRow; row < toRow; row++) {
    const end = writeFlowSample(scratch, view, at, { batch, row, sequence: sampleSequence, encoding });
    sampleSequence = (sampleSequence + 1) >>> 0;
    if (samples > 0 && (flowSamples >= perDatagram || end > limit)) {
      send(at);
      scratch.copyWithin(samplesAt, at, end);
      at = samplesAt + (end - at);
    } else at = end;
    samples++;
    flowSamples++;
  }
  if (samples > 0) send(at);
  return {
    datagrams,
    records: Math.max(0, toRow - fromRow),
    lengthsChanged: encoding.lengthsChanged,
    nextSequence: sequence,
    nextSampleSequence: sampleSequence,
    nextCounterSequence: counterSequence,
  };
}

/** Everything before the samples but sequence number and number of samples; returns where the samples begin. */
function writeDatagramHead(view: DataView, options: Sflow5EncodeOptions): number {
  const isV4 = isIpv4(options.agent);
  view.setUint32(0, SFLOW_VERSION);
  view.setUint32(4, isV4 ? ADDRESS_TYPE.ipv4 : ADDRESS_TYPE.ipv6);
  let at = 8;
  for (let i = isV4 ? 12 : 0; i < ADDRESS_BYTES; i++) view.setUint8(at++, options.agent[i]);
  view.setUint32(at, options.subAgent);
  view.setUint32(at + 8, options.uptimeMs);
  return at + 16;
}

function needsExpanded(batch: FlowBatch, fromRow: number, toRow: number): boolean {
  for (let row = fromRow; row < toRow; row++) {
    if (batch.inIf[row] > COMPACT_INDEX_MAX || batch.outIf[row] > COMPACT_INDEX_MAX) return true;
  }
  return false;
}
