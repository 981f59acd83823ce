import { readU16, readU32 } from "./byte-order.ts";

/** What an interface description block says of its packets. */
export interface PcapngInterface {
  readonly linkType: number;
  /** 0 = no limit. */
  readonly snapLength: number;
  readonly ticksPerSecond: number;
  /** Added to every timestamp. */
  readonly offsetSeconds: number;
}

const OPTION = { end: 0, timestampResolution: 9, timestampOffset: 14 } as const;
const DEFAULT_TICKS_PER_SECOND = 1_000_000;

/**
 * Reads the body of an interface description block in `bytes[at, end)`, at least 8 bytes.
 * An option whose length leads out of the block ends the options: what they say is not needed to go on.
 */
export function readInterface(
  bytes: Uint8Array,
  at: number,
  end: number,
  littleEndian: boolean,
): PcapngInterface {
  let ticksPerSecond = DEFAULT_TICKS_PER_SECOND;
  let offsetSeconds = 0;
  let optionAt = at + 8;
  while (end - optionAt >= 4) {
    const code = readU16(bytes, optionAt, littleEndian);
    const length = readU16(bytes, optionAt + 2, littleEndian);
    const valueAt = optionAt + 4;
    if (code === OPTION.end || end - valueAt < length) break;
    if (code === OPTION.timestampResolution && length >= 1) {
      // if_tsresol: the highest bit chooses between powers of two and of ten.
      const resolution = bytes[valueAt];
      ticksPerSecond = resolution & 0x80 ? 2 ** (resolution & 0x7f) : 10 ** resolution;
    } else if (code === OPTION.timestampOffset && length >= 8) {
      const high = readU32(bytes, valueAt + (littleEndian ? 4 : 0), littleEndian) | 0;
      const low = readU32(bytes, valueAt + (littleEndian ? 0 : 4), littleEndian);
      offsetSeconds = high * 2 ** 32 + low;
    }
    optionAt = valueAt + length + ((4 - (length & 3)) & 3);
  }
  return {
    linkType: readU16(bytes, at, littleEndian),
    snapLength: readU32(bytes, at + 4, littleEndian),
    ticksPerSecond,
    offsetSeconds,
  };
}

/** ms since 1970 of a 64-bit timestamp. A double holds today's time in ms to a quarter of a microsecond. */
export function timestampMsOf(of: PcapngInterface, high: number, low: number): number {
  const ticks = high * 2 ** 32 + low;
  const ticksPerMs = of.ticksPerSecond / 1000;
  const ms = ticksPerMs >= 1 ? ticks / ticksPerMs : (ticks * 1000) / of.ticksPerSecond;
  return ms + of.offsetSeconds * 1000;
}
