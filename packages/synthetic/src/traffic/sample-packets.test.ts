import { TCP_FLAG } from "@flowlens/flow";
import { describe, expect, it } from "vitest";
import { createRandom } from "../random/random.ts";
import { drawConversation } from "./conversation.ts";
import { samplePackets } from "./sample-packets.ts";
import { createSegment, segmentOf } from "./segments.ts";

const RATE = 64;

describe("packets that an agent samples", () => {
  it("stand for all: scaled by the rate they give the packets and bytes of many conversations", () => {
    const random = createRandom(1);
    const sampling = createRandom(2);
    const segment = createSegment();
    let packets = 0;
    let bytes = 0;
    let sampled = 0;
    let sampledBytes = 0;
    let syns = 0;
    const CONVERSATIONS = 4_000;
    for (let key = 0; key < CONVERSATIONS; key++) {
      const conversation = drawConversation(
        {
          key,
          startMs: 0,
          client: 0,
          server: 1,
          clientPort: 50_000,
          exchange: {
            protocol: 6,
            port: 443,
            up: [2_000, 0.5],
            down: [60_000, 0.5],
            durationMs: [1_000, 0.5],
          },
          outcome: "answered",
          roundTripMs: 1,
          isIpv6: false,
        },
        random,
      );
      for (const way of [0, 1] as const) {
        segmentOf(conversation, way, 0, segment);
        packets += segment.packets;
        bytes += segment.bytes;
        sampling.seek(key, way);
        for (const one of samplePackets(conversation, way, { segment, rate: RATE, random: sampling })) {
          sampled++;
          sampledBytes += one.bytes;
          if ((one.tcpFlags & TCP_FLAG.syn) !== 0) syns++;
          expect(one.bytes).toBeLessThanOrEqual(1_500);
          expect(one.atMs).toBeGreaterThanOrEqual(segment.startMs);
          expect(one.atMs).toBeLessThanOrEqual(segment.endMs);
        }
      }
    }
    expect(Math.abs(sampled * RATE - packets) / packets).toBeLessThan(0.05);
    expect(Math.abs(sampledBytes * RATE - bytes) / bytes).toBeLessThan(0.08);
    // Of each conversation one packet each way has it.
    const expected = (2 * CONVERSATIONS) / RATE;
    expect(Math.abs(syns - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });
});
