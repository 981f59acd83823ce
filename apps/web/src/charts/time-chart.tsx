import "uplot/dist/uPlot.min.css";
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import UPlot from "uplot";
import styles from "./time-chart.module.css";

export interface TimeSeries {
  readonly label: string;
  /** Name of a colour in styles.css, such as `--accent`. */
  readonly color: string;
  readonly values: readonly number[];
  /** Filled down to the axis. */
  readonly isArea?: boolean;
  /** Drawn with dashes, so that lines are told apart by more than colour. */
  readonly isDashed?: boolean;
}

export interface TimeChartProps {
  /** What it shows, with its most telling figures: read to those who do not see it. */
  readonly summary: string;
  /** Start of each step, ms since 1970, rising. */
  readonly timesMs: readonly number[];
  readonly series: readonly TimeSeries[];
  readonly format: (value: number) => string;
  /** Of what `format` writes: the axis is made anew when it changes. */
  readonly unit: string;
  readonly height?: number;
  /** IANA name; the browser's own where none is given. */
  readonly timeZone?: string | undefined;
}

const SECOND_MS = 1_000;

/** Lines over time with the values under the pointer. Loaded when first needed: see lazy-time-chart. */
export function TimeChart(props: TimeChartProps) {
  const { series, unit, height, timeZone } = props;
  const scheme = useComputedColorScheme();
  const look = series.map(({ label, color, isArea, isDashed }) => [label, color, isArea, isDashed].join());
  // Made anew when it looks different, given new data when it does not.
  return <Plot key={[scheme, unit, height, timeZone, ...look].join(";")} {...props} />;
}

function Plot({ summary, timesMs, series, format, height = 220, timeZone }: TimeChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const [first] = useState({ timesMs, series, format, height, timeZone });

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const made = new UPlot(optionsOf(element, first), dataOf(first.timesMs, first.series), element);
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: first.height }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [first]);

  useEffect(() => {
    plot.current?.setData(dataOf(timesMs, series));
  }, [timesMs, series]);

  return <div ref={frame} className={styles.frame} style={{ height }} role="img" aria-label={summary} />;
}

function dataOf(timesMs: readonly number[], series: readonly TimeSeries[]): UPlot.AlignedData {
  return [timesMs.map((ms) => ms / SECOND_MS), ...series.map(({ values }) => [...values])];
}

interface Look {
  readonly series: readonly TimeSeries[];
  readonly format: (value: number) => string;
  readonly height: number;
  readonly timeZone: string | undefined;
}

function optionsOf(element: HTMLElement, { series, format, height, timeZone }: Look): UPlot.Options {
  const ink = resolved(element, "--ink-soft");
  const line = resolved(element, "--line");
  const font = `11px ${getComputedStyle(element).fontFamily}`;
  const moment = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  });
  return {
    width: element.clientWidth,
    height,
    padding: [8, 18, 0, 0],
    legend: { show: true, live: true },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * SECOND_MS), timeZone ?? browserZone()),
    scales: { y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.18 : 1] } },
    axes: [
      {
        stroke: ink,
        font,
        grid: { show: false },
        ticks: { stroke: line, size: 4 },
        space: 70,
        values: [
          [86_400, "{D} {MMM}", null, null, null, null, null, null, 1],
          [3_600, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
          [60, "{HH}:{mm}", "\n{D} {MMM}", null, "\n{D} {MMM}", null, null, null, 1],
        ],
      },
      {
        stroke: ink,
        font,
        size: 62,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        values: (_plot, splits) => splits.map((value) => format(value)),
      },
    ],
    series: [
      {
        label: "Time",
        value: (_plot, seconds) => (seconds === null ? "" : moment.format(seconds * SECOND_MS)),
      },
      ...series.map(({ label, color, isArea, isDashed }): UPlot.Series => {
        const stroke = resolved(element, color);
        return {
          label,
          stroke,
          width: 1.75,
          points: { show: false },
          ...(isDashed && { dash: [5, 4] }),
          ...(isArea && { fill: faded(stroke) }),
          value: (_plot, value) => (value === null ? "–" : format(value)),
        };
      }),
    ],
  };
}

/** A canvas knows no variables: the colour as it is where the chart stands. */
function resolved(element: HTMLElement, name: string): string {
  const before = element.style.color;
  element.style.color = `var(${name})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}

function faded(color: string): string {
  return `color-mix(in srgb, ${color} 14%, transparent)`;
}

function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
