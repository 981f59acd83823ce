import type { AssetDetail, Reason } from "@flowlens/contract";
import { describe, expect, it } from "vitest";
import { subjectOf, verdictOf } from "./verdict.ts";

function reason(direction: Reason["direction"], sentence: string): Reason {
  return { name: "x", direction, effect: 0.2, sentence };
}

function asset(fields: Partial<AssetDetail>, reasons: Reason[] = []): AssetDetail {
  return {
    asset_type: "database",
    confidence: 0.934,
    classification_method: "heuristic",
    confirmed: false,
    engine: {
      asset_type: "database",
      confidence: 0.934,
      method: "heuristic",
      runner_up: null,
      model_version: null,
    },
    explanation: {
      reasons,
      runner_up: { asset_type: "server", confidence: 0.21 },
      missing: [],
    },
    ...fields,
  } as unknown as AssetDetail;
}

describe("the sentence over an asset", () => {
  it("says what it is, why, what speaks against it, and what else it could be", () => {
    const verdict = verdictOf(
      asset({}, [
        reason("for", "serves PostgreSQL (5432/tcp) to 12 clients"),
        reason("for", "is active in 24 hours of the day"),
        reason("against", "opened 40 conversations"),
      ]),
    );
    expect(verdict).toEqual({
      lead: "It is a database.",
      confidence: 0.934,
      because: "Because it serves PostgreSQL (5432/tcp) to 12 clients; is active in 24 hours of the day.",
      against: "Against it: it opened 40 conversations.",
      otherwise: "If not, a server (0.21).",
      disagreement: undefined,
    });
  });

  it("counts the reasons that it leaves to the lists", () => {
    const many = ["a", "b", "c", "d", "e"].map((sentence) => reason("for", sentence));
    expect(verdictOf(asset({}, many)).because).toBe("Because it a; b; c; and 2 more.");
  });

  it("calls unknown what is unknown and gives no reasons for that", () => {
    const verdict = verdictOf(
      asset({ asset_type: "unknown", confidence: 0 }, [reason("for", "serves nothing")]),
    );
    expect(verdict).toMatchObject({
      lead: "Nothing was sure enough to say what it is.",
      confidence: undefined,
      because: undefined,
      otherwise: undefined,
    });
  });

  it("lets a person's word stand and tells calmly when the engine sees something else", () => {
    const engine = {
      asset_type: "server",
      confidence: 0.8,
      method: "ml",
      runner_up: null,
      model_version: null,
    } as const;
    const verdict = verdictOf(
      asset({ confirmed: true, classification_method: "manual", engine }, [reason("for", "serves 80/tcp")]),
    );
    expect(verdict).toMatchObject({
      lead: "A person confirmed that it is a database.",
      confidence: undefined,
      because: undefined,
      otherwise: undefined,
      disagreement: expect.stringContaining("a server (0.80)"),
    });
  });

  it("knows what the reasons speak for, where nothing was decided too", () => {
    expect(subjectOf(asset({}))).toBe("a database");
    const unknown = { asset_type: "unknown", engine: null } as const;
    const named = (name: string) => [{ ...reason("for", "has 6 clients"), name }];
    expect(subjectOf(asset(unknown, named("dns_server.has_clients")))).toBe("a dns server");
    expect(subjectOf(asset(unknown, named("fan_in")))).toBeUndefined();
    expect(subjectOf(asset(unknown))).toBeUndefined();
  });
});
