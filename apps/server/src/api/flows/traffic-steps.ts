import type { TrafficPoint } from "@flowlens/contract";
import type { Queries } from "#flow-store";
import { invalidParameter } from "../parameters/read-parameters.ts";
import type { Period } from "../parameters/period.ts";

type StoredPoint = Awaited<ReturnType<Queries["trafficOverTime"]>>[number];

/** Steps that people read easily: 5 and 15 minutes, 30, an hour, 3, 6, 12, a day, a week. */
const STEPS_S = [300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800];
const POINTS_WANTED = 300;
const POINTS_MAX = 5_000;
const WEEK_S = 604_800;

/** The step that was asked for, or one with at most some 300 points. @throws RequestError PARAMETER_INVALID for too many points */
export function stepFor({ fromMs, toMs }: Period, asked: number | undefined): number {
  const seconds = (toMs - fromMs) / 1_000;
  if (asked !== undefined) {
    const points = Math.ceil(seconds / asked);
    if (points <= POINTS_MAX) return asked;
    throw invalidParameter(
      "step_s",
      `gives ${points} points for this period, and ${POINTS_MAX} is the most: take a longer step or a shorter period`,
    );
  }
  const wanted = seconds / POINTS_WANTED;
  return STEPS_S.find((step) => step >= wanted) ?? Math.ceil(wanted / WEEK_S) * WEEK_S;
}

/** All steps of the period, those without traffic too. */
export function everyStep(
  found: readonly StoredPoint[],
  { fromMs, toMs }: Period,
  stepS: number,
): TrafficPoint[] {
  const stepMs = stepS * 1_000;
  const byStart = new Map(found.map((point) => [point.startMs, point]));
  const points: TrafficPoint[] = [];
  for (let at = Math.floor(fromMs / stepMs) * stepMs; at < toMs; at += stepMs) {
    const point = byStart.get(at);
    points.push({
      start: new Date(at).toISOString(),
      conversations: point?.conversations ?? 0,
      bytes_in: point?.bytesIn ?? 0,
      bytes_out: point?.bytesOut ?? 0,
      packets_in: point?.packetsIn ?? 0,
      packets_out: point?.packetsOut ?? 0,
    });
  }
  return points;
}
