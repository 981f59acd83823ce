import { ipv4, ipv4Fragments, ipv6Fragments, udp } from "@flowlens/made-traffic";
import { describe, expect, test } from "vitest";
import { meterFrames } from "./testing/meter-frames.ts";

const V4 = { source: "10.0.0.1", destination: "10.0.0.2", protocol: 17 };
const V6 = { source: "fd00::1", destination: "fd00::2", protocol: 17 };
const DATAGRAM = udp({ sourcePort: 2049, destinationPort: 700 }, new Uint8Array(4000));

function at(times: readonly number[], packets: readonly Uint8Array[]) {
  return packets.map((bytes, i) => ({ timeMs: times[i] ?? times[times.length - 1], bytes }));
}

describe("fragments", () => {
  test.each([
    ["IPv4", ipv4Fragments({ ...V4, id: 77 }, DATAGRAM, 1480)],
    ["IPv6", ipv6Fragments(V6, DATAGRAM, { id: 0x12345678, sizeBytes: 1232 })],
  ])("of %s get the ports of the first, and every one counts as a packet", (_, fragments) => {
    const { records, counters } = meterFrames(at([0], fragments));
    expect(records).toMatchObject([{ srcPort: 2049, dstPort: 700, packets: fragments.length }]);
    expect(records[0].bytes).toBe(fragments.reduce((sum, packet) => sum + packet.length, 0));
    expect(counters).toMatchObject({
      fragments_attributed: fragments.length - 1,
      fragments_without_ports: 0,
    });
  });

  test("that come before the first have no ports, and are counted", () => {
    const fragments = ipv4Fragments({ ...V4, id: 77 }, DATAGRAM, 1480).toReversed();
    const { records, counters } = meterFrames(at([0], fragments));
    expect(records.map((record) => [record.srcPort, record.dstPort, record.packets])).toEqual([
      [0, 0, 2],
      [2049, 700, 1],
    ]);
    expect(counters).toMatchObject({ fragments_attributed: 0, fragments_without_ports: 2 });
  });

  test("do not get the ports of another id, host or protocol", () => {
    const [first] = ipv4Fragments({ ...V4, id: 77 }, DATAGRAM, 1480);
    const later = (fields: object) => ipv4Fragments({ ...V4, id: 77, ...fields }, DATAGRAM, 1480)[1];
    const others = [
      later({ id: 78 }),
      later({ source: "10.0.0.9" }),
      later({ destination: "10.0.0.9" }),
      later({ protocol: 132 }),
    ];
    const { counters } = meterFrames(at([0], [first, ...others]));
    expect(counters).toMatchObject({ fragments_attributed: 0, fragments_without_ports: 4 });
  });

  test("do not get the ports of a datagram of minutes ago with the same id", () => {
    const [first, second, third] = ipv4Fragments({ ...V4, id: 77 }, DATAGRAM, 1480);
    const { counters } = meterFrames(at([0, 59_000, 61_000], [first, second, third]));
    expect(counters).toMatchObject({ fragments_attributed: 1, fragments_without_ports: 1 });
  });

  test("of many datagrams at once are mostly attributed, in bounded memory", () => {
    const firsts: Uint8Array[] = [];
    const laters: Uint8Array[] = [];
    for (let id = 0; id < 2000; id++) {
      const fields = { ...V4, source: `10.0.${id >> 8}.${id & 0xff}`, id, moreFragments: true };
      firsts.push(ipv4(fields, DATAGRAM.subarray(0, 64)));
      laters.push(ipv4({ ...fields, fragmentOffset: 64 }, DATAGRAM.subarray(64, 128)));
    }
    const { counters } = meterFrames(at([0], [...firsts, ...laters]));
    expect(counters.fragments_attributed + counters.fragments_without_ports).toBe(2000);
    // 2000 balls in 4096 bins leave about 78 % of them undisturbed by a later one.
    expect(counters.fragments_attributed).toBeGreaterThan(1400);
  });
});
