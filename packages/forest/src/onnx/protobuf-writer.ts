import { createByteWriter } from "../byte-writer.ts";

/**
 * Writes one protobuf message (protobuf.dev/programming-guides/encoding). By hand, since ONNX needs nine message types
 * for writing only: the code generated from onnx.proto and its runtime would be many times as long.
 */
export interface MessageWriter {
  int(field: number, value: number): void;
  text(field: number, value: string): void;
  message(field: number, write: (inner: MessageWriter) => void): void;
  /** Repeated, packed. */
  ints(field: number, values: Iterable<number>): void;
  /** Repeated, packed. */
  floats(field: number, values: Iterable<number>): void;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** @param write fills the message; numbers are whole and not below 0 */
export function protobufMessage(write: (message: MessageWriter) => void): Uint8Array<ArrayBuffer> {
  const out = createByteWriter();

  function delimited(field: number, bytes: Uint8Array): void {
    out.varint(field * 8 + LENGTH_DELIMITED);
    out.varint(bytes.length);
    out.bytes(bytes);
  }

  write({
    int(field, value) {
      out.varint(field * 8 + VARINT);
      out.varint(value);
    },
    text: (field, value) => delimited(field, new TextEncoder().encode(value)),
    message: (field, inner) => delimited(field, protobufMessage(inner)),
    ints(field, values) {
      const packed = createByteWriter();
      for (const value of values) packed.varint(value);
      delimited(field, packed.take());
    },
    floats(field, values) {
      const packed = createByteWriter();
      for (const value of values) packed.f32(value);
      delimited(field, packed.take());
    },
  });
  return out.take();
}
