import { TCP_FLAG } from "@flowlens/flow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Exchange, Outcome } from "../plan/network-plan.ts";
import { createRandom } from "../random/random.ts";
import { drawConversation, type Conversation } from "./conversation.ts";
import { createSegment, segmentOf, type Segment, type Way } from "./segments.ts";

const START = 1_000_000;

function conversation(exchange: Partial<Exchange>, outcome: Outcome = "answered", seed = 1): Conversation {
  return drawConversation(
    {
      key: seed,
      startMs: START,
      client: 0,
      server: 1,
      clientPort: 50_000,
      exchange: {
        protocol: 6,
        port: 443,
        up: [2_000, 0],
        down: [20_000, 0],
        durationMs: [1_000, 0],
        ...exchange,
      },
      outcome,
      roundTripMs: 2,
      isIpv6: false,
    },
    createRandom(seed),
  );
}

function segments(of: Conversation, way: Way): Segment[] {
  const all: Segment[] = [];
  for (let i = 0; ; i++) {
    const segment = createSegment();
    segmentOf(of, way, i, segment);
    all.push(segment);
    if (segment.isLast) return all;
  }
}

describe("records of a conversation", () => {
  it("are one each way for a short one, with the handshake and the end in their flags", () => {
    const short = conversation({});
    const [up, ...more] = segments(short, 0);
    const [down] = segments(short, 1);
    expect(more).toEqual([]);
    const all = TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.psh | TCP_FLAG.fin;
    expect([up.tcpFlags, down.tcpFlags]).toEqual([all, all]);
    expect([up.startMs, up.endMs]).toEqual([START, START + 1_000]);
    expect(down.startMs).toBe(START + 2);
    expect(up.bytes).toBe(short.up.bytes);
    // 2,000 and 20,000 bytes of payload under 20 + 32 bytes of headers a packet.
    expect(short.up.bytes - 52 * short.up.packets - 8).toBe(2_000);
    expect(short.down.bytes - 52 * short.down.packets - 8).toBe(20_000);
  });

  it("are cut every minute where packets go on, the SYN in the first and the FIN in the last", () => {
    const long = conversation({ durationMs: [300_000, 0], rounds: [301, 0], down: [3e6, 0] });
    const up = segments(long, 0);
    expect(up.length).toBe(5);
    expect(up.map(({ tcpFlags }) => (tcpFlags & TCP_FLAG.syn) !== 0)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(up.map(({ tcpFlags }) => (tcpFlags & TCP_FLAG.fin) !== 0)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    for (const segment of up) expect(segment.endMs - segment.startMs).toBeLessThanOrEqual(60_000);
    expect(up[0].flushMs).toBe(START + 60_000);
  });

  it("are one a word where silence lasts longer than the idle timeout", () => {
    const quiet = conversation({ durationMs: [300_000, 0], rounds: [11, 0] });
    const up = segments(quiet, 0);
    expect(up.length).toBe(11);
    expect(up[3].startMs).toBe(START + 90_000);
    expect(up[3].flushMs).toBe(up[3].endMs + 15_000);
  });

  it("say only what was seen of attempts: repeated SYNs, or a SYN and a reset", () => {
    const unanswered = conversation({}, "unanswered");
    expect(unanswered.down.packets).toBe(0);
    expect(segments(unanswered, 0)).toMatchObject([{ packets: 3, bytes: 180, tcpFlags: TCP_FLAG.syn }]);
    const refused = conversation({}, "refused");
    expect(segments(refused, 0)).toMatchObject([{ packets: 1, tcpFlags: TCP_FLAG.syn }]);
    expect(segments(refused, 1)).toMatchObject([{ packets: 1, tcpFlags: TCP_FLAG.rst | TCP_FLAG.ack }]);
    const reset = conversation({}, "reset");
    expect(segments(reset, 0)[0].tcpFlags & (TCP_FLAG.fin | TCP_FLAG.rst)).toBe(0);
    expect(segments(reset, 1)[0].tcpFlags & TCP_FLAG.rst).toBe(TCP_FLAG.rst);
  });

  it("show neither handshake nor end of a session that lasts", () => {
    const lasting = conversation({ isLasting: true, durationMs: [120_000, 0], rounds: [100, 0] });
    for (const way of [0, 1] as const) {
      for (const { tcpFlags } of segments(lasting, way)) expect(tcpFlags).toBe(TCP_FLAG.ack | TCP_FLAG.psh);
    }
  });

  it("add up to the conversation, in order of time, whatever it is", () => {
    const amount = (max: number) =>
      fc.tuple(fc.integer({ min: 1, max }), fc.double({ min: 0, max: 2, noNaN: true }));
    fc.assert(
      fc.property(
        fc.record({
          protocol: fc.constantFrom(1, 6, 17, 89),
          port: fc.constantFrom(0, 53, 443),
          up: amount(1e7),
          down: amount(1e8),
          durationMs: amount(10_000_000),
          rounds: amount(500),
        }),
        fc.constantFrom<Outcome>("answered", "reset", "refused", "unanswered"),
        fc.nat(),
        (exchange, outcome, seed) => {
          const made = conversation(exchange, outcome, seed);
          for (const way of [0, 1] as const) {
            const whole = way === 0 ? made.up : made.down;
            if (whole.packets === 0) continue;
            const all = segments(made, way);
            const sum = (of: (segment: Segment) => number) => all.reduce((total, one) => total + of(one), 0);
            expect(sum(({ packets }) => packets)).toBe(whole.packets);
            expect(sum(({ bytes }) => bytes)).toBe(whole.bytes);
            let beforeMs = 0;
            for (const { startMs, endMs, flushMs, packets, bytes } of all) {
              expect(packets).toBeGreaterThan(0);
              expect(bytes).toBeGreaterThanOrEqual(packets * 28);
              expect(startMs).toBeGreaterThanOrEqual(beforeMs);
              expect(endMs).toBeGreaterThanOrEqual(startMs);
              expect(flushMs).toBeGreaterThanOrEqual(endMs);
              beforeMs = endMs;
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
