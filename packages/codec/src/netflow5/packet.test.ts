import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collectFlows } from "../testing/collected-flows.ts";
import { decodeNetflow5 } from "./decode.ts";
import { HEADER_BYTES, RECORD_BYTES } from "./layout.ts";
import {
  createNetflow5Packet,
  exportTimeMs,
  engineOf,
  readNetflow5Packet,
  samplingRateOf,
} from "./packet.ts";

/** A datagram of `records` records that claims `count`; its header fields all differ. */
function datagram(records: number, count = records): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + records * RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 5);
  view.setUint16(2, count);
  view.setUint32(4, 3_600_000);
  view.setUint32(8, 1_700_000_000);
  view.setUint32(12, 123_999_999);
  view.setUint32(16, 0xfffffff0);
  view.setUint8(20, 2);
  view.setUint8(21, 7);
  view.setUint16(22, 0x8064);
  return bytes;
}

describe("the header of a NetFlow v5 datagram", () => {
  it("is read field by field, big-endian and unsigned", () => {
    const packet = createNetflow5Packet();
    expect(readNetflow5Packet(datagram(2), 0, HEADER_BYTES + 2 * RECORD_BYTES, packet)).toBe("ok");
    expect(packet).toEqual({
      sysUptimeMs: 3_600_000,
      unixSecs: 1_700_000_000,
      unixNsecs: 123_999_999,
      flowSequence: 0xfffffff0,
      engineType: 2,
      engineId: 7,
      samplingMode: 2,
      samplingInterval: 100,
      claimedRecords: 2,
      records: 2,
      recordsAt: HEADER_BYTES,
      timesClamped: 0,
    });
    expect([exportTimeMs(packet), engineOf(packet), samplingRateOf(packet)]).toEqual([
      1_700_000_000_123, 0x207, 100,
    ]);
  });

  it("says no sampling as a rate of 1, and counts an interval under mode 0 too", () => {
    const packet = createNetflow5Packet();
    const bytes = datagram(0);
    bytes.set([0, 0], 22);
    readNetflow5Packet(bytes, 0, bytes.length, packet);
    expect(samplingRateOf(packet)).toBe(1);
    bytes.set([0, 50], 22);
    readNetflow5Packet(bytes, 0, bytes.length, packet);
    expect([packet.samplingMode, samplingRateOf(packet)]).toEqual([0, 50]);
  });
});

describe("a datagram that is not what it says", () => {
  const packet = createNetflow5Packet();

  it("is too short below its header, at every length", () => {
    const bytes = datagram(3);
    for (let length = 0; length < HEADER_BYTES; length++) {
      expect(readNetflow5Packet(bytes, 0, length, packet)).toBe("too_short");
      expect(packet.records).toBe(0);
    }
  });

  it("keeps the whole records that are there, cut at every length", () => {
    const bytes = datagram(3);
    for (let length = HEADER_BYTES; length < bytes.length; length++) {
      expect(readNetflow5Packet(bytes, 0, length, packet)).toBe("count_lies");
      expect(packet.records).toBe(Math.floor((length - HEADER_BYTES) / RECORD_BYTES));
      expect(packet.claimedRecords).toBe(3);
    }
  });

  it("keeps no more records than it claims, and says that bytes are left", () => {
    const bytes = datagram(5, 2);
    expect(readNetflow5Packet(bytes, 0, bytes.length, packet)).toBe("trailing_bytes");
    expect(packet.records).toBe(2);
  });

  it("holds nothing when it claims nothing", () => {
    expect(readNetflow5Packet(datagram(0), 0, HEADER_BYTES, packet)).toBe("ok");
    expect(packet.records).toBe(0);
  });

  it("is refused under another version", () => {
    const bytes = datagram(1);
    bytes[1] = 9;
    expect(readNetflow5Packet(bytes, 0, bytes.length, packet)).toBe("wrong_version");
    expect(packet.records).toBe(0);
  });

  it("is read only between the offsets it was given", () => {
    const bytes = new Uint8Array(300);
    bytes.set(datagram(2), 100);
    expect(readNetflow5Packet(bytes, 100, 100 + HEADER_BYTES + 2 * RECORD_BYTES, packet)).toBe("ok");
    expect(packet.recordsAt).toBe(100 + HEADER_BYTES);
    expect(readNetflow5Packet(bytes, 100, 1_000_000, packet)).toBe("trailing_bytes");
    expect(readNetflow5Packet(bytes, 299, 1_000_000, packet)).toBe("too_short");
    expect(readNetflow5Packet(bytes, 400, 500, packet)).toBe("too_short");
    expect(readNetflow5Packet(bytes, 100, 90, packet)).toBe("too_short");
  });
});

describe("any bytes", () => {
  it("decode without throwing, to no more rows than there is room for", () => {
    const headed = fc
      .uint8Array({ maxLength: 400 })
      .chain((tail) => fc.constantFrom(Uint8Array.from([0, 5, ...tail]), Uint8Array.from(tail)));
    fc.assert(
      fc.property(headed, fc.nat(420), fc.nat(420), (bytes, start, end) => {
        const collected = collectFlows(3);
        const packet = createNetflow5Packet();
        decodeNetflow5(bytes, start, end, { packet, exporter: new Uint8Array(16), sink: collected.sink });
        const room = Math.max(0, Math.min(end, bytes.length) - start - HEADER_BYTES);
        expect(packet.records).toBeLessThanOrEqual(Math.floor(room / RECORD_BYTES));
        const flows = collected.flows();
        expect(flows).toHaveLength(packet.records);
        for (const flow of flows) expect(flow.timeEnd).toBeGreaterThanOrEqual(flow.timeStart);
      }),
    );
  });
});
