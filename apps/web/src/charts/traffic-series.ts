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

/** The lines of a chart, a second. */
export function seriesOf(
  { points, step_s }: Traffic,
  shown: TrafficShown,
  labels: TrafficLabels,
): TimeSeries[] {
  if (shown === "conversations") {
    const values = points.map(({ conversations }) => conversations / step_s);
    return [{ label: "Conversations", color: "--accent", isArea: true, values }];
  }
  return [
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
}

export function isSilent({ points }: Traffic): boolean {
  return points.every(({ conversations, bytes_in, bytes_out }) => conversations + bytes_in + bytes_out === 0);
}

export function formatOf(shown: TrafficShown): (value: number) => string {
  return shown === "bytes" ? bytesPerSecond : countPerSecond;
}

/** The chart in a sentence, for those who do not see it. */
export function wordsOf(traffic: Traffic, shown: TrafficShown, labels: TrafficLabels): string {
  const format = formatOf(shown);
  return seriesOf(traffic, shown, labels)
    .map(({ label, values }) => {
      const { mean, most } = figuresOf(values);
      return `${label}: ${format(mean)} on average, at most ${format(most)}`;
    })
    .join("; ");
}

function bytesPerSecond(value: number): string {
  return `${shortBytes(value)}/s`;
}

function countPerSecond(value: number): string {
  return `${value < 10 ? Number(value.toPrecision(2)) : shortCount(value)}/s`;
}
