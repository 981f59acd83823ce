import type { Traffic } from "@flowlens/contract";
import { shortBytes, shortCount } from "../ui/quantities.ts";
import { figuresOf } from "./line-figures.ts";
import type { TimeSeries } from "./time-chart.tsx";

export type TrafficShown = "conversations" | "bytes";

/** What received and sent mean depends on whose traffic it is. */
export interface TrafficLabels {
  readonly bytesIn: string;
  readonly bytesOut: string;
}

/** Lines, and how their values are written. */
export interface TrafficDrawing {
  readonly series: readonly TimeSeries[];
  readonly format: (value: number) => string;
  /** Another unit, another axis. */
  readonly unit: string;
  /** The chart in a sentence, for those who do not see it. */
  readonly words: string;
}

interface Rate {
  readonly seconds: number;
  readonly unit: string;
}

/** Quiet hosts are counted by the minute or the hour, so that nobody reads thousandths. */
const COUNT_RATES: readonly Rate[] = [
  { seconds: 1, unit: "/s" },
  { seconds: 60, unit: "/min" },
  { seconds: 3_600, unit: "/h" },
];

/** Fewer steps than this are drawn as they are. */
const STEPS_TO_SPARE = 12;

/** The newest step is still filling: drawn, it would look as if the traffic broke down. */
export function wholeSteps(traffic: Traffic): Traffic {
  const { points } = traffic;
  return points.length < STEPS_TO_SPARE ? traffic : { ...traffic, points: points.slice(0, -1) };
}

export function isSilent({ points }: Traffic): boolean {
  return points.every(({ conversations, bytes_in, bytes_out }) => conversations + bytes_in + bytes_out === 0);
}

export function drawingOf(traffic: Traffic, shown: TrafficShown, labels: TrafficLabels): TrafficDrawing {
  const { points, step_s } = traffic;
  const counts = points.map(({ conversations }) => conversations / step_s);
  const { seconds, unit } = shown === "bytes" ? { seconds: 1, unit: "B/s" } : countRate(Math.max(...counts));
  const format = (value: number): string =>
    shown === "bytes" ? `${shortBytes(value)}/s` : `${fewDigits(value)}${unit}`;
  const series: readonly TimeSeries[] =
    shown === "conversations"
      ? [
          {
            label: "Conversations",
            color: "--accent",
            isArea: true,
            values: counts.map((count) => count * seconds),
          },
        ]
      : [
          {
            label: labels.bytesIn,
            color: "--accent",
            isArea: true,
            values: points.map(({ bytes_in }) => bytes_in / step_s),
          },
          {
            label: labels.bytesOut,
            color: "--warn",
            isDashed: true,
            values: points.map(({ bytes_out }) => bytes_out / step_s),
          },
        ];
  return { series, format, unit, words: wordsOf(series, format) };
}

/** The first in which the peak is a number worth reading. */
function countRate(peakPerSecond: number): Rate {
  return COUNT_RATES.find(({ seconds }) => peakPerSecond * seconds >= 1) ?? COUNT_RATES[2];
}

function wordsOf(series: readonly TimeSeries[], format: (value: number) => string): string {
  return series
    .map(({ label, values }) => {
      const { mean, most } = figuresOf(values);
      return `${label}: ${format(mean)} on average, at most ${format(most)}`;
    })
    .join("; ");
}

function fewDigits(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : shortCount(value);
}
