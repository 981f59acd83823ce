import { ADDRESS_BYTES, isIpv4, type FlowBatch } from "@flowlens/flow";
import { frameBytesOf, ipLengthOf, writePacket } from "./encode-packet.ts";
import {
  ADDRESS_TYPE,
  FLOW_RECORD,
  HEADER_PROTOCOL,
  ITEM_HEADER_BYTES,
  SAMPLE,
  SAMPLE_HEAD_BYTES,
} from "./format.ts";

/** What all samples of one call share. */
export interface SampleEncoding {
  readonly expanded: boolean;
  readonly sourceIndex: number;
  readonly drops: number;
  readonly headerBytes: number;
  /** Rows whose length had to be changed so far. */
  lengthsChanged: number;
}

export interface SampleOfRow {
  readonly batch: FlowBatch;
  readonly row: number;
  readonly sequence: number;
  readonly encoding: SampleEncoding;
}

/** The frame check sequence, which the frame's length counts and the sampled bytes leave out. */
const FCS_BYTES = 4;
const SMALLEST_FRAME_BYTES = 64;
const AS_SEQUENCE = 2;

/** Writes one flow sample at `at` and returns where it ends. */
export function writeFlowSample(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  { batch, row, sequence, encoding }: SampleOfRow,
): number {
  const { expanded, sourceIndex } = encoding;
  view.setUint32(at, expanded ? SAMPLE.expandedFlow : SAMPLE.flow);
  const headAt = at + ITEM_HEADER_BYTES;
  const rate = batch.samplingRate[row];
  view.setUint32(headAt, sequence);
  let field = headAt + 4;
  if (expanded) {
    view.setUint32(field, 0);
    field += 4;
  }
  view.setUint32(field, sourceIndex);
  view.setUint32(field + 4, rate);
  // Packets that could have been sampled; the sampling rate is exact here.
  view.setUint32(field + 8, Math.imul(sequence + 1, rate) >>> 0);
  view.setUint32(field + 12, encoding.drops);
  field += 16;
  for (const index of [batch.inIf[row], batch.outIf[row]]) {
    if (expanded) {
      view.setUint32(field, 0);
      field += 4;
    }
    view.setUint32(field, index);
    field += 4;
  }
  const recordsAt = headAt + (expanded ? SAMPLE_HEAD_BYTES.expandedFlow : SAMPLE_HEAD_BYTES.flow);
  let end = writeRawHeader(bytes, view, recordsAt, { batch, row, sequence, encoding });
  let records = 1;
  if (batch.vlanSrc[row] !== 0 || batch.vlanDst[row] !== 0) {
    end = writeSwitch(view, end, batch, row);
    records++;
  }
  if (hasNextHop(batch, row)) {
    end = writeRouter(view, end, batch, row);
    records++;
  }
  if (batch.srcAs[row] !== 0 || batch.dstAs[row] !== 0) {
    end = writeGateway(view, end, batch, row);
    records++;
  }
  view.setUint32(field, records);
  view.setUint32(at + 4, end - headAt);
  return end;
}

function writeRawHeader(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  { batch, row, encoding }: SampleOfRow,
): number {
  const ipLength = ipLengthOf(batch, row);
  if (ipLength !== batch.bytes[row]) encoding.lengthsChanged++;
  const frameBytes = frameBytesOf(batch, row, ipLength);
  const padded = Math.max(frameBytes, SMALLEST_FRAME_BYTES - FCS_BYTES);
  const headerBytes = Math.min(padded, encoding.headerBytes);
  const headerAt = at + ITEM_HEADER_BYTES + 16;
  const end = headerAt + ((headerBytes + 3) & ~3);
  view.setUint32(at, FLOW_RECORD.rawHeader);
  view.setUint32(at + 4, end - at - ITEM_HEADER_BYTES);
  view.setUint32(at + 8, HEADER_PROTOCOL.ethernet);
  view.setUint32(at + 12, padded + FCS_BYTES);
  view.setUint32(at + 16, FCS_BYTES);
  view.setUint32(at + 20, headerBytes);
  bytes.fill(0, headerAt, end);
  writePacket(bytes, view, headerAt, { batch, row, ipLength });
  return end;
}

function writeSwitch(view: DataView, at: number, batch: FlowBatch, row: number): number {
  view.setUint32(at, FLOW_RECORD.extendedSwitch);
  view.setUint32(at + 4, 16);
  view.setUint32(at + 8, batch.vlanSrc[row]);
  view.setUint32(at + 12, 0);
  view.setUint32(at + 16, batch.vlanDst[row]);
  view.setUint32(at + 20, 0);
  return at + 24;
}

function writeRouter(view: DataView, at: number, batch: FlowBatch, row: number): number {
  view.setUint32(at, FLOW_RECORD.extendedRouter);
  const end = writeAddress(view, at + 8, batch.nextHop, row * ADDRESS_BYTES);
  view.setUint32(end, 0);
  view.setUint32(end + 4, 0);
  view.setUint32(at + 4, end + 8 - at - ITEM_HEADER_BYTES);
  return end + 8;
}

function writeGateway(view: DataView, at: number, batch: FlowBatch, row: number): number {
  view.setUint32(at, FLOW_RECORD.extendedGateway);
  view.setUint32(at + 8, ADDRESS_TYPE.unknown);
  view.setUint32(at + 12, 0);
  view.setUint32(at + 16, batch.srcAs[row]);
  view.setUint32(at + 20, 0);
  let end = at + 24;
  const dstAs = batch.dstAs[row];
  const path = dstAs === 0 ? [0] : [1, AS_SEQUENCE, 1, dstAs];
  // The path, then no communities and a local preference of 0.
  for (const word of [...path, 0, 0]) {
    view.setUint32(end, word);
    end += 4;
  }
  view.setUint32(at + 4, end - at - ITEM_HEADER_BYTES);
  return end;
}

function writeAddress(view: DataView, at: number, from: Uint8Array, fromAt: number): number {
  const isV4 = isIpv4(from, fromAt);
  view.setUint32(at, isV4 ? ADDRESS_TYPE.ipv4 : ADDRESS_TYPE.ipv6);
  let end = at + 4;
  for (let i = isV4 ? 12 : 0; i < ADDRESS_BYTES; i++) view.setUint8(end++, from[fromAt + i]);
  return end;
}

function hasNextHop(batch: FlowBatch, row: number): boolean {
  for (let i = 0; i < ADDRESS_BYTES; i++) if (batch.nextHop[row * ADDRESS_BYTES + i] !== 0) return true;
  return false;
}
