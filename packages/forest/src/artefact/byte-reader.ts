import { ForestFileError } from "./file-error.ts";

/**
 * Reads what ByteWriter wrote. Each read first looks whether the bytes are there, so that nothing is made room for
 * that the file does not hold.
 *
 * @throws ForestFileError malformed, naming the part and what is wrong
 */
export interface ByteReader {
  u8(): number;
  u16(): number;
  u32(): number;
  f64(): number;
  varint(): number;
  text(): string;
  bytes(length: number): Uint8Array;
  /** A varint that counts things of at least so many bytes each, all of which are still to come in this part. */
  count(leastBytes: number): number;
  f64s(count: number): Float64Array<ArrayBuffer>;
  left(): number;
  /** Refuses what follows behind the end of a part. */
  end(): void;
  refuse(what: string): never;
}

/** Bytes of a varint of up to 53 bits. */
const MAX_VARINT_BYTES = 8;

export function createByteReader(of: Uint8Array, part: string): ByteReader {
  const view = new DataView(of.buffer, of.byteOffset, of.byteLength);
  let at = 0;

  function refuse(what: string): never {
    throw new ForestFileError("malformed", `The model file's part ${part}: ${what}.`);
  }

  function need(bytes: number): number {
    if (bytes > of.length - at) refuse(`${bytes} bytes are announced, ${of.length - at} are left`);
    at += bytes;
    return at - bytes;
  }

  function varint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = of[need(1)];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value <= Number.MAX_SAFE_INTEGER ? value : refuse("a number is too large");
      scale *= 0x80;
    }
    return refuse("a number is too long");
  }

  return {
    u8: () => of[need(1)],
    u16: () => view.getUint16(need(2), true),
    u32: () => view.getUint32(need(4), true),
    f64: () => view.getFloat64(need(8), true),
    varint,
    text() {
      const length = varint();
      const from = need(length);
      try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
          of.subarray(from, from + length),
        );
      } catch {
        return refuse("a text is not UTF-8");
      }
    },
    bytes(length) {
      const from = need(length);
      return of.subarray(from, from + length);
    },
    count(leastBytes) {
      const count = varint();
      if (count * leastBytes > of.length - at) {
        refuse(`${count} entries are announced, ${of.length - at} bytes are left`);
      }
      return count;
    },
    f64s(count) {
      const from = need(count * 8);
      return Float64Array.from({ length: count }, (_, i) => view.getFloat64(from + i * 8, true));
    },
    left: () => of.length - at,
    end() {
      if (at < of.length) refuse(`${of.length - at} bytes too many`);
    },
    refuse,
  };
}
