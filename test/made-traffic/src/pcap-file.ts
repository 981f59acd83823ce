import { CaptureBytes, type CapturedFrame } from "./capture-file.ts";

export interface PcapFileOptions {
  /** Default 1, Ethernet. */
  readonly linkType?: number;
  /** Default true. */
  readonly littleEndian?: boolean;
  /** Default false: microseconds. */
  readonly nanoseconds?: boolean;
  /** libpcap's patched format a1b2cd34 with 8 more bytes a record. Microseconds only. */
  readonly modified?: boolean;
}

/** A pcap file (draft-ietf-opsawg-pcap). */
export function pcapFile(frames: readonly CapturedFrame[], options: PcapFileOptions = {}): Uint8Array {
  const { linkType = 1, littleEndian = true, nanoseconds = false, modified = false } = options;
  const out = new CaptureBytes(littleEndian);
  const magic = nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  out
    .u32(modified ? 0xa1b2cd34 : magic)
    .u16(2, 4)
    .u32(0, 0, 262_144, linkType);
  for (const frame of frames) {
    const seconds = Math.floor(frame.timeMs / 1000);
    const fraction = (frame.timeMs - seconds * 1000) * (nanoseconds ? 1_000_000 : 1000);
    out.u32(seconds, Math.round(fraction), frame.bytes.length, frame.originalLength ?? frame.bytes.length);
    if (modified) out.u32(1).u16(0x0008, 0);
    out.bytes(frame.bytes);
  }
  return out.whole();
}
