import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FEATURES_V1, hostVector, NO_COUNTS, type HostCounts } from "./index.ts";

const HOST: HostCounts = {
  ...NO_COUNTS,
  inboundConversations: 60,
  outboundConversations: 20,
  bytesIn: 4000,
  bytesOut: 12_000,
  clients: 12,
  servers: 4,
  servedPorts: 5,
  servedWellKnownPorts: 2,
  servedEphemeralPorts: 1,
  usedPorts: 3,
  businessHourConversations: 56,
  activeHoursOfDay: 6,
  spanHours: 4,
  // 50 + 20 + 0 + 10 conversations an hour: Σx² = 3000
  hourlyConversationsSquareSum: 3000,
  tcpConversations: 60,
  udpConversations: 16,
  icmpConversations: 4,
  servesDatabasePort: true,
  servesStoragePort: false,
  servesWebPort: true,
  servesSshPort: false,
};

/** By hand from the definitions of spec §3.1. */
const BY_HAND: Readonly<Record<string, number>> = {
  inbound_flows_log: Math.log(61),
  outbound_flows_log: Math.log(21),
  inbound_bytes_log: Math.log(4001),
  outbound_bytes_log: Math.log(12_001),
  fan_in_count_log: Math.log(13),
  fan_out_count_log: Math.log(5),
  total_flows_log: Math.log(81),
  fan_in_ratio: 0.75,
  well_known_port_ratio: 0.4,
  ephemeral_port_ratio: 0.2,
  business_hours_ratio: 0.7,
  unique_dst_ports_log: Math.log(4),
  unique_src_ports_log: Math.log(6),
  active_hours_normalized: 0.25,
  // mean 20, squared deviations 900 + 0 + 400 + 100 = 1400, variance 350
  traffic_variance: Math.sqrt(350) / 20,
  has_db_ports: 1,
  has_storage_ports: 0,
  has_web_ports: 1,
  has_ssh_ports: 0,
  tcp_ratio: 0.75,
  udp_ratio: 0.2,
  icmp_ratio: 0.05,
  bytes_per_flow_log: Math.log(201),
  inbound_outbound_ratio: 0.75,
};

const MISSING_WITHOUT_TRAFFIC = [7, 8, 9, 10, 14, 19, 20, 21, 22, 23];

describe("the features.v1 vector", () => {
  test("has the 24 features in the order they were first given", () => {
    expect(FEATURES_V1.version).toBe("features.v1");
    expect(FEATURES_V1.features.map((feature) => feature.name)).toEqual(Object.keys(BY_HAND));
    expect(FEATURES_V1.features.map((feature) => feature.index)).toEqual(
      Object.keys(BY_HAND).map((_, index) => index),
    );
  });

  test.each(FEATURES_V1.features.map((feature) => [feature.name, feature.index] as const))(
    "gives %s as computed by hand",
    (name, index) => {
      expect(hostVector(HOST)[index]).toBeCloseTo(BY_HAND[name], 12);
    },
  );

  test("is missing exactly where a denominator is 0, and 0 elsewhere, for a host without traffic", () => {
    const vector = hostVector(NO_COUNTS);
    for (const [index, value] of vector.entries()) {
      if (MISSING_WITHOUT_TRAFFIC.includes(index)) expect(value, `feature ${index}`).toBeNaN();
      else expect(value, `feature ${index}`).toBe(0);
    }
  });

  test("declares as sometimes missing exactly the features that can be", () => {
    const declared = FEATURES_V1.features.filter((feature) => feature.missingWhen !== undefined);
    expect(declared.map((feature) => feature.index)).toEqual(MISSING_WITHOUT_TRAFFIC);
  });

  test("misses the port shares of a host that serves nothing, and nothing else", () => {
    const vector = hostVector({ ...HOST, servedPorts: 0, servedWellKnownPorts: 0, servedEphemeralPorts: 0 });
    expect(missing(vector)).toEqual([8, 9]);
  });

  test("misses the hourly unevenness under three hours and has it from three on", () => {
    expect(missing(hostVector({ ...HOST, spanHours: 2 }))).toEqual([14]);
    expect(missing(hostVector({ ...HOST, spanHours: 3 }))).toEqual([]);
  });

  test("counts the hours without traffic into the unevenness", () => {
    const steady = { ...HOST, spanHours: 4, hourlyConversationsSquareSum: 4 * 20 * 20 };
    expect(hostVector(steady)[14]).toBe(0);
    // The same 80 conversations, all in the first of four hours: mean 20, variance 1200.
    expect(hostVector({ ...steady, hourlyConversationsSquareSum: 80 * 80 })[14]).toBeCloseTo(
      Math.sqrt(1200) / 20,
      12,
    );
  });

  test("is the same whatever nobody answered, so that a scan moves neither the scanned nor the scanner", () => {
    const count = fc.nat({ max: 1_000_000 });
    fc.assert(
      fc.property(count, count, count, count, (unansweredIn, unansweredOut, refusedIn, refusedOut) => {
        const scanned = { ...HOST, unansweredIn, unansweredOut, refusedIn, refusedOut };
        expect(hostVector(scanned)).toEqual(hostVector(HOST));
      }),
    );
  });

  test("never holds an infinity, and shares stay between 0 and 1", () => {
    const counts = fc.record({
      inboundConversations: fc.nat(),
      outboundConversations: fc.nat(),
      bytesIn: fc.double({ min: 0, max: 1e18, noNaN: true }),
      bytesOut: fc.double({ min: 0, max: 1e18, noNaN: true }),
      clients: fc.nat(),
      servers: fc.nat(),
      spanHours: fc.nat({ max: 10_000 }),
      activeHoursOfDay: fc.integer({ min: 0, max: 24 }),
    });
    fc.assert(
      fc.property(counts, (some) => {
        const conversations = some.inboundConversations + some.outboundConversations;
        const vector = hostVector({
          ...NO_COUNTS,
          ...some,
          tcpConversations: conversations,
          hourlyConversationsSquareSum: conversations ** 2,
        });
        expect(vector).toHaveLength(24);
        for (const value of vector) expect(Math.abs(value)).not.toBe(Number.POSITIVE_INFINITY);
        for (const { index, unit } of FEATURES_V1.features) {
          if (unit === "share" && !Number.isNaN(vector[index])) expect(vector[index]).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

function missing(vector: Float64Array): number[] {
  return [...vector.keys()].filter((index) => Number.isNaN(vector[index]));
}
