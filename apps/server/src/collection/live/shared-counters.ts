/**
 * Counters in memory that all threads of the collector see. Each has one writer at a time, so nothing needs a lock, and
 * they outlive a thread that dies: what it had in hand can be told from them.
 */

/** Of one receiver. `accepted` = packed into a buffer; `sent` = handed to the decoder; `settled` = its records are with the spool or counted as lost. */
const RECEIVER_FIELDS = [
  "heartbeatMs",
  "accepted",
  "sent",
  "sentBytes",
  "settled",
  "decodedBytes",
  "decoded",
  "lost",
  "refusedOthers",
] as const;
/** Of one endpoint of one receiver. */
const ENDPOINT_FIELDS = ["packets", "bytes", "refused", "queueDrops", "errors"] as const;
/** Of the decoder. */
const DECODER_FIELDS = ["heartbeatMs", "records", "storedRecords", "droppedRecords", "faults"] as const;

export type CounterBlock<Field extends string> = Record<Field, number>;
export type ReceiverCounters = CounterBlock<(typeof RECEIVER_FIELDS)[number]>;
export type EndpointCounters = CounterBlock<(typeof ENDPOINT_FIELDS)[number]>;
export type DecoderCounters = CounterBlock<(typeof DECODER_FIELDS)[number]>;

interface Place {
  readonly values: Float64Array;
  readonly base: number;
}

/** Blocks of one kind share their accessors, so that counting a packet stays an addition. */
function blockOf<Field extends string>(fields: readonly Field[]) {
  const accessors: PropertyDescriptorMap & ThisType<Place> = {};
  for (const [offset, field] of fields.entries()) {
    accessors[field] = {
      get(this: Place) {
        return this.values[this.base + offset];
      },
      set(this: Place, value: number) {
        this.values[this.base + offset] = value;
      },
    };
  }
  const prototype = Object.defineProperties({}, accessors);
  return (values: Float64Array, base: number): CounterBlock<Field> =>
    Object.assign(Object.create(prototype) as CounterBlock<Field>, { values, base });
}

const decoderBlock = blockOf(DECODER_FIELDS);
const receiverBlock = blockOf(RECEIVER_FIELDS);
const endpointBlock = blockOf(ENDPOINT_FIELDS);

export interface SharedCounters {
  readonly memory: SharedArrayBuffer;
  readonly decoder: DecoderCounters;
  readonly receivers: readonly ReceiverCounters[];
  /** By receiver, then by endpoint. */
  readonly endpoints: readonly (readonly EndpointCounters[])[];
}

export interface CounterShape {
  readonly receivers: number;
  readonly endpoints: number;
}

/** All zero, or those of the memory that another thread made of the same shape. */
export function shareCounters(
  { receivers, endpoints }: CounterShape,
  memory?: SharedArrayBuffer,
): SharedCounters {
  const receiverSize = RECEIVER_FIELDS.length + endpoints * ENDPOINT_FIELDS.length;
  const numbers = DECODER_FIELDS.length + receivers * receiverSize;
  const shared = memory ?? new SharedArrayBuffer(numbers * Float64Array.BYTES_PER_ELEMENT);
  const values = new Float64Array(shared);
  const bases = Array.from({ length: receivers }, (_, r) => DECODER_FIELDS.length + r * receiverSize);
  return {
    memory: shared,
    decoder: decoderBlock(values, 0),
    receivers: bases.map((base) => receiverBlock(values, base)),
    endpoints: bases.map((base) =>
      Array.from({ length: endpoints }, (_, e) =>
        endpointBlock(values, base + RECEIVER_FIELDS.length + e * ENDPOINT_FIELDS.length),
      ),
    ),
  };
}
