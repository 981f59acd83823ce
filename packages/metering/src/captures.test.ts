import { readFileSync } from "node:fs";
import { createPcapReader, type FileEnd, type PcapCounters } from "@flowlens/codec";
import { createPacketHeaders, parsePacket, PARSE_RESULT, PARSE_RESULT_NAMES } from "@flowlens/packet";
import { describe, expect, test } from "vitest";
import { createMeter, METER_DEFAULTS, type MeterCounters } from "./index.ts";
import { collectInto, type MeteredRecord } from "./testing/meter-frames.ts";
import { capture, CAPTURES_MISSING, pcapNames } from "./testing/third-party.ts";

const CHUNK_BYTES = 65_536;

/** Frames that are broken rather than of another protocol; a capture here holds one at most. */
const NOT_WHOLE = ["link_cut", "ip_cut", "ip_malformed", "tags_too_many", "link_unsupported"];

interface MeteredCapture {
  readonly records: readonly MeteredRecord[];
  readonly counters: Readonly<MeterCounters>;
  readonly reader: Readonly<PcapCounters>;
  readonly end: FileEnd;
  /** Packets by what became of them. */
  readonly results: ReadonlyMap<string, number>;
  readonly isPcapng: boolean;
  readonly fileBytes: number;
}

function meterCapture(name: string): MeteredCapture {
  const records: MeteredRecord[] = [];
  const results = new Map<string, number>();
  const meter = createMeter(collectInto(records, 1000));
  const headers = createPacketHeaders();
  const reader = createPcapReader((bytes, start, capturedLength, originalLength, timestampMs, linkType) => {
    const result = PARSE_RESULT_NAMES[parsePacket(bytes, start, start + capturedLength, linkType, headers)];
    results.set(result, (results.get(result) ?? 0) + 1);
    meter.packet(headers, bytes, timestampMs, originalLength);
  });
  const file = readFileSync(capture(name));
  for (let at = 0; at < file.length; at += CHUNK_BYTES) reader.push(file.subarray(at, at + CHUNK_BYTES));
  const end = reader.finish();
  meter.finish();
  return {
    records,
    counters: meter.counters,
    reader: reader.counters,
    end,
    results,
    isPcapng: file.readUInt32BE(0) === 0x0a0d0d0a,
    fileBytes: file.length,
  };
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

describe.skipIf(CAPTURES_MISSING !== undefined)(
  `captures ${CAPTURES_MISSING ?? "are read and metered"}`,
  () => {
    const names = pcapNames();

    test("there are any", () => {
      expect(names.length).toBeGreaterThan(0);
    });

    test.each(names)("%s: whole, every packet accounted for, every record sound", (name) => {
      const { records, counters, reader, end, results } = meterCapture(name);
      expect(end).toEqual({ complete: true });
      expect(reader.packets_without_interface).toBe(0);
      if (name.endsWith(".pcap") && reader.blocks_skipped === 0 && reader.sections === 1) {
        const fileBytes = readFileSync(capture(name));
        const isClassic = fileBytes.readUInt32BE(0) !== 0x0a0d0d0a;
        if (isClassic) expect(24 + reader.packets * 16 + reader.captured_bytes).toBe(fileBytes.length);
      }
      expect(sum(results.values())).toBe(reader.packets);
      expect(counters.packets + counters.packets_without_ip).toBe(reader.packets);
      expect(sum(NOT_WHOLE.map((result) => results.get(result) ?? 0))).toBeLessThanOrEqual(1);

      expect(sum(records.map((record) => record.packets))).toBe(counters.packets);
      expect(sum(records.map((record) => record.bytes))).toBe(counters.ip_bytes);
      expect(counters.records).toBe(records.length);
      for (const record of records) {
        expect(record.timeEnd - record.timeStart).toBeLessThanOrEqual(METER_DEFAULTS.activeTimeoutMs + 1);
        expect(record.timeEnd).toBeGreaterThanOrEqual(record.timeStart);
        expect(record.bytes).toBeGreaterThanOrEqual(record.packets * 20);
      }
    });

    // Counted with tshark 4 by addresses, ports and protocol of the outermost IP header.
    test.each([
      ["protocols/nDPI__pcap_gnutella.pcap", 3882, 523_142],
      ["protocols/my-pcaps__BFD_20-0.0-1414618039.pcap", 14_433, 1_029_740],
      ["ad_lab_elcabezzonn/windows_miscellany.pcap", 1557, 594_045],
      ["nku_lifecycle/plug.pcap", 6428, 1_234_731],
    ])("%s: as many IP packets and bytes as tshark counts", (name, packets, bytes) => {
      expect(names).toContain(name);
      expect(meterCapture(name).counters).toMatchObject({ packets, ip_bytes: bytes });
    });

    test("the one packet of WinXP.pcap that claims to be of months later stays with its neighbours", () => {
      const { records, counters } = meterCapture("ics_s4x15/WinXP.pcap");
      expect(counters).toMatchObject({ times_repaired: 1, clock_jumps: 0 });
      const last = Math.max(...records.map((record) => record.timeEnd));
      expect(last).toBe(1_421_154_269_092);
    });

    test("fragmented AFS replies carry the ports of their first fragments", () => {
      const { counters, results } = meterCapture("protocols/tcpdump__tests_afs.pcap");
      const later = results.get(PARSE_RESULT_NAMES[PARSE_RESULT.laterFragment]);
      expect(counters.fragments_attributed).toBeGreaterThan(100);
      expect(counters.fragments_attributed + counters.fragments_without_ports).toBe(later);
    });
  },
);
