import { describe, expect, it } from "vitest";
import { settleType } from "./settle-type.ts";

const server = { type: "server", confidence: 0.8, challenger: null };
const answer = {
  type: "database",
  confidence: 0.75,
  confidenceOfStanding: 0.6,
  enoughTraffic: true,
  counts: true,
};

describe("settleType", () => {
  it("takes the first answer as it comes", () => {
    expect(settleType(undefined, answer)).toEqual({ inForce: "answer", challenger: null });
    expect(settleType({ ...server, type: "unknown" }, answer)).toEqual({
      inForce: "answer",
      challenger: null,
    });
  });

  it("renews the confidence of the type in force and forgets its challenger", () => {
    const challenged = { ...server, challenger: { type: "database", runs: 2 } };
    expect(settleType(challenged, { ...answer, type: "server" })).toEqual({
      inForce: "answer",
      challenger: null,
    });
  });

  it("changes the type at once when the new one leads by 0.30", () => {
    expect(settleType(server, { ...answer, confidenceOfStanding: 0.45 }).inForce).toBe("answer");
    expect(settleType(server, { ...answer, confidenceOfStanding: 0.46 }).inForce).toBe("standing");
  });

  it("changes the type when the new one wins three runs in a row with 0.70", () => {
    const first = settleType(server, answer);
    expect(first).toEqual({ inForce: "standing", challenger: { type: "database", runs: 1 } });
    const second = settleType({ ...server, challenger: first.challenger }, answer);
    expect(second).toEqual({ inForce: "standing", challenger: { type: "database", runs: 2 } });
    expect(settleType({ ...server, challenger: second.challenger }, answer).inForce).toBe("answer");
  });

  it("does not count a run that looks at the same traffic again", () => {
    const again = { ...answer, counts: false };
    expect(settleType(server, again)).toEqual({ inForce: "standing", challenger: null });
    const twice = { ...server, challenger: { type: "database", runs: 2 } };
    expect(settleType(twice, again)).toEqual({ inForce: "standing", challenger: twice.challenger });
    expect(settleType(twice, answer).inForce).toBe("answer");
    const stranger = { ...server, challenger: { type: "storage", runs: 2 } };
    expect(settleType(stranger, again).challenger).toBeNull();
  });

  it("begins to count anew when another challenger comes, or a run is lost", () => {
    const challenged = { ...server, challenger: { type: "storage", runs: 2 } };
    expect(settleType(challenged, answer).challenger).toEqual({ type: "database", runs: 1 });
    expect(settleType(challenged, { ...answer, type: "storage", confidence: 0.69 }).challenger).toBeNull();
  });

  it("keeps the type of a host that is quiet", () => {
    const quiet = {
      type: "unknown",
      confidence: 0,
      confidenceOfStanding: 0,
      enoughTraffic: false,
      counts: true,
    };
    expect(settleType(server, quiet)).toEqual({ inForce: "standing", challenger: null });
  });

  it("lets a type go after three runs with traffic but no answer", () => {
    const unsure = {
      type: "unknown",
      confidence: 0.4,
      confidenceOfStanding: 0.4,
      enoughTraffic: true,
      counts: true,
    };
    const twice = { ...server, challenger: { type: "unknown", runs: 2 } };
    expect(settleType(server, unsure).inForce).toBe("standing");
    expect(settleType(twice, unsure).inForce).toBe("answer");
  });
});
