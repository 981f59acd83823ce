import { readU16, readU32 } from "./byte-order.ts";
import { MAX_CAPTURED_BYTES } from "./limits.ts";
import { PCAP_MAGIC } from "./looks-like-pcap.ts";
import type { PcapReading } from "./pcap-reading.ts";
import type { RecordStep } from "./record-feed.ts";

const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const MODIFIED_RECORD_HEADER_BYTES = 24;
const SUPPORTED_MAJOR_VERSION = 2;

/** The record step of a pcap file (draft-ietf-opsawg-pcap): first the file header, then one record at a time. */
export function classicStep(reading: PcapReading): RecordStep {
  const { counters, onPacket } = reading;
  let headerRead = false;
  let littleEndian = false;
  let fractionsPerMs = 1000;
  let recordHeaderBytes = RECORD_HEADER_BYTES;
  let linkType = 0;

  function readFileHeader(bytes: Uint8Array, at: number, end: number): number {
    if (end - at < FILE_HEADER_BYTES) return -FILE_HEADER_BYTES;
    const magic = readU32(bytes, at, false);
    littleEndian =
      magic === PCAP_MAGIC.microsecondsSwapped ||
      magic === PCAP_MAGIC.nanosecondsSwapped ||
      magic === PCAP_MAGIC.modifiedSwapped;
    if (magic === PCAP_MAGIC.nanoseconds || magic === PCAP_MAGIC.nanosecondsSwapped)
      fractionsPerMs = 1_000_000;
    if (magic === PCAP_MAGIC.modified || magic === PCAP_MAGIC.modifiedSwapped) {
      recordHeaderBytes = MODIFIED_RECORD_HEADER_BYTES;
    }
    const major = readU16(bytes, at + 4, littleEndian);
    if (major !== SUPPORTED_MAJOR_VERSION) {
      return reading.fail(
        `the pcap header says version ${major}; only version ${SUPPORTED_MAJOR_VERSION} exists`,
      );
    }
    // The upper half of the field is about a trailing frame check sequence and other properties, not the type.
    linkType = readU32(bytes, at + 20, littleEndian) & 0xffff;
    headerRead = true;
    counters.sections = 1;
    counters.interfaces = 1;
    return FILE_HEADER_BYTES;
  }

  return (bytes, at, end) => {
    if (!headerRead) return readFileHeader(bytes, at, end);
    if (end - at < recordHeaderBytes) return -recordHeaderBytes;
    const captured = readU32(bytes, at + 8, littleEndian);
    if (captured > MAX_CAPTURED_BYTES) {
      return reading.fail(
        `a record says it holds ${captured} bytes of a packet; no capture holds more than ${MAX_CAPTURED_BYTES}`,
      );
    }
    const total = recordHeaderBytes + captured;
    if (end - at < total) return -total;
    const seconds = readU32(bytes, at, littleEndian);
    const fraction = readU32(bytes, at + 4, littleEndian);
    const onWire = readU32(bytes, at + 12, littleEndian);
    counters.packets++;
    counters.captured_bytes += captured;
    if (onWire > captured) counters.packets_cut++;
    onPacket(
      bytes,
      at + recordHeaderBytes,
      captured,
      Math.max(captured, onWire),
      seconds * 1000 + fraction / fractionsPerMs,
      linkType,
    );
    return total;
  };
}
