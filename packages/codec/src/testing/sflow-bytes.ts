/** sFlow version 5 written by hand, word by word: what the encoder never sends can be made here. */

/** Bytes of words in network order. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(i * 4, value);
  return bytes;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Data format, length and content of a sample or record, filled up to whole words; `length` lies where it is given. */
export function item(format: number, content: Uint8Array, length = content.length): Uint8Array {
  return joined(words(format, length), content, new Uint8Array((4 - (content.length % 4)) % 4));
}

/** A counted text, filled up to whole words. */
export function xdrText(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  return joined(words(bytes.length), bytes, new Uint8Array((4 - (bytes.length % 4)) % 4));
}

export interface FlowSampleFields {
  readonly sequence?: number;
  readonly source?: number;
  readonly rate?: number;
  readonly drops?: number;
  readonly input?: number;
  readonly output?: number;
  /** What the sample says instead of the true number of records. */
  readonly count?: number;
  readonly length?: number;
}

export function flowSample(records: readonly Uint8Array[], fields: FlowSampleFields = {}): Uint8Array {
  const { sequence = 1, source = 3, rate = 100, drops = 0, input = 3, output = 4 } = fields;
  const head = words(sequence, source, rate, 1, drops, input, output, fields.count ?? records.length);
  return item(1, joined(head, ...records), fields.length);
}

/** Fields as pairs of format and value. */
export function expandedFlowSample(
  records: readonly Uint8Array[],
  fields: { readonly input: readonly [number, number]; readonly output: readonly [number, number] },
): Uint8Array {
  const head = words(1, 0, 3, 100, 1, 0, ...fields.input, ...fields.output, records.length);
  return item(3, joined(head, ...records));
}

/** A raw packet header record. */
export function rawHeader(
  packet: Uint8Array,
  fields: { readonly protocol?: number; readonly frameLength?: number; readonly headerLength?: number } = {},
): Uint8Array {
  const { protocol = 1, frameLength = packet.length + 4, headerLength = packet.length } = fields;
  return item(1, joined(words(protocol, frameLength, 4, headerLength), packet));
}

export interface DatagramFields {
  /** 4 or 16 bytes. */
  readonly agent?: readonly number[];
  readonly subAgent?: number;
  readonly sequence?: number;
  readonly uptimeMs?: number;
  readonly count?: number;
}

export function sflowDatagram(samples: readonly Uint8Array[], fields: DatagramFields = {}): Uint8Array {
  const { agent = [192, 0, 2, 9], subAgent = 7, sequence = 1, uptimeMs = 1_000_000 } = fields;
  return joined(
    words(5, agent.length === 4 ? 1 : 2),
    Uint8Array.from(agent),
    words(subAgent, sequence, uptimeMs, fields.count ?? samples.length),
    ...samples,
  );
}
