import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SIGNALLING, type HostCounts } from "@flowlens/features";
import {
  classify,
  CORE_TYPES,
  fillSentence,
  hostFacts,
  knownService,
  nameService,
  PROFILES,
} from "./index.ts";
import { madeHost } from "./made-hosts.ts";

/** Ports that profiles look at, and any other. */
const port = fc.oneof(
  fc.constantFrom(
    22,
    25,
    53,
    67,
    80,
    88,
    102,
    123,
    135,
    137,
    161,
    389,
    443,
    445,
    502,
    554,
    631,
    636,
    1433,
    1883,
    1900,
    2049,
    2379,
  ),
  fc.constantFrom(
    3000,
    3128,
    3260,
    3268,
    3389,
    3478,
    5060,
    5353,
    5432,
    6379,
    6443,
    8080,
    8443,
    8883,
    9100,
    10_250,
    47_808,
  ),
  fc.integer({ min: 1, max: 65_535 }),
);
const portCounts = fc
  .tuple(
    fc.constantFrom("tcp" as const, "udp" as const),
    port,
    fc.integer({ min: 1, max: 5000 }),
    fc.integer({ min: 1, max: 100_000 }),
  )
  .map(
    ([transport, number, peers, conversations]) =>
      [transport, number, peers, Math.max(peers, conversations)] as const,
  );
const ports = fc.uniqueArray(portCounts, {
  maxLength: 12,
  selector: ([transport, number]) => `${transport}/${number}`,
});
const signalling = fc.uniqueArray(
  fc.record({
    kind: fc.nat({ max: SIGNALLING.length - 1 }),
    peers: fc.integer({ min: 1, max: 500 }),
    steadyPeers: fc.nat({ max: 3 }),
  }),
  { maxLength: 4, selector: (sent) => sent.kind },
);

const anyCounts: fc.Arbitrary<HostCounts> = fc
  .record({
    served: ports,
    used: ports,
    sent: signalling,
    spanHours: fc.integer({ min: 1, max: 400 }),
    activeShare: fc.double({ min: 0.05, max: 1, noNaN: true }),
    businessShare: fc.double({ min: 0, max: 1, noNaN: true }),
    insideClients: fc.double({ min: 0, max: 1, noNaN: true }),
    insideServers: fc.double({ min: 0, max: 1, noNaN: true }),
    bytesIn: fc.nat({ max: 2 ** 31 - 1 }),
    bytesOut: fc.nat({ max: 2 ** 31 - 1 }),
  })
  .map(({ sent, activeShare, ...made }) =>
    madeHost({
      ...made,
      activeHours: Math.max(1, Math.round(activeShare * made.spanHours)),
      signalling: sent.map(({ kind, peers, steadyPeers }) => ({ ...SIGNALLING[kind], peers, steadyPeers })),
    }),
  );

describe("the profiles as data", () => {
  test.each(PROFILES.map((profile) => [profile.name, profile] as const))(
    "the weights for %s sum to 1",
    (_, profile) => {
      expect(profile.signalsFor.reduce((sum, signal) => sum + signal.weight, 0)).toBeCloseTo(1, 10);
    },
  );

  test("every weight lies above 0 and at most at 1", () => {
    const weights = PROFILES.flatMap((profile) =>
      [...profile.signalsFor, ...profile.signalsAgainst].map((signal) => signal.weight),
    );
    expect(weights.filter((weight) => !(weight > 0 && weight <= 1))).toEqual([]);
  });

  test("every core type has a profile, and names within a profile are its own", () => {
    expect(new Set(PROFILES.flatMap((profile) => profile.type ?? []))).toEqual(new Set(CORE_TYPES));
    expect(new Set(PROFILES.map((profile) => profile.name)).size).toBe(PROFILES.length);
    for (const profile of PROFILES) {
      const names = [...profile.signalsFor, ...profile.signalsAgainst].map((signal) => signal.name);
      expect(new Set(names).size, profile.name).toBe(names.length);
    }
  });

  test("a port is named with its service where one is known, by transport", () => {
    expect(nameService(6, 5432)).toBe("PostgreSQL (5432/tcp)");
    expect(knownService(17, 5432)).toBeUndefined();
    expect(nameService(6, 8081)).toBe("8081/tcp");
    expect(nameService(47, 0)).toBe("protocol 47");
  });
});

describe("whatever a host did", () => {
  test("each signal is between 0 and 1 strong and its sentence has no placeholder left", () => {
    fc.assert(
      fc.property(anyCounts, fc.boolean(), (counts, internal) => {
        const facts = hostFacts(counts, internal);
        for (const profile of PROFILES) {
          for (const signal of [...profile.signalsFor, ...profile.signalsAgainst]) {
            const sighting = signal.look(facts);
            if (sighting === undefined) continue;
            expect(sighting.strength, `${profile.name}.${signal.name}`).toBeGreaterThanOrEqual(0);
            expect(sighting.strength, `${profile.name}.${signal.name}`).toBeLessThanOrEqual(1);
            if (sighting.strength > 0)
              expect(fillSentence(signal.sentence, sighting.words)).not.toMatch(
                /[{}]|undefined|NaN|Infinity/,
              );
          }
        }
      }),
    );
  });

  test("scores and confidence stay between 0 and 1, and a type is answered only at the thresholds", () => {
    fc.assert(
      fc.property(anyCounts, fc.boolean(), (counts, internal) => {
        const answer = classify(counts, { internal });
        for (const score of [...Object.values(answer.scores), answer.confidence, answer.roleConfidence]) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(1);
        }
        if (answer.type === "unknown") {
          expect(answer.missing).not.toEqual([]);
          expect(answer.method).toBe("none");
        } else {
          expect(answer.confidence).toBeGreaterThanOrEqual(0.5);
          expect(counts.inboundConversations + counts.outboundConversations).toBeGreaterThanOrEqual(100);
          expect(answer.type).toBe(answer.candidate);
          expect(answer.missing).toEqual([]);
        }
      }),
    );
  });

  test("attempts that nobody answered change nothing, from either side", () => {
    const many = fc.nat({ max: 10_000_000 });
    fc.assert(
      fc.property(anyCounts, many, many, many, (counts, unansweredIn, unansweredOut, refused) => {
        const scanned = { ...counts, unansweredIn, unansweredOut, refusedIn: refused, refusedOut: refused };
        expect(classify(scanned, { internal: true })).toEqual(classify(counts, { internal: true }));
      }),
    );
  });

  test("a sweep over the ports of routing protocols that nobody answers makes no router", () => {
    fc.assert(
      fc.property(anyCounts, fc.integer({ min: 1, max: 100_000 }), (counts, peers) => {
        const quiet = { ...counts, signalling: [] };
        const sweep = SIGNALLING.map(({ protocol, port: number }) => ({
          protocol,
          port: number,
          peers,
          steadyPeers: 0,
        }));
        expect(classify({ ...counts, signalling: sweep }, { internal: true })).toEqual(
          classify(quiet, { internal: true }),
        );
      }),
    );
  });

  test("the same counts give the same answer", () => {
    fc.assert(
      fc.property(anyCounts, (counts) => {
        expect(classify(counts, { internal: true })).toEqual(
          classify(JSON.parse(JSON.stringify(counts)) as HostCounts, { internal: true }),
        );
      }),
    );
  });
});

describe("a sentence", () => {
  test("without a word for a placeholder is a mistake that is named", () => {
    expect(() => fillSentence("serves {service}", { clients: "2" })).toThrow(
      '"serves {service}" has no word for {service}',
    );
  });
});
