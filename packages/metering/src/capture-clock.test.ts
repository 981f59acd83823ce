import { TCP_FLAG } from "@flowlens/flow";
import type { MadePacket } from "@flowlens/made-traffic";
import { describe, expect, test } from "vitest";
import { meterPackets } from "./testing/meter-frames.ts";
import { fromClient, fromServer } from "./testing/packets.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = 1_421_154_095_000;

/** A packet a second from `startMs` on. */
function steady(startMs: number, count: number): MadePacket[] {
  return Array.from({ length: count }, (_, i) => fromClient(startMs + i * 1000));
}

/** First and last time of each record, and its packets. */
function spans(packets: readonly MadePacket[]): [number, number, number][] {
  const { records } = meterPackets(packets);
  return records.map((record) => [record.timeStart, record.timeEnd, record.packets]);
}

describe("a stray time", () => {
  test.each([
    ["months ahead", START + 281 * DAY],
    ["in 1970", 0],
    ["in 2105", 4_290_000_000_000],
  ])("%s changes nothing but its own packet, which gets the time of its neighbours", (_, strayMs) => {
    const packets = steady(START, 50);
    packets.splice(25, 0, fromServer(strayMs));
    const { records, counters } = meterPackets(packets);
    expect(records.map((record) => [record.timeStart, record.timeEnd, record.packets])).toEqual([
      [START + 24_000, START + 24_000, 1],
      [START, START + 49_000, 50],
    ]);
    expect(counters).toMatchObject({ times_repaired: 1, clock_jumps: 0, records_idle: 1, records_finish: 1 });
  });

  test("of a packet in the midst of its own record does not cut that record", () => {
    const packets = steady(START, 50);
    packets.splice(25, 0, fromClient(START + 300 * DAY), fromClient(START + 300 * DAY));
    expect(spans(packets)).toEqual([[START, START + 49_000, 52]]);
  });

  test("of the last packet of a long capture is repaired too", () => {
    const packets = [...steady(START, 120), fromServer(START + 281 * DAY)];
    const { records, counters } = meterPackets(packets);
    expect(Math.max(...records.map((record) => record.timeEnd))).toBe(START + 119_000);
    expect(counters.times_repaired).toBe(1);
  });

  test("cannot be told from a true one at the end of a short capture, and is kept", () => {
    const packets = [...steady(START, 5), fromServer(START + 30 * DAY)];
    expect(spans(packets)).toEqual([
      [START, START + 4000, 5],
      [START + 30 * DAY, START + 30 * DAY, 1],
    ]);
  });

  test("an hour away keeps its own time but does not move the clock", () => {
    const packets = steady(START, 50);
    packets.splice(25, 0, fromServer(START + 60 * MINUTE));
    const { records, counters } = meterPackets(packets);
    expect(records.map((record) => [record.timeStart, record.packets])).toEqual([
      [START + 60 * MINUTE, 1],
      [START, 50],
    ]);
    expect(counters).toMatchObject({ times_repaired: 0, clock_jumps: 0 });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 2 ** 32 * 1000, 1.8e16])(
    "that is none (%d) is that of the packet before",
    (timeMs) => {
      const packets = steady(START, 5);
      packets.splice(3, 0, { ...fromServer(0), timeMs });
      const { records, counters } = meterPackets(packets);
      expect(records).toMatchObject([
        { timeStart: START + 2000, timeEnd: START + 2000, packets: 1 },
        { timeStart: START, timeEnd: START + 4000, packets: 5 },
      ]);
      expect(counters.times_repaired).toBe(1);
    },
  );

  test("that is none at the very beginning is 1970", () => {
    expect(spans([fromClient(Number.NaN)])).toEqual([[0, 0, 1]]);
  });
});

describe("a capture whose time jumps and stays", () => {
  test("ahead is followed after three packets, and nothing is repaired", () => {
    const packets = [...steady(START, 10), ...steady(START + 200 * DAY, 10)];
    const { records, counters } = meterPackets(packets);
    expect(records.map((record) => [record.timeStart, record.timeEnd, record.packets])).toEqual([
      [START, START + 9000, 10],
      [START + 200 * DAY, START + 200 * DAY + 9000, 10],
    ]);
    expect(counters).toMatchObject({ clock_jumps: 1, times_repaired: 0 });
  });

  test("back, as two captures one after the other, ends what was open", () => {
    const packets = [...steady(START, 10), ...steady(START - 90 * DAY, 10)];
    const { records, counters } = meterPackets(packets);
    expect(records.map((record) => [record.timeStart, record.packets])).toEqual([
      [START, 10],
      [START - 90 * DAY, 10],
    ]);
    expect(counters).toMatchObject({ clock_jumps: 1, times_repaired: 0, records_idle: 1, records_finish: 1 });
  });

  test("with hours of silence between packets keeps every time", () => {
    const packets = Array.from({ length: 9 }, (_, i) => fromClient(START + i * 5 * 60 * MINUTE));
    expect(spans(packets)).toEqual(packets.map((packet) => [packet.timeMs, packet.timeMs, 1]));
  });

  test("with days of silence between packets keeps every time", () => {
    const packets = Array.from({ length: 10 }, (_, i) => fromClient(START + i * 3 * DAY));
    expect(spans(packets)).toEqual(packets.map((packet) => [packet.timeMs, packet.timeMs, 1]));
  });

  test("to and fro, sorted by conversation, keeps every time", () => {
    const conversations = [0, 7200, 3600, 10_800].map((seconds, i) =>
      steady(START + seconds * 1000, 8).map((packet) => ({ ...packet, sourcePort: 1000 + i })),
    );
    const { records } = meterPackets(conversations.flat());
    expect(
      records.map((record) => [record.srcPort, record.timeStart, record.timeEnd, record.packets]),
    ).toEqual(
      [0, 7200, 3600, 10_800].map((seconds, i) => [
        1000 + i,
        START + seconds * 1000,
        START + seconds * 1000 + 7000,
        8,
      ]),
    );
  });
});

describe("packets out of order", () => {
  test("by less than the idle timeout stay in their record, whose times hold them all", () => {
    const times = [5000, 3000, 9000, 7000, 0];
    const { records, counters } = meterPackets(times.map((time) => fromClient(START + time)));
    expect(records).toMatchObject([{ timeStart: START, timeEnd: START + 9000, packets: 5 }]);
    expect(counters.packets_out_of_order).toBe(3);
  });

  test("by minutes begin records of their own and end no other", () => {
    const packets = steady(START + 5 * MINUTE, 20);
    packets.splice(10, 0, fromServer(START), fromServer(START + 1000));
    expect(spans(packets)).toEqual([
      [START, START + 1000, 2],
      [START + 5 * MINUTE, START + 5 * MINUTE + 19_000, 20],
    ]);
  });

  test("never make a record longer than the active timeout", () => {
    const times = [60_000, 50_000, 40_000, 30_000, 20_000, 10_000, 0, -5000];
    const packets = times.map((time) => fromClient(START + time, { tcpFlags: TCP_FLAG.ack }));
    for (const [first, last] of spans(packets)) expect(last - first).toBeLessThanOrEqual(60_000);
    expect(spans(packets)).toHaveLength(2);
  });
});
