import { ethernet } from "./link.ts";
import { packetBytes, type MadePacket } from "./made-packet.ts";

/** A frame as a capture file holds it. */
export interface CapturedFrame {
  readonly timeMs: number;
  readonly bytes: Uint8Array;
  /** Bytes on the wire; default all that is there. */
  readonly originalLength?: number;
  /** pcapng: index of the interface, default 0. */
  readonly interfaceId?: number;
}

/** Ethernet frames of made packets, each cut to `snapLength` captured bytes: copies, so that a cut frees memory. */
export function ethernetFrames(packets: readonly MadePacket[], snapLength = 262_144): CapturedFrame[] {
  return packets.map((packet) => {
    const frame = ethernet(packetBytes(packet).bytes);
    return { timeMs: packet.timeMs, bytes: frame.slice(0, snapLength), originalLength: frame.length };
  });
}

/** Writes numbers in the byte order of the machine that captured. */
export class CaptureBytes {
  readonly #parts: Uint8Array[] = [];
  readonly littleEndian: boolean;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  u16(...values: readonly number[]): this {
    return this.#numbers(values, 2);
  }

  u32(...values: readonly number[]): this {
    return this.#numbers(values, 4);
  }

  bytes(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    return this;
  }

  whole(): Uint8Array {
    const whole = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #numbers(values: readonly number[], width: 2 | 4): this {
    const view = new DataView(new ArrayBuffer(values.length * width));
    for (const [i, value] of values.entries()) {
      if (width === 2) view.setUint16(i * 2, value, this.littleEndian);
      else view.setUint32(i * 4, value, this.littleEndian);
    }
    return this.bytes(new Uint8Array(view.buffer));
  }
}
