import { readU16, readU32 } from "./byte-order.ts";
import { MAX_BLOCK_BYTES, MAX_CAPTURED_BYTES, MAX_INTERFACES } from "./limits.ts";
import { PCAPNG_SECTION_HEADER } from "./looks-like-pcap.ts";
import type { PcapReading } from "./pcap-reading.ts";
import { readInterface, timestampMsOf, type PcapngInterface } from "./pcapng-interface.ts";
import type { RecordStep } from "./record-feed.ts";

const BLOCK = { interface: 1, obsoletePacket: 2, simplePacket: 3, enhancedPacket: 6 } as const;

/** Type, length and the repeated length: what every block has. */
const MIN_BLOCK_BYTES = 12;
const MIN_SECTION_HEADER_BYTES = 28;
const MIN_INTERFACE_BYTES = 20;
const MIN_SIMPLE_PACKET_BYTES = 16;
const MIN_PACKET_BYTES = 32;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** The record step of a pcapng file (draft-ietf-opsawg-pcapng): one block at a time. */
export function pcapngStep(reading: PcapReading): RecordStep {
  const { counters, onPacket } = reading;
  let littleEndian = false;
  let interfaces: PcapngInterface[] = [];
  let latestMs = 0;

  /** A section header sets the byte order of what follows, its own length included. */
  function readByteOrder(bytes: Uint8Array, at: number): boolean {
    const big = readU32(bytes, at + 8, false);
    if (big === BYTE_ORDER_MAGIC) littleEndian = false;
    else if (readU32(bytes, at + 8, true) === BYTE_ORDER_MAGIC) littleEndian = true;
    else return false;
    return true;
  }

  function startSection(bytes: Uint8Array, at: number, total: number): number {
    if (total < MIN_SECTION_HEADER_BYTES) return tooShort("section header", total);
    const major = readU16(bytes, at + 12, littleEndian);
    if (major !== 1)
      return reading.fail(`the section header says pcapng version ${major}; only version 1 exists`);
    counters.sections++;
    interfaces = [];
    return total;
  }

  function addInterface(bytes: Uint8Array, at: number, total: number): number {
    if (total < MIN_INTERFACE_BYTES) return tooShort("interface description", total);
    if (interfaces.length >= MAX_INTERFACES) {
      return reading.fail(`a section describes more than ${MAX_INTERFACES} interfaces`);
    }
    interfaces.push(readInterface(bytes, at + 8, at + total - 4, littleEndian));
    counters.interfaces++;
    return total;
  }

  function handOn(
    bytes: Uint8Array,
    start: number,
    captured: number,
    onWire: number,
    from: PcapngInterface,
  ): void {
    counters.packets++;
    counters.captured_bytes += captured;
    if (onWire > captured) counters.packets_cut++;
    onPacket(bytes, start, captured, Math.max(captured, onWire), latestMs, from.linkType);
  }

  /** Enhanced and obsolete packet blocks differ in the width of the interface id only. */
  function readPacket(bytes: Uint8Array, at: number, total: number, interfaceId: number): number {
    if (total < MIN_PACKET_BYTES) return tooShort("packet", total);
    const captured = readU32(bytes, at + 20, littleEndian);
    if (captured > total - MIN_PACKET_BYTES || captured > MAX_CAPTURED_BYTES) {
      return reading.fail(`a packet block of ${total} bytes says it holds ${captured} bytes of a packet`);
    }
    const from = interfaces[interfaceId];
    if (from === undefined) {
      counters.packets_without_interface++;
      return total;
    }
    latestMs = timestampMsOf(
      from,
      readU32(bytes, at + 12, littleEndian),
      readU32(bytes, at + 16, littleEndian),
    );
    handOn(bytes, at + 28, captured, readU32(bytes, at + 24, littleEndian), from);
    return total;
  }

  function readSimplePacket(bytes: Uint8Array, at: number, total: number): number {
    if (total < MIN_SIMPLE_PACKET_BYTES) return tooShort("simple packet", total);
    const from = interfaces[0];
    if (from === undefined) {
      counters.packets_without_interface++;
      return total;
    }
    const onWire = readU32(bytes, at + 8, littleEndian);
    const snapLength = from.snapLength === 0 ? MAX_CAPTURED_BYTES : from.snapLength;
    const captured = Math.min(onWire, snapLength);
    if (captured > total - MIN_SIMPLE_PACKET_BYTES || captured > MAX_CAPTURED_BYTES) {
      return reading.fail(
        `a simple packet block of ${total} bytes says it holds ${captured} bytes of a packet`,
      );
    }
    counters.packets_without_time++;
    handOn(bytes, at + 12, captured, onWire, from);
    return total;
  }

  function tooShort(what: string, total: number): 0 {
    return reading.fail(`a ${what} block says it is ${total} bytes long, which is too short for one`);
  }

  return (bytes, at, end) => {
    if (end - at < MIN_BLOCK_BYTES) return -MIN_BLOCK_BYTES;
    const isSectionHeader = readU32(bytes, at, false) === PCAPNG_SECTION_HEADER;
    if (isSectionHeader && !readByteOrder(bytes, at)) {
      return reading.fail("a section header lacks the byte-order magic 1a2b3c4d");
    }
    const total = readU32(bytes, at + 4, littleEndian);
    if (total < MIN_BLOCK_BYTES || total % 4 !== 0 || total > MAX_BLOCK_BYTES) {
      return reading.fail(
        `a block says it is ${total} bytes long; it must be a multiple of 4 between ${MIN_BLOCK_BYTES} and ${MAX_BLOCK_BYTES}`,
      );
    }
    if (end - at < total) return -total;
    const repeated = readU32(bytes, at + total - 4, littleEndian);
    if (repeated !== total) {
      return reading.fail(
        `a block says it is ${total} bytes long at its beginning and ${repeated} at its end`,
      );
    }
    if (isSectionHeader) return startSection(bytes, at, total);
    switch (readU32(bytes, at, littleEndian)) {
      case BLOCK.interface:
        return addInterface(bytes, at, total);
      case BLOCK.enhancedPacket:
        return readPacket(
          bytes,
          at,
          total,
          total < MIN_PACKET_BYTES ? 0 : readU32(bytes, at + 8, littleEndian),
        );
      case BLOCK.obsoletePacket:
        return readPacket(
          bytes,
          at,
          total,
          total < MIN_PACKET_BYTES ? 0 : readU16(bytes, at + 8, littleEndian),
        );
      case BLOCK.simplePacket:
        return readSimplePacket(bytes, at, total);
      default:
        counters.blocks_skipped++;
        return total;
    }
  };
}
