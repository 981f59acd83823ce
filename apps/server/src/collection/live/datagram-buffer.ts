/**
 * Received datagrams packed one after the other into one buffer, which moves between threads without being copied.
 * Each: a header of 40 bytes (length u32, sender u32, time of receipt f64, sender's address 16 bytes, its port u16,
 * endpoint u16, 4 unused; little endian), then the payload, filled up to a multiple of 8.
 */
const DATAGRAM_HEADER_BYTES = 40;
/** Holds the largest UDP payload several times. */
export const DATAGRAM_BUFFER_BYTES = 256 * 1024;

const AT = { length: 0, sender: 4, receivedAtMs: 8, address: 16, port: 32, endpoint: 34 } as const;
const LITTLE_ENDIAN = true;

export interface PackedDatagram {
  readonly sender: number;
  readonly receivedAtMs: number;
  /** 16 bytes, IPv4 mapped. */
  readonly address: Uint8Array;
  readonly port: number;
  readonly endpoint: number;
}

/** A buffer that is being filled. */
export interface DatagramBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  usedBytes: number;
  packets: number;
}

export function openDatagramBuffer(memory: ArrayBuffer): DatagramBuffer {
  return { bytes: new Uint8Array(memory), view: new DataView(memory), usedBytes: 0, packets: 0 };
}

/** Bytes that a payload takes in a buffer. */
export function packedBytes(payloadBytes: number): number {
  return DATAGRAM_HEADER_BYTES + ((payloadBytes + 7) & ~7);
}

/** Appends one datagram; the caller has seen that it fits. */
export function packDatagram(to: DatagramBuffer, payload: Uint8Array, about: PackedDatagram): void {
  const { view, bytes, usedBytes: at } = to;
  view.setUint32(at + AT.length, payload.length, LITTLE_ENDIAN);
  view.setUint32(at + AT.sender, about.sender, LITTLE_ENDIAN);
  view.setFloat64(at + AT.receivedAtMs, about.receivedAtMs, LITTLE_ENDIAN);
  bytes.set(about.address, at + AT.address);
  view.setUint16(at + AT.port, about.port, LITTLE_ENDIAN);
  view.setUint16(at + AT.endpoint, about.endpoint, LITTLE_ENDIAN);
  bytes.set(payload, at + DATAGRAM_HEADER_BYTES);
  to.usedBytes = at + packedBytes(payload.length);
  to.packets++;
}

/** Walks over the datagrams of a buffer; the fields describe the one that `next` moved to. */
export interface DatagramCursor {
  readonly bytes: Uint8Array;
  sender: number;
  receivedAtMs: number;
  /** Where the 16 bytes of the sender's address are. */
  addressAt: number;
  port: number;
  endpoint: number;
  /** The payload is bytes[start, end). */
  start: number;
  end: number;
  next(): boolean;
}

export function readDatagrams(memory: ArrayBuffer, usedBytes: number): DatagramCursor {
  const view = new DataView(memory);
  let at = 0;
  const cursor: DatagramCursor = {
    bytes: new Uint8Array(memory),
    sender: 0,
    receivedAtMs: 0,
    addressAt: 0,
    port: 0,
    endpoint: 0,
    start: 0,
    end: 0,
    next() {
      if (at >= usedBytes) return false;
      const length = view.getUint32(at + AT.length, LITTLE_ENDIAN);
      cursor.sender = view.getUint32(at + AT.sender, LITTLE_ENDIAN);
      cursor.receivedAtMs = view.getFloat64(at + AT.receivedAtMs, LITTLE_ENDIAN);
      cursor.addressAt = at + AT.address;
      cursor.port = view.getUint16(at + AT.port, LITTLE_ENDIAN);
      cursor.endpoint = view.getUint16(at + AT.endpoint, LITTLE_ENDIAN);
      cursor.start = at + DATAGRAM_HEADER_BYTES;
      cursor.end = cursor.start + length;
      at += packedBytes(length);
      return true;
    },
  };
  return cursor;
}
