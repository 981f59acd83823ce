import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveTimes, type FlowTimes } from "./times.ts";

const EXPORT_MS = 1_700_000_000_000;
const WRAP = 2 ** 32;
const DAY_MS = 86_400_000;

function resolve(sysUptimeMs: number, first: number, last: number): FlowTimes {
  const times: FlowTimes = { startMs: -1, endMs: -1, clamped: false };
  resolveTimes(EXPORT_MS, sysUptimeMs, first, last, times);
  return times;
}

describe("first and last uptime of a record", () => {
  it("lie as long before the export as they lie before the header's uptime", () => {
    expect(resolve(100_000, 40_000, 99_000)).toEqual({
      startMs: EXPORT_MS - 60_000,
      endMs: EXPORT_MS - 1_000,
      clamped: false,
    });
  });

  it("may lie a little after the header's uptime, which is stamped early", () => {
    expect(resolve(100_000, 99_000, 100_300)).toEqual({
      startMs: EXPORT_MS - 1_000,
      endMs: EXPORT_MS + 300,
      clamped: false,
    });
  });

  it("may lie before the wrap of the uptime while the export lies after it", () => {
    expect(resolve(2_000, WRAP - 5_000, WRAP - 1_000)).toEqual({
      startMs: EXPORT_MS - 7_000,
      endMs: EXPORT_MS - 3_000,
      clamped: false,
    });
  });

  it("may lie on both sides of the wrap", () => {
    expect(resolve(2_000, WRAP - 5_000, 1_500)).toEqual({
      startMs: EXPORT_MS - 7_000,
      endMs: EXPORT_MS - 500,
      clamped: false,
    });
  });

  it("may span most of the uptime when the flow really was that long", () => {
    const fortyDays = 40 * DAY_MS;
    expect(resolve(fortyDays, 1_000, fortyDays)).toEqual({
      startMs: EXPORT_MS - fortyDays + 1_000,
      endMs: EXPORT_MS,
      clamped: false,
    });
  });

  it("are one moment, the last, when the first is 0xffffffff", () => {
    expect(resolve(3_381, 0xffffffff, 2_577)).toEqual({
      startMs: EXPORT_MS - 804,
      endMs: EXPORT_MS - 804,
      clamped: true,
    });
  });

  it("are one moment, the last, when the first is later than it", () => {
    expect(resolve(100_000, 90_000, 80_000)).toEqual({
      startMs: EXPORT_MS - 20_000,
      endMs: EXPORT_MS - 20_000,
      clamped: true,
    });
  });

  it("are the time of export when the last is far from anything possible", () => {
    expect(resolve(100_000, 5, 2 ** 31)).toEqual({ startMs: EXPORT_MS, endMs: EXPORT_MS, clamped: true });
  });

  it("never put the end before the start, and stay within 50 days of the export, whatever they are", () => {
    const uptime = fc.nat({ max: WRAP - 1 });
    fc.assert(
      fc.property(uptime, uptime, uptime, (sysUptimeMs, first, last) => {
        const { startMs, endMs } = resolve(sysUptimeMs, first, last);
        expect(endMs).toBeGreaterThanOrEqual(startMs);
        expect(endMs).toBeLessThanOrEqual(EXPORT_MS + DAY_MS);
        expect(startMs).toBeGreaterThanOrEqual(EXPORT_MS - WRAP - DAY_MS);
      }),
    );
  });
});
