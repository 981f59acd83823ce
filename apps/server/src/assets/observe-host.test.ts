import { NO_COUNTS } from "@flowlens/features";
import type { AssetStanding } from "#metadata-store";
import { describe, expect, it } from "vitest";
import { observeHost } from "./observe-host.ts";

const NOON = Date.UTC(2026, 2, 3, 12);
const HOUR_MS = 3_600_000;

/** Plenty of traffic that speaks for no type. */
const host = {
  address: "10.0.0.1",
  isInternal: true,
  counts: { ...NO_COUNTS, inboundConversations: 60, outboundConversations: 60, lastSeenMs: NOON },
};

const standing: AssetStanding = {
  id: 1,
  address: "10.0.0.1",
  type: "database",
  confidence: 0.8,
  method: "heuristic",
  confirmed: false,
  pinned: false,
  challenger: { type: "unknown", runs: 2 },
  lastSeen: new Date(NOON),
  describedTo: new Date(NOON),
};

function observed(toMs: number, before: AssetStanding | undefined) {
  return observeHost(host, {
    period: { fromMs: toMs - 24 * HOUR_MS, toMs },
    firstSeenMs: NOON - HOUR_MS,
    thresholds: { minConfidence: 0.5, minConversations: 100 },
    standing: before,
  });
}

describe("observeHost", () => {
  it("counts a run against the type in force only when its look-back ends later than the one before", () => {
    expect(observed(NOON, standing)).toMatchObject({
      decision: { type: "database", method: "heuristic" },
      challenger: { type: "unknown", runs: 2 },
    });
    expect(observed(NOON + 300_000, standing)).toMatchObject({
      decision: { type: "unknown", method: "none" },
      challenger: null,
    });
  });

  it("records when the host was first seen at all, and the end of its own traffic", () => {
    expect(observed(NOON, undefined)).toMatchObject({
      firstSeen: new Date(NOON - HOUR_MS),
      lastSeen: new Date(NOON),
      conversations: 120,
    });
  });
});
