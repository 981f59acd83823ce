import styles from "./figures.module.css";
import { figuresOf } from "./line-figures.ts";
import type { TimeSeries } from "./time-chart.tsx";

export interface FiguresProps {
  readonly series: readonly TimeSeries[];
  readonly format: (value: number) => string;
}

/** What stands under a chart: which line is which, and what each comes to. */
export function Figures({ series, format }: FiguresProps) {
  return (
    <dl className={styles.figures}>
      {series.map(({ label, values, color, isDashed }) => {
        const { mean, p95, most } = figuresOf(values);
        return (
          <div key={label}>
            <dt>
              <span
                className={styles.stroke}
                data-dashed={isDashed || undefined}
                style={{ borderTopColor: `var(${color})` }}
              />
              {label}
            </dt>
            <dd>
              mean {format(mean)} · p95 {format(p95)} · peak {format(most)}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
