import { ADDRESS_BYTES, IP_PROTOCOL, parseAddress } from "@flowlens/flow";
import { concatBytes, internetChecksum, u16, u32 } from "./byte-writer.ts";

export interface Ipv4Fields {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly tos?: number;
  readonly id?: number;
  /** Bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  readonly moreFragments?: boolean;
  /** Multiple of 4 bytes, at most 40. */
  readonly options?: Uint8Array;
  /** What the header claims instead of the true length; 0 as segmentation offload leaves it. */
  readonly totalLength?: number;
}

export function ipv4(fields: Ipv4Fields, payload: Uint8Array): Uint8Array {
  const options = fields.options ?? new Uint8Array(0);
  const fragment = (fields.fragmentOffset ?? 0) / 8 + (fields.moreFragments === true ? 0x2000 : 0);
  const source = addressBytes(fields.source, 4);
  const destination = addressBytes(fields.destination, 4);
  const header = concatBytes(
    [0x40 | ((20 + options.length) / 4), fields.tos ?? 0],
    u16(fields.totalLength ?? 20 + options.length + payload.length),
    u16(fields.id ?? 0),
    u16(fragment),
    [64, fields.protocol],
    u16(0),
    source,
    destination,
    options,
  );
  header.set(u16(internetChecksum(header)), 10);
  const body =
    fragment === 0 ? withChecksum(fields.protocol, concatBytes(source, destination), payload) : payload;
  return concatBytes(header, body);
}

export interface Ipv6Fields {
  readonly source: string;
  readonly destination: string;
  /** Protocol of `payload`. */
  readonly protocol: number;
  readonly trafficClass?: number;
  /** Extension headers before the payload, in order. */
  readonly extensions?: readonly Ipv6Extension[];
  /** What the header claims instead of the true length. */
  readonly payloadLength?: number;
}

/** An extension header: its number, and its bytes after the next-header byte. */
export interface Ipv6Extension {
  readonly header: number;
  readonly rest: Uint8Array;
}

export function ipv6(fields: Ipv6Fields, payload: Uint8Array): Uint8Array {
  const extensions = fields.extensions ?? [];
  const order = [...extensions.map((extension) => extension.header), fields.protocol];
  const chain = concatBytes(...extensions.map((extension, i) => concatBytes([order[i + 1]], extension.rest)));
  const trafficClass = fields.trafficClass ?? 0;
  const source = addressBytes(fields.source, 16);
  const destination = addressBytes(fields.destination, 16);
  const isFragment = extensions.some((extension) => extension.header === FRAGMENT_HEADER);
  const body = isFragment
    ? payload
    : withChecksum(fields.protocol, concatBytes(source, destination), payload);
  return concatBytes(
    [0x60 | (trafficClass >> 4), (trafficClass & 0x0f) << 4, 0, 0],
    u16(fields.payloadLength ?? chain.length + payload.length),
    [order[0], 64],
    source,
    destination,
    chain,
    body,
  );
}

const FRAGMENT_HEADER = 44;

/** Hop-by-hop (0), routing (43) or destination options (60), padded to `units` × 8 bytes. */
export function ipv6Options(header: number, units = 1): Ipv6Extension {
  const rest = new Uint8Array(units * 8 - 1);
  rest[0] = units - 1;
  if (header !== 43) {
    // One PadN option over the whole space (RFC 8200 §4.2).
    rest[1] = 1;
    rest[2] = units * 8 - 4;
  }
  return { header, rest };
}

export function ipv6Fragment(id: number, offset: number, moreFragments: boolean): Ipv6Extension {
  return { header: FRAGMENT_HEADER, rest: concatBytes([0], u16(offset | (moreFragments ? 1 : 0)), u32(id)) };
}

/** Authentication header (RFC 4302) with an empty integrity value of `words` 32-bit words. */
export function ipv6Authentication(words = 3): Ipv6Extension {
  return { header: 51, rest: concatBytes([words + 1], u16(0), u32(1), u32(1), new Uint8Array(words * 4)) };
}

/** Cuts an IPv4 payload into fragments of at most `sizeBytes` (a multiple of 8) of it each. */
export function ipv4Fragments(fields: Ipv4Fields, payload: Uint8Array, sizeBytes: number): Uint8Array[] {
  const fragments: Uint8Array[] = [];
  for (let offset = 0; offset < payload.length; offset += sizeBytes) {
    const moreFragments = offset + sizeBytes < payload.length;
    const part = payload.subarray(offset, offset + sizeBytes);
    fragments.push(ipv4({ ...fields, fragmentOffset: offset, moreFragments }, part));
  }
  return fragments;
}

/** As `ipv4Fragments`, with a fragment header. */
export function ipv6Fragments(
  fields: Ipv6Fields,
  payload: Uint8Array,
  cut: { id: number; sizeBytes: number },
): Uint8Array[] {
  const fragments: Uint8Array[] = [];
  for (let offset = 0; offset < payload.length; offset += cut.sizeBytes) {
    const moreFragments = offset + cut.sizeBytes < payload.length;
    const extensions = [...(fields.extensions ?? []), ipv6Fragment(cut.id, offset, moreFragments)];
    fragments.push(ipv6({ ...fields, extensions }, payload.subarray(offset, offset + cut.sizeBytes)));
  }
  return fragments;
}

/** 4 or 16 bytes of a textual address; throws when it is not one of that width. */
function addressBytes(text: string, width: 4 | 16): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === undefined || text.includes(":") !== (width === 16)) {
    throw new Error(`${text} is no IPv${width === 4 ? 4 : 6} address`);
  }
  return bytes.slice(ADDRESS_BYTES - width);
}

const CHECKSUM_AT: Readonly<Record<number, number>> = {
  [IP_PROTOCOL.tcp]: 16,
  [IP_PROTOCOL.udp]: 6,
  [IP_PROTOCOL.icmpv6]: 2,
};

/** The payload with its checksum over the pseudo header (RFC 9293 §3.1, RFC 8200 §8.1). */
function withChecksum(protocol: number, addresses: Uint8Array, payload: Uint8Array): Uint8Array {
  const at = CHECKSUM_AT[protocol];
  if (at === undefined || payload.length < at + 2) return payload;
  const body = payload.slice();
  body.set([0, 0], at);
  const sum = internetChecksum(concatBytes(addresses, u32(body.length), u32(protocol), body));
  // A computed 0 is sent as all ones in UDP, where 0 means "none".
  body.set(u16(sum === 0 && protocol === IP_PROTOCOL.udp ? 0xffff : sum), at);
  return body;
}
