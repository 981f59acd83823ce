import { CaptureBytes, type CapturedFrame } from "./capture-file.ts";

export interface PcapngInterfaceOptions {
  /** Default 1, Ethernet. */
  readonly linkType?: number;
  /** Default 0: no limit. */
  readonly snapLength?: number;
  /** if_tsresol as stored: 6 = µs (default, not written), 9 = ns, 0x80 + n = 2^-n s. */
  readonly timestampResolution?: number;
  /** if_tsoffset, seconds. */
  readonly timestampOffsetSeconds?: number;
}

export interface PcapngSectionOptions {
  /** Default true. */
  readonly littleEndian?: boolean;
  /** Default one Ethernet interface. */
  readonly interfaces?: readonly PcapngInterfaceOptions[];
  /** Which block carries the packets. Default enhanced. */
  readonly packetBlock?: "enhanced" | "simple" | "obsolete";
}

/** One section of a pcapng file (draft-ietf-opsawg-pcapng); sections concatenated make a file. */
export function pcapngSection(
  frames: readonly CapturedFrame[],
  options: PcapngSectionOptions = {},
): Uint8Array {
  const { littleEndian = true, interfaces = [{}], packetBlock = "enhanced" } = options;
  const out = new CaptureBytes(littleEndian);
  const body = () => new CaptureBytes(littleEndian);
  out.bytes(
    pcapngBlock(
      0x0a0d0d0a,
      body().u32(0x1a2b3c4d).u16(1, 0).u32(0xffffffff, 0xffffffff).whole(),
      littleEndian,
    ),
  );
  for (const one of interfaces) out.bytes(pcapngBlock(1, interfaceBody(one, littleEndian), littleEndian));
  for (const frame of frames) {
    const id = frame.interfaceId ?? 0;
    const [high, low] = ticksOf(frame.timeMs, interfaces[id] ?? {});
    const original = frame.originalLength ?? frame.bytes.length;
    const lengths = [frame.bytes.length, original] as const;
    if (packetBlock === "simple") {
      out.bytes(pcapngBlock(3, body().u32(original).bytes(frame.bytes).whole(), littleEndian));
    } else if (packetBlock === "obsolete") {
      out.bytes(
        pcapngBlock(
          2,
          body()
            .u16(id, 0)
            .u32(high, low, ...lengths)
            .bytes(frame.bytes)
            .whole(),
          littleEndian,
        ),
      );
    } else {
      out.bytes(
        pcapngBlock(
          6,
          body()
            .u32(id, high, low, ...lengths)
            .bytes(frame.bytes)
            .whole(),
          littleEndian,
        ),
      );
    }
  }
  return out.whole();
}

/** A block of any type around its body, padded to 32 bits. */
export function pcapngBlock(type: number, body: Uint8Array, littleEndian = true): Uint8Array {
  const padding = new Uint8Array((4 - (body.length % 4)) % 4);
  const total = 12 + body.length + padding.length;
  return new CaptureBytes(littleEndian).u32(type, total).bytes(body).bytes(padding).u32(total).whole();
}

function interfaceBody(options: PcapngInterfaceOptions, littleEndian: boolean): Uint8Array {
  const out = new CaptureBytes(littleEndian).u16(options.linkType ?? 1, 0).u32(options.snapLength ?? 0);
  if (options.timestampResolution !== undefined) {
    out.u16(9, 1).bytes(Uint8Array.of(options.timestampResolution, 0, 0, 0));
  }
  if (options.timestampOffsetSeconds !== undefined) {
    const offset = options.timestampOffsetSeconds;
    const words = [Math.floor(offset / 2 ** 32), offset >>> 0];
    out.u16(14, 8).u32(...(littleEndian ? words.toReversed() : words));
  }
  return out.u16(0, 0).whole();
}

function ticksOf(timeMs: number, options: PcapngInterfaceOptions): [high: number, low: number] {
  const resolution = options.timestampResolution ?? 6;
  const perSecond = resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution;
  const sinceOffsetMs = timeMs - (options.timestampOffsetSeconds ?? 0) * 1000;
  const ticks = (BigInt(Math.round(sinceOffsetMs * 1000)) * BigInt(perSecond)) / 1_000_000n;
  return [Number(ticks >> 32n), Number(ticks & 0xffffffffn)];
}
