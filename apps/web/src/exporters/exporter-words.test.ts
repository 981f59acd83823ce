import { describe, expect, it } from "vitest";
import { lossWords, lost, protocolName, samplingText, skewText } from "./exporter-words.ts";

describe("an exporter in words", () => {
  it("says its protocol as people write it, and an unknown one as it is", () => {
    expect(["netflow5", "ipfix", "toString"].map(protocolName)).toEqual(["NetFlow v5", "IPFIX", "toString"]);
  });

  it("says the sampling that counts", () => {
    expect(samplingText({ sampling_rate: 1, sampling_rate_override: null })).toBe("all");
    expect(samplingText({ sampling_rate: 1_000, sampling_rate_override: null })).toBe("1:1000");
    expect(samplingText({ sampling_rate: 1_000, sampling_rate_override: 1 })).toBe("all");
  });

  it("says how far its clock is off, in which direction", () => {
    expect([null, 40, 90_000, -3_600_000].map(skewText)).toEqual(["–", "none", "1 min behind", "1 h ahead"]);
  });

  it("says every loss in the unit that its protocol counts", () => {
    const none = { protocols: ["netflow9"], records_lost: 0, records_dropped: 0, samples_dropped: 0 };
    expect(lossWords(none as never)).toEqual([]);
    const some = { ...none, records_lost: 1_200, records_dropped: 3, samples_dropped: 4 };
    expect(lost(some)).toBe(1_207);
    expect(lossWords(some as never)[0]).toBe("1,200 packets sent and not received");
    expect(lossWords(some as never)).toHaveLength(3);
  });
});
