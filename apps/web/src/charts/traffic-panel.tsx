import { SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { networksQuery, type TrafficAsked, trafficQuery } from "../api/queries.ts";
import { EmptyState, FailureNotice } from "../ui/notices.tsx";
import { Panel } from "../ui/panel.tsx";
import { Figures } from "./figures.tsx";
import { TimeChart } from "./lazy-time-chart.tsx";
import {
  drawingOf,
  isSilent,
  type TrafficDrawing,
  type TrafficLabels,
  type TrafficShown,
  wholeSteps,
} from "./traffic-series.ts";

export interface TrafficPanelProps {
  readonly asked: TrafficAsked;
  readonly labels: TrafficLabels;
  /** What the traffic is of: "This host", "Network default". */
  readonly of: (network: string) => string;
  /** Of the chart, in pixels. */
  readonly height?: number;
}

/** Conversations or bytes over time, in the network's time zone, with the figures of what is drawn under it. */
export function TrafficPanel({ asked, labels, of, height = 236 }: TrafficPanelProps) {
  const [shown, setShown] = useState<TrafficShown>("conversations");
  const networks = useQuery(networksQuery());
  const { data, error, refetch } = useQuery(trafficQuery(asked));
  const timeZone = networks.data?.networks.find(({ name }) => name === data?.network)?.time_zone;
  return (
    <Panel
      title="Traffic"
      note={data === undefined ? "Over time." : `${of(data.network)}, ${timeZone ?? "your"} time.`}
      aside={
        <SegmentedControl
          size="xs"
          aria-label="What is drawn"
          value={shown}
          onChange={(value) => setShown(value)}
          data={[
            { value: "conversations", label: "Conversations" },
            { value: "bytes", label: "Bytes" },
          ]}
        />
      }
    >
      {data === undefined ? (
        error === null ? (
          <Skeleton height={height + 24} />
        ) : (
          <FailureNotice what="The traffic" error={error} onRetry={() => void refetch()} />
        )
      ) : isSilent(data) ? (
        <EmptyState icon="overview" title="No traffic in this period." />
      ) : (
        <Drawing
          drawing={drawingOf(wholeSteps(data), shown, labels)}
          timesMs={wholeSteps(data).points.map(({ start }) => Date.parse(start))}
          height={height}
          timeZone={timeZone}
        />
      )}
    </Panel>
  );
}

interface DrawingProps {
  readonly drawing: TrafficDrawing;
  readonly timesMs: readonly number[];
  readonly height: number;
  readonly timeZone: string | undefined;
}

function Drawing({ drawing: { series, format, unit, words }, timesMs, height, timeZone }: DrawingProps) {
  return (
    <>
      <TimeChart
        summary={words}
        timesMs={timesMs}
        series={series}
        format={format}
        unit={unit}
        height={height}
        timeZone={timeZone}
      />
      <Figures series={series} format={format} />
    </>
  );
}
