import { ADDRESS_BYTES, IP_PROTOCOL, isIpv4, type FlowBatch } from "@flowlens/flow";

/** A field of a template that is sent: element, length, and how a row fills it. */
export interface SentField {
  readonly id: number;
  readonly lengthBytes: number;
  write(view: DataView, at: number, batch: FlowBatch, row: number): void;
}

export const IPV4_TEMPLATE = 256;
export const IPV6_TEMPLATE = 257;
export const OPTIONS_TEMPLATE = 258;

const u8 = (id: number, value: (batch: FlowBatch, row: number) => number): SentField => ({
  id,
  lengthBytes: 1,
  write: (view, at, batch, row) => view.setUint8(at, value(batch, row)),
});

const u16 = (id: number, value: (batch: FlowBatch, row: number) => number): SentField => ({
  id,
  lengthBytes: 2,
  write: (view, at, batch, row) => view.setUint16(at, value(batch, row)),
});

export const u32 = (id: number, value: (batch: FlowBatch, row: number) => number): SentField => ({
  id,
  lengthBytes: 4,
  write: (view, at, batch, row) => view.setUint32(at, value(batch, row)),
});

export const u64 = (id: number, value: (batch: FlowBatch, row: number) => number): SentField => ({
  id,
  lengthBytes: 8,
  write: (view, at, batch, row) => {
    const number = value(batch, row);
    view.setUint32(at, Math.floor(number / 4294967296));
    view.setUint32(at + 4, number % 4294967296);
  },
});

type AddressColumn = "srcAddr" | "dstAddr" | "nextHop";

/** A next hop of the other version of IP is written as zeros, "not said". */
const address = (id: number, column: AddressColumn, lengthBytes: 4 | 16): SentField => ({
  id,
  lengthBytes,
  write(view, at, batch, row) {
    const from = row * ADDRESS_BYTES;
    const isShort = isIpv4(batch[column], from);
    if (column === "nextHop" && isShort !== (lengthBytes === 4)) return;
    const skip = ADDRESS_BYTES - lengthBytes;
    for (let i = 0; i < lengthBytes; i++) view.setUint8(at + i, batch[column][from + skip + i]);
  },
});

/** What v9 and IPFIX share of a flow; ICMP type and code go where v5 put them, into the destination port. */
function sharedFields(): SentField[] {
  const isIcmp = (batch: FlowBatch, row: number) =>
    batch.ipProtocol[row] === IP_PROTOCOL.icmp || batch.ipProtocol[row] === IP_PROTOCOL.icmpv6;
  return [
    u32(10, (batch, row) => batch.inIf[row]),
    u32(14, (batch, row) => batch.outIf[row]),
    u64(1, (batch, row) => batch.bytes[row]),
    u32(2, (batch, row) => Math.min(batch.packets[row], 0xffffffff)),
    u16(7, (batch, row) => (isIcmp(batch, row) ? 0 : batch.srcPort[row])),
    u16(11, (batch, row) => (isIcmp(batch, row) ? batch.icmpTypeCode[row] : batch.dstPort[row])),
    u8(4, (batch, row) => batch.ipProtocol[row]),
    u8(6, (batch, row) => batch.tcpFlags[row]),
    u8(5, (batch, row) => batch.ipTos[row]),
    u8(61, (batch, row) => batch.direction[row]),
    u32(16, (batch, row) => batch.srcAs[row]),
    u32(17, (batch, row) => batch.dstAs[row]),
    u16(58, (batch, row) => batch.vlanSrc[row]),
    u16(59, (batch, row) => batch.vlanDst[row]),
  ];
}

/** The fields of both templates, with the times as the protocol carries them. */
export function sentTemplates(times: readonly SentField[]): {
  readonly ipv4: readonly SentField[];
  readonly ipv6: readonly SentField[];
} {
  const shared = [...times, ...sharedFields()];
  return {
    ipv4: [address(8, "srcAddr", 4), address(12, "dstAddr", 4), address(15, "nextHop", 4), ...shared],
    ipv6: [address(27, "srcAddr", 16), address(28, "dstAddr", 16), address(62, "nextHop", 16), ...shared],
  };
}

function recordBytesOf(fields: readonly SentField[]): number {
  return fields.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
}

export interface SendOptions {
  readonly headerBytes: number;
  /** Sets with templates and options, at the beginning of the first datagram. */
  readonly preamble: Uint8Array;
  /** Data records in the preamble. */
  readonly preambleRecords: number;
  readonly recordsPerDatagram: number | undefined;
  readonly fromRow: number | undefined;
  readonly toRow: number | undefined;
  readonly templates: ReturnType<typeof sentTemplates>;
  /** Writes the header of a finished datagram with so many data records. */
  header(view: DataView, dataRecords: number, allRecords: number): void;
}

/** The most that an IPv4 packet of 1500 bytes carries in UDP. */
const MAX_PAYLOAD_BYTES = 1_472;
/** Where the caller says how many records go into a datagram, only UDP bounds it. */
const MAX_DATAGRAM_BYTES = 65_000;
const SET_HEADER_BYTES = 4;

/** Rows as data sets in datagrams, in row order; a change of the IP version begins a new set. */
export function encodeDatagrams(
  batch: FlowBatch,
  options: SendOptions,
): { datagrams: Uint8Array[]; records: number } {
  const toRow = Math.min(batch.length, options.toRow ?? batch.length);
  const maxRecords = options.recordsPerDatagram ?? Infinity;
  const maxBytes = options.recordsPerDatagram === undefined ? MAX_PAYLOAD_BYTES : MAX_DATAGRAM_BYTES;
  const ipv4Bytes = recordBytesOf(options.templates.ipv4);
  const ipv6Bytes = recordBytesOf(options.templates.ipv6);
  const datagrams: Uint8Array[] = [];
  let records = 0;
  let row = options.fromRow ?? 0;
  while (row < toRow || (datagrams.length === 0 && options.preamble.length > 0)) {
    const preamble = datagrams.length === 0 ? options.preamble : new Uint8Array(0);
    const buffer = new Uint8Array(MAX_DATAGRAM_BYTES);
    const view = new DataView(buffer.buffer);
    buffer.set(preamble, options.headerBytes);
    let at = options.headerBytes + preamble.length;
    let setAt = -1;
    let setId = 0;
    let inDatagram = 0;
    const endSet = () => {
      if (setAt < 0) return;
      at += -(at - setAt) & 3;
      view.setUint16(setAt + 2, at - setAt);
    };
    for (; row < toRow && inDatagram < maxRecords; row++, inDatagram++) {
      const isShort =
        isIpv4(batch.srcAddr, row * ADDRESS_BYTES) && isIpv4(batch.dstAddr, row * ADDRESS_BYTES);
      const id = isShort ? IPV4_TEMPLATE : IPV6_TEMPLATE;
      const needs = (isShort ? ipv4Bytes : ipv6Bytes) + (id === setId ? 0 : SET_HEADER_BYTES) + 3;
      if (at + needs > maxBytes && inDatagram > 0) break;
      if (id !== setId) {
        endSet();
        setAt = at;
        setId = id;
        view.setUint16(at, id);
        at += SET_HEADER_BYTES;
      }
      for (const field of isShort ? options.templates.ipv4 : options.templates.ipv6) {
        field.write(view, at, batch, row);
        at += field.lengthBytes;
      }
    }
    endSet();
    const sent = inDatagram + (datagrams.length === 0 ? options.preambleRecords : 0);
    const datagram = buffer.slice(0, at);
    options.header(new DataView(datagram.buffer), sent, at);
    datagrams.push(datagram);
    records += inDatagram;
  }
  return { datagrams, records };
}

/** Bytes of 16-bit and 32-bit numbers, for sets that are written by hand. */
export function setOf(id: number, content: readonly number[]): Uint8Array {
  const padding = -content.length & 3;
  const length = SET_HEADER_BYTES + content.length + padding;
  return Uint8Array.from([
    ...be16(id),
    ...be16(length),
    ...content,
    ...Array.from({ length: padding }, () => 0),
  ]);
}

export function be16(value: number): number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

export function be32(value: number): number[] {
  return [(value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

export function templateRecord(id: number, fields: readonly SentField[]): number[] {
  return [
    ...be16(id),
    ...be16(fields.length),
    ...fields.flatMap((field) => [...be16(field.id), ...be16(field.lengthBytes)]),
  ];
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
