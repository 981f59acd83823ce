import { ethernetFrames, link, packetsOfScript } from "@flowlens/made-traffic";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createPacketHeaders,
  hasIp,
  LINK_TYPE,
  PARSE_RESULT,
  PARSE_RESULT_NAMES,
  parsePacket,
  type PacketHeaders,
} from "./index.ts";

const LINK_TYPES = [...Object.values(LINK_TYPE), 147, 65_535];

/** What must hold after any packet, whatever its bytes were. */
function expectSound(read: PacketHeaders, result: number, end: number): void {
  expect(PARSE_RESULT_NAMES[result]).toBeTypeOf("string");
  expect(read.ipVersion !== 0).toBe(hasIp(result as 0));
  for (const value of Object.values(read)) expect(Number.isSafeInteger(value)).toBe(true);
  if (read.ipVersion === 0) return;
  const width = read.ipVersion === 4 ? 4 : 16;
  expect(read.srcAddrAt + width).toBeLessThanOrEqual(end);
  expect(read.dstAddrAt + width).toBeLessThanOrEqual(end);
  expect(read.ipAt).toBeLessThan(read.transportAt);
  expect(read.transportAt).toBeLessThanOrEqual(read.payloadAt);
  expect(read.payloadAt).toBeLessThanOrEqual(read.payloadEnd);
  expect(read.payloadEnd).toBeLessThanOrEqual(end);
  expect(read.ipProtocol).toBeLessThanOrEqual(255);
  expect(read.ipLength).toBeLessThanOrEqual(65_575);
}

describe("parsePacket with arbitrary bytes", () => {
  test("never throws, always ends and stays inside the packet", () => {
    const into = createPacketHeaders();
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom(...LINK_TYPES),
        fc.nat({ max: 20 }),
        (bytes, linkType, start) => {
          const from = Math.min(start, bytes.length);
          expectSound(into, parsePacket(bytes, from, bytes.length, linkType, into), bytes.length);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("reads the same from a packet alone as from the middle of other bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom(...LINK_TYPES),
        fc.uint8Array({ maxLength: 40 }),
        (packet, linkType, noise) => {
          const alone = createPacketHeaders();
          const result = parsePacket(packet, 0, packet.length, linkType, alone);
          const among = createPacketHeaders();
          const bytes = Uint8Array.from([...noise, ...packet, ...noise]);
          expect(parsePacket(bytes, noise.length, noise.length + packet.length, linkType, among)).toBe(
            result,
          );
          const shift = alone.ipVersion === 0 ? 0 : noise.length;
          for (const name of [
            "ipAt",
            "srcAddrAt",
            "dstAddrAt",
            "transportAt",
            "payloadAt",
            "payloadEnd",
          ] as const) {
            alone[name] += shift;
          }
          expect(among).toEqual(alone);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("survives a real frame with any bytes overwritten and any length cut", () => {
    const script = {
      dayMs: 0,
      seed: 3,
      lines: [
        { clients: "10.0.0.1", servers: "10.0.0.2", port: 443, count: 2, from: "09:00" },
        { clients: "fd00::1", servers: "fd00::2", port: 53, protocol: "udp", count: 2, from: "09:00" },
      ],
    } as const;
    const frames = ethernetFrames(packetsOfScript(script)).map((frame) => frame.bytes);
    frames.push(
      ...frames.map((frame) => link.ethernet(frame.subarray(14), { vlans: [1, 2], mplsLabels: [3, 4] })),
    );
    const into = createPacketHeaders();
    const overwrite = fc.array(fc.tuple(fc.nat({ max: 80 }), fc.integer({ min: 0, max: 255 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(fc.constantFrom(...frames), overwrite, fc.nat({ max: 200 }), (frame, changes, cut) => {
        const bytes = frame.slice();
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const end = Math.max(0, bytes.length - cut);
        expectSound(into, parsePacket(bytes, 0, end, LINK_TYPE.ethernet, into), end);
      }),
      { numRuns: 3000 },
    );
  });

  test("names every result in snake case", () => {
    expect(PARSE_RESULT_NAMES).toHaveLength(Object.keys(PARSE_RESULT).length);
    expect(PARSE_RESULT_NAMES[PARSE_RESULT.laterFragment]).toBe("later_fragment");
    expect(PARSE_RESULT_NAMES[PARSE_RESULT.linkUnsupported]).toBe("link_unsupported");
  });
});
