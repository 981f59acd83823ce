import { ADDRESS_BYTES } from "./address.ts";

/**
 * A batch of flow records, a typed array per column (names as in FLOW_COLUMNS, in camel case).
 *
 * Decoders write at index `length` and then add one; nothing on the hot path makes an object per record.
 * `u64` and `time_ms` columns are doubles: exact to 2^53, nearest above. Addresses are 16 bytes each at
 * `index * 16`. A row is not cleared when it is reused: a decoder writes every column of it
 * (`startFlow` writes the "not said" values of the columns that few protocols carry).
 */
export interface FlowBatch {
  readonly capacity: number;
  length: number;
  readonly exporter: Uint8Array;
  readonly observationDomain: Uint32Array;
  readonly timeStart: Float64Array;
  readonly timeEnd: Float64Array;
  readonly srcAddr: Uint8Array;
  readonly dstAddr: Uint8Array;
  readonly srcPort: Uint16Array;
  readonly dstPort: Uint16Array;
  readonly ipProtocol: Uint8Array;
  readonly tcpFlags: Uint8Array;
  readonly icmpTypeCode: Uint16Array;
  readonly ipTos: Uint8Array;
  readonly bytes: Float64Array;
  readonly packets: Float64Array;
  readonly samplingRate: Uint32Array;
  readonly inIf: Uint32Array;
  readonly outIf: Uint32Array;
  readonly vlanSrc: Uint16Array;
  readonly vlanDst: Uint16Array;
  readonly srcAs: Uint32Array;
  readonly dstAs: Uint32Array;
  readonly nextHop: Uint8Array;
  readonly direction: Uint8Array;
  readonly initiator: Uint8Array;
}

export type FlowBatchColumn = Exclude<keyof FlowBatch, "capacity" | "length">;

/** An empty batch for `capacity` records (about 150 bytes each). */
export function createFlowBatch(capacity: number): FlowBatch {
  return {
    capacity,
    length: 0,
    exporter: new Uint8Array(capacity * ADDRESS_BYTES),
    observationDomain: new Uint32Array(capacity),
    timeStart: new Float64Array(capacity),
    timeEnd: new Float64Array(capacity),
    srcAddr: new Uint8Array(capacity * ADDRESS_BYTES),
    dstAddr: new Uint8Array(capacity * ADDRESS_BYTES),
    srcPort: new Uint16Array(capacity),
    dstPort: new Uint16Array(capacity),
    ipProtocol: new Uint8Array(capacity),
    tcpFlags: new Uint8Array(capacity),
    icmpTypeCode: new Uint16Array(capacity),
    ipTos: new Uint8Array(capacity),
    bytes: new Float64Array(capacity),
    packets: new Float64Array(capacity),
    samplingRate: new Uint32Array(capacity),
    inIf: new Uint32Array(capacity),
    outIf: new Uint32Array(capacity),
    vlanSrc: new Uint16Array(capacity),
    vlanDst: new Uint16Array(capacity),
    srcAs: new Uint32Array(capacity),
    dstAs: new Uint32Array(capacity),
    nextHop: new Uint8Array(capacity * ADDRESS_BYTES),
    direction: new Uint8Array(capacity),
    initiator: new Uint8Array(capacity),
  };
}

/**
 * Writes the "not said" value into every column of row `batch.length` except addresses of the flow itself,
 * and returns that row's index. The caller fills in what its protocol carries, then adds one to `length`.
 * The caller has checked that `length < capacity`.
 */
export function startFlow(batch: FlowBatch): number {
  const row = batch.length;
  const at = row * ADDRESS_BYTES;
  for (let i = at; i < at + ADDRESS_BYTES; i++) {
    batch.exporter[i] = 0;
    batch.nextHop[i] = 0;
  }
  batch.observationDomain[row] = 0;
  batch.timeStart[row] = 0;
  batch.timeEnd[row] = 0;
  batch.srcPort[row] = 0;
  batch.dstPort[row] = 0;
  batch.ipProtocol[row] = 0;
  batch.tcpFlags[row] = 0;
  batch.icmpTypeCode[row] = 0;
  batch.ipTos[row] = 0;
  batch.bytes[row] = 0;
  batch.packets[row] = 0;
  batch.samplingRate[row] = 1;
  batch.inIf[row] = 0;
  batch.outIf[row] = 0;
  batch.vlanSrc[row] = 0;
  batch.vlanDst[row] = 0;
  batch.srcAs[row] = 0;
  batch.dstAs[row] = 0;
  batch.direction[row] = 255;
  batch.initiator[row] = 0;
  return row;
}

/**
 * Where full batches go. `emit` is called synchronously and must have taken what it needs from the batch
 * when it returns: the caller sets `length` to 0 and fills it again.
 */
export interface FlowSink {
  readonly batch: FlowBatch;
  emit(): void;
}

/** Index of a fresh row in the sink's batch, emitting first when the batch is full. */
export function nextFlow(sink: FlowSink): number {
  if (sink.batch.length >= sink.batch.capacity) {
    sink.emit();
    sink.batch.length = 0;
  }
  return startFlow(sink.batch);
}

/** Emits what is left in the batch, if anything. */
export function flushFlows(sink: FlowSink): void {
  if (sink.batch.length > 0) {
    sink.emit();
    sink.batch.length = 0;
  }
}
