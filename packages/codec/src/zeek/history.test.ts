import { INITIATOR, TCP_FLAG } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createConnRecord, type ConnHistory } from "./conn-record.ts";
import { historyOfState, readHistory } from "./history.ts";

const { fin: F, syn: S, rst: R, psh: P, ack: A } = TCP_FLAG;
const { sourceSeen, destinationSeen, sourceClaimed } = INITIATOR;

function historyOf(text: string): ConnHistory {
  const { history } = createConnRecord();
  const bytes = new TextEncoder().encode(`x${text}X`);
  readHistory(bytes, 1, bytes.length - 1, history);
  return history;
}

describe("the history of a TCP conversation", () => {
  it.each([
    // What Zeek wrote, flags of the originator, of the responder, who opened.
    ["ShADadFf", S | A | P | F, S | A | P | F, sourceSeen],
    ["S", S, 0, sourceSeen],
    ["Sr", S, R, sourceSeen],
    ["SrR", S | R, R, sourceSeen],
    ["ShR", S | R, S | A, sourceSeen],
    ["SR", S | R, 0, sourceSeen],
    ["ShAdDaTFf", S | A | P | F, S | A | P | F, sourceSeen],
    // The answer was seen before the question.
    ["hSADad", S | A | P, S | A | P, sourceSeen],
    // The first packet was the SYN-ACK: its receiver opened, flipped by Zeek or not.
    ["^hADadfF", A | P | F, S | A | P | F, sourceSeen],
    ["h", 0, S | A, sourceSeen],
    ["HsADadfF", S | A | P | F, S | A | P | F, destinationSeen],
    ["HadAD", S | A | P, A | P, destinationSeen],
    // The responder sent a SYN of its own before the originator did, if it ever did.
    ["FsHA", F | S | A, S, destinationSeen],
    ["sSHh", S | A, S | A, destinationSeen],
    // In the middle of a conversation nothing was seen of its beginning.
    ["DdA", P | A, P | A, sourceClaimed],
    ["^r", 0, R, sourceClaimed],
    ["^dDa", P | A, P | A, sourceClaimed],
    ["C", 0, 0, sourceClaimed],
    ["I", F | R, 0, sourceClaimed],
    ["", 0, 0, sourceClaimed],
  ])("%s says who sent which flags and who opened", (text, origFlags, respFlags, initiator) => {
    expect(historyOf(text)).toMatchObject({ origFlags, respFlags, initiator });
  });

  it("counts the packets that it names, and no gap", () => {
    expect(historyOf("ShADadGg^C")).toMatchObject({ origLetters: 4, respLetters: 3 });
  });

  it("is read whatever it holds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const { history } = createConnRecord();
        readHistory(bytes, 0, bytes.length, history);
        expect([sourceSeen, destinationSeen, sourceClaimed]).toContain(history.initiator);
        expect(history.origFlags | history.respFlags).toBeLessThanOrEqual(0x3f);
      }),
    );
  });
});

describe("the connection state, where there is no history", () => {
  it("implies the least that must have been seen", () => {
    const { history } = createConnRecord();
    const flagsOf = (state: string) => {
      const implied = historyOfState(state);
      readHistory(implied, 0, implied.length, history);
      return [history.origFlags, history.respFlags, history.initiator];
    };
    expect(flagsOf("REJ")).toEqual([S, R, sourceSeen]);
    expect(flagsOf("S0")).toEqual([S, 0, sourceSeen]);
    expect(flagsOf("RSTRH")).toEqual([0, S | A | R, sourceSeen]);
    expect(flagsOf("OTH")).toEqual([0, 0, sourceClaimed]);
    expect(flagsOf("nonsense")).toEqual([0, 0, sourceClaimed]);
  });
});
