import { IP_PROTOCOL, TCP_FLAG } from "@flowlens/flow";
import { ipLengthOf, packetsOfScript, type MadePacket } from "@flowlens/made-traffic";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { meterPackets, type Metered } from "./testing/meter-frames.ts";
import { fromClient } from "./testing/packets.ts";

const HOSTS = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1", "fd00::2"];

/** Steps of time that meet every rule: within a record, past each timeout, back a little, far ahead and far back. */
const step = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 500 }) },
  { weight: 5, arbitrary: fc.integer({ min: 500, max: 20_000 }) },
  { weight: 3, arbitrary: fc.integer({ min: -20_000, max: 0 }) },
  { weight: 1, arbitrary: fc.integer({ min: -90_000, max: 90_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(3_600_000, -3_600_000, 3e10, -3e10, Number.NaN) },
);

const packets: fc.Arbitrary<MadePacket[]> = fc
  .array(
    fc.record({
      step,
      pair: fc.constantFrom([0, 1], [1, 0], [0, 2], [2, 0], [3, 4], [4, 3]),
      port: fc.constantFrom(80, 443),
      protocol: fc.constantFrom(IP_PROTOCOL.tcp, IP_PROTOCOL.tcp, IP_PROTOCOL.udp, IP_PROTOCOL.icmp),
      tcpFlags: fc.constantFrom(
        TCP_FLAG.syn,
        TCP_FLAG.syn | TCP_FLAG.ack,
        TCP_FLAG.ack,
        TCP_FLAG.ack,
        TCP_FLAG.fin,
        TCP_FLAG.rst,
      ),
      payloadBytes: fc.nat({ max: 200 }),
    }),
    { maxLength: 300 },
  )
  .map((drawn) => {
    let time = 1_600_000_000_000;
    return drawn.map(({ step: by, pair, port, protocol, tcpFlags, payloadBytes }) => {
      if (!Number.isNaN(by)) time += by;
      const isTcp = protocol === IP_PROTOCOL.tcp;
      return fromClient(Number.isNaN(by) ? by : time, {
        source: HOSTS[pair[0]],
        destination: HOSTS[pair[1]],
        sourcePort: 1000 + pair[0],
        destinationPort: port,
        protocol,
        tcpFlags: isTcp ? tcpFlags : 0,
        payloadBytes,
      });
    });
  });

/** What holds of any packets whatever. */
function expectConserved(metered: Metered, given: readonly MadePacket[]): void {
  const { records, counters } = metered;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  expect(sum(records.map((record) => record.packets))).toBe(given.length);
  expect(sum(records.map((record) => record.bytes))).toBe(sum(given.map((packet) => ipLengthOf(packet))));
  expect(counters).toMatchObject({ packets: given.length, records: records.length });
  expect(counters.ip_bytes).toBe(sum(records.map((record) => record.bytes)));
  const { records_idle, records_active, records_tcp_end, records_pressure, records_finish } = counters;
  expect(records_idle + records_active + records_tcp_end + records_pressure + records_finish).toBe(
    counters.records,
  );
  for (const record of records) expect(record.packets).toBeGreaterThan(0);
}

/** Packets and bytes by directed key, in either list. */
function byKey(
  list: readonly {
    source: string;
    destination: string;
    srcPort?: number;
    sourcePort?: number;
    dstPort?: number;
    destinationPort?: number;
    protocol: number;
    packets?: number;
  }[],
) {
  const counts = new Map<string, number>();
  for (const one of list) {
    const isIcmp = one.protocol === IP_PROTOCOL.icmp;
    const ports = isIcmp ? "" : `${one.srcPort ?? one.sourcePort}>${one.dstPort ?? one.destinationPort}`;
    const key = `${one.source} ${one.destination} ${ports} ${one.protocol}`;
    counts.set(key, (counts.get(key) ?? 0) + (one.packets ?? 1));
  }
  return counts;
}

describe("metering any packets", () => {
  test("loses and doubles nothing, and keeps each direction of each conversation to itself", () => {
    fc.assert(
      fc.property(packets, fc.constantFrom(1, 2, 5, 1000), (given, maxFlows) => {
        const metered = meterPackets(given, { maxFlows });
        expectConserved(metered, given);
        expect(byKey(metered.records)).toEqual(byKey(given));
      }),
      { numRuns: 300 },
    );
  });

  test("makes no record longer than the active timeout, nor one that ends before it begins", () => {
    fc.assert(
      fc.property(packets, fc.constantFrom(100, 5000, 60_000), (given, activeTimeoutMs) => {
        for (const record of meterPackets(given, { activeTimeoutMs }).records) {
          expect(record.timeEnd).toBeGreaterThanOrEqual(record.timeStart);
          // Whole ms at both ends may add one.
          expect(record.timeEnd - record.timeStart).toBeLessThanOrEqual(activeTimeoutMs + 1);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("makes the same records with and without initiators", () => {
    fc.assert(
      fc.property(packets, (given) => {
        const without = meterPackets(given, { initiators: false }).records;
        const known = meterPackets(given).records;
        expect(known.map((record) => ({ ...record, initiator: 0 }))).toEqual(without);
      }),
      { numRuns: 100 },
    );
  });

  test("agrees with a scripted day: one record a direction, bytes as sent", () => {
    const given = packetsOfScript({
      dayMs: 1_700_000_000_000,
      seed: 11,
      lines: [
        {
          clients: ["10.1.0.1", "10.1.0.2"],
          servers: "10.2.0.1",
          port: 5432,
          count: 200,
          from: "09:00",
          to: "12:00",
          responseBytes: [10, 20_000],
        },
        {
          clients: "10.1.0.3",
          servers: "10.2.0.2",
          port: 53,
          protocol: "udp",
          count: 300,
          from: "00:00",
          to: "24:00",
        },
        {
          clients: "10.1.0.4",
          servers: ["10.2.0.1", "10.2.0.2"],
          port: 22,
          count: 20,
          from: "10:00",
          outcome: "refused",
        },
        {
          clients: "fd00::5",
          servers: "fd00::6",
          protocol: "icmp",
          count: 1,
          from: "11:00",
          rounds: 5,
          durationMs: 4000,
        },
      ],
    });
    const metered = meterPackets(given);
    expectConserved(metered, given);
    expect(metered.records).toHaveLength((400 + 300 + 40 + 1) * 2);
    expect(metered.counters).toMatchObject({
      records_active: 0,
      records_pressure: 0,
      packets_out_of_order: 0,
    });
  });
});
