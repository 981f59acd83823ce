import { Skeleton } from "@mantine/core";
import { CatchBoundary } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { EmptyState } from "../ui/notices.tsx";
import type { TimeChartProps } from "./time-chart.tsx";

const USUAL_LANGUAGE = "en";

const Loaded = lazy(async () => {
  mendLanguage();
  const { TimeChart: component } = await import("./time-chart.tsx");
  return { default: component };
});

/** The chart, whose library is fetched when the first one is shown. Without it the rest of the page stands. */
export function TimeChart(props: TimeChartProps) {
  return (
    <CatchBoundary getResetKey={() => props.unit} errorComponent={ChartMissing}>
      <Suspense fallback={<Skeleton height={props.height ?? 220} />}>
        <Loaded {...props} />
      </Suspense>
    </CatchBoundary>
  );
}

function ChartMissing() {
  return (
    <EmptyState icon="warning" title="The chart could not be drawn.">
      <p>Its figures stand below. Loading the page again may help.</p>
    </EmptyState>
  );
}

/**
 * A browser started without a language calls it `en-US@posix`, which no formatter takes; uPlot makes one from it as
 * soon as it is loaded, and would fail.
 */
function mendLanguage(): void {
  try {
    Intl.getCanonicalLocales(navigator.language);
  } catch {
    Object.defineProperty(navigator, "language", { value: USUAL_LANGUAGE, configurable: true });
  }
}
