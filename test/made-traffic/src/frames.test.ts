import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  concatBytes,
  conversationsOf,
  createRandom,
  internetChecksum,
  ipLengthOf,
  ipv4,
  ipv6,
  packetBytes,
  packetsOfScript,
  tcp,
  u32,
  udp,
  type NetworkScript,
} from "./index.ts";

const V4 = { source: "192.0.2.1", destination: "198.51.100.2" };
const V6 = { source: "2001:db8::1", destination: "2001:db8::2" };
const SCRIPT: NetworkScript = {
  dayMs: Date.UTC(2026, 2, 2),
  seed: 1,
  lines: [
    {
      clients: ["10.0.0.1", "10.0.0.2"],
      servers: "10.0.0.9",
      port: 443,
      count: 20,
      from: "09:00",
      to: "09:30",
    },
    {
      clients: "fd00::1",
      servers: "fd00::9",
      port: 53,
      protocol: "udp",
      count: 5,
      from: "23:59",
      to: "24:00",
    },
    { clients: "10.0.0.1", servers: "10.0.0.9", protocol: "icmp", count: 2, from: "12:00", rounds: [1, 3] },
  ],
};

describe("made packets", () => {
  test("have checksums that hold", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 65_535 }), (payload, sourcePort) => {
        const segment = { sourcePort, destinationPort: 443, flags: 16 };
        for (const [protocol, transport] of [
          [6, tcp(segment, payload)],
          [17, udp(segment, payload)],
        ] as const) {
          const v4 = ipv4({ ...V4, protocol }, transport);
          expect(internetChecksum(v4.subarray(0, 20))).toBe(0);
          expect(
            internetChecksum(
              concatBytes(v4.subarray(12, 20), u32(v4.length - 20), u32(protocol), v4.subarray(20)),
            ),
          ).toBe(0);
          const v6 = ipv6({ ...V6, protocol }, transport);
          expect(
            internetChecksum(
              concatBytes(v6.subarray(8, 40), u32(v6.length - 40), u32(protocol), v6.subarray(40)),
            ),
          ).toBe(0);
        }
      }),
    );
  });

  test("are as long as they say", () => {
    for (const packet of packetsOfScript(SCRIPT)) {
      const { bytes, originalLength } = packetBytes(packet);
      expect(bytes).toHaveLength(ipLengthOf(packet));
      expect(originalLength).toBe(bytes.length);
      expect(packetBytes(packet, 60).bytes.length).toBe(Math.min(60, bytes.length));
    }
  });

  test("refuse an address of the other version", () => {
    expect(() => ipv4({ ...V4, source: "fd00::1", protocol: 6 }, new Uint8Array(0))).toThrow(
      "fd00::1 is no IPv4 address",
    );
    expect(() => ipv6({ ...V6, source: "10.0.0.1", protocol: 6 }, new Uint8Array(0))).toThrow(
      "10.0.0.1 is no IPv6 address",
    );
  });
});

describe("a network script", () => {
  test("yields its packets in order of time, within its hours", () => {
    const packets = packetsOfScript(SCRIPT);
    const times = packets.map((packet) => packet.timeMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(SCRIPT.dayMs + 9 * 3_600_000);
    for (const conversation of conversationsOf(SCRIPT).filter((one) => one.serverPort === 443)) {
      expect(conversation.startMs).toBeLessThan(SCRIPT.dayMs + 9.5 * 3_600_000);
    }
  });

  test("opens as many conversations as asked for, each from a port of its own", () => {
    const conversations = conversationsOf(SCRIPT);
    expect(conversations).toHaveLength(40 + 5 + 2);
    const tuples = conversations
      .filter((one) => one.protocol !== "icmp")
      .map((one) => `${one.client} ${one.clientPort}`);
    expect(new Set(tuples).size).toBe(45);
  });

  test.each([
    [{ from: "9:00" }, '"9:00" is no time of day; write HH:MM'],
    [{ from: "24:01" }, '"24:01" is no time of day; write HH:MM'],
    [{ from: "10:00", to: "10:00" }, "a line from 10:00 to 10:00 takes no time"],
  ])("refuses %j", (fields, message) => {
    const line = { clients: "10.0.0.1", servers: "10.0.0.2", port: 1, count: 1, ...fields };
    expect(() => conversationsOf({ dayMs: 0, seed: 1, lines: [line] })).toThrow(message);
  });

  test("refuses TCP without a port", () => {
    const line = { clients: "10.0.0.1", servers: "10.0.0.2", count: 1, from: "10:00" };
    expect(() => conversationsOf({ dayMs: 0, seed: 1, lines: [line] })).toThrow("a tcp line needs a port");
  });
});

describe("random numbers", () => {
  test("repeat with their seed and cover their range evenly", () => {
    const draw = (seed: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 6000 }, () => random.between(1, 6));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    for (const seed of [0, 1, 2, 0xffffffff]) {
      const values = draw(seed);
      for (let face = 1; face <= 6; face++) {
        const share = values.filter((value) => value === face).length / values.length;
        expect(share).toBeGreaterThan(0.14);
        expect(share).toBeLessThan(0.2);
      }
    }
  });

  test("are true as often as asked", () => {
    const random = createRandom(3);
    const hits = Array.from({ length: 5000 }, () => random.chance(0.25)).filter(Boolean).length;
    expect(hits / 5000).toBeGreaterThan(0.22);
    expect(hits / 5000).toBeLessThan(0.28);
  });
});
