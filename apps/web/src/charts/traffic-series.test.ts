import type { Traffic } from "@flowlens/contract";
import { describe, expect, it } from "vitest";
import { drawingOf, isSilent, wholeSteps } from "./traffic-series.ts";

const LABELS = { bytesIn: "Received", bytesOut: "Sent" };

function traffic(conversations: readonly number[], bytes = 0): Traffic {
  return {
    network: "default",
    host: null,
    period_from: "2026-03-02T00:00:00Z",
    period_to: "2026-03-02T01:00:00Z",
    step_s: 300,
    points: conversations.map((count) => ({
      start: "2026-03-02T00:00:00Z",
      conversations: count,
      bytes_in: bytes,
      bytes_out: 2 * bytes,
      packets_in: 0,
      packets_out: 0,
    })),
  };
}

describe("traffic as it is drawn", () => {
  it.each([
    [[300, 3_000], "Conversations: 5.5/s on average, at most 10/s"],
    [[0, 30], "Conversations: 3/min on average, at most 6/min"],
    [[0, 1], "Conversations: 6/h on average, at most 12/h"],
  ])("counts %j conversations in 5 minutes by the time in which that is a number", (counts, words) => {
    expect(drawingOf(traffic(counts), "conversations", LABELS).words).toBe(words);
  });

  it("shows bytes in both directions, told apart by more than colour", () => {
    const { series, words } = drawingOf(traffic([1, 1], 300_000), "bytes", LABELS);
    expect(words).toBe(
      "Received: 1 kB/s on average, at most 1 kB/s; Sent: 2 kB/s on average, at most 2 kB/s",
    );
    expect(series.map(({ isDashed }) => isDashed ?? false)).toEqual([false, true]);
  });

  it("leaves out the step that is still filling, where there are others to see", () => {
    const day = Array.from({ length: 288 }, () => 1);
    expect(wholeSteps(traffic(day)).points).toHaveLength(287);
    expect(wholeSteps(traffic([1, 2])).points).toHaveLength(2);
  });

  it("is silent only when nothing at all went by", () => {
    expect(isSilent(traffic([0, 0]))).toBe(true);
    expect(isSilent(traffic([0, 0], 1))).toBe(false);
  });
});
