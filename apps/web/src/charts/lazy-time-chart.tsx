import { Skeleton } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { TimeChartProps } from "./time-chart.tsx";

const Loaded = lazy(async () => ({ default: (await import("./time-chart.tsx")).TimeChart }));

/** The chart, whose library is fetched when the first one is shown. */
export function TimeChart(props: TimeChartProps) {
  return (
    <Suspense fallback={<Skeleton height={props.height ?? 220} mb={26} />}>
      <Loaded {...props} />
    </Suspense>
  );
}
