/** Bytes that grow at their end; numbers are little endian. */
export interface ByteWriter {
  u8(value: number): void;
  u16(value: number): void;
  u32(value: number): void;
  f32(value: number): void;
  f64(value: number): void;
  /** Seven bits a byte, the lowest first; the high bit says that more follow (LEB128). 0 to 2^53 - 1. */
  varint(value: number): void;
  /** Length in bytes as a varint, then UTF-8. */
  text(value: string): void;
  bytes(value: Uint8Array): void;
  take(): Uint8Array<ArrayBuffer>;
}

export function createByteWriter(): ByteWriter {
  let memory = new Uint8Array(1024);
  let view = new DataView(memory.buffer);
  let length = 0;

  function reserve(more: number): number {
    if (length + more > memory.length) {
      const larger = new Uint8Array(2 * (length + more));
      larger.set(memory.subarray(0, length));
      memory = larger;
      view = new DataView(memory.buffer);
    }
    length += more;
    return length - more;
  }

  function varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      const at = reserve(1);
      memory[at] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    const at = reserve(1);
    memory[at] = rest;
  }

  function bytes(value: Uint8Array): void {
    const at = reserve(value.length);
    memory.set(value, at);
  }

  return {
    // The offset is taken first, since reserving may move the memory.
    u8: (value) => {
      const at = reserve(1);
      memory[at] = value;
    },
    u16: (value) => {
      const at = reserve(2);
      view.setUint16(at, value, true);
    },
    u32: (value) => {
      const at = reserve(4);
      view.setUint32(at, value, true);
    },
    f32: (value) => {
      const at = reserve(4);
      view.setFloat32(at, value, true);
    },
    f64: (value) => {
      const at = reserve(8);
      view.setFloat64(at, value, true);
    },
    varint,
    text: (value) => {
      const encoded = new TextEncoder().encode(value);
      varint(encoded.length);
      bytes(encoded);
    },
    bytes,
    take: () => memory.slice(0, length),
  };
}
