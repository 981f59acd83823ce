import type { Condition } from "./conditions.ts";

export interface CaptureFigures {
  readonly name: string;
  readonly condition: string;
  readonly answered: number;
  readonly oriented_right: number;
  readonly both_ports_high: number;
  readonly both_high_right: number;
}

export interface PooledFigures extends Omit<CaptureFigures, "name"> {
  readonly method: "fold" | "fold_without_known_ports" | "lower_port" | "twenty_line_rule";
  /** Shares of the conversations oriented right. */
  readonly right: number;
  readonly high_right: number;
}

/** Of the pooled conversations: all, and those with both ports from 1024 on (spec: orientation). */
export const TARGETS: Readonly<Record<Condition, { readonly right: number; readonly high_right: number }>> = {
  one_exporter: { right: 0.995, high_right: 0.985 },
  two_exporters_2s_apart: { right: 0.99, high_right: 0.95 },
  flags_zero: { right: 0.99, high_right: 0.98 },
  first_60s_cut: { right: 0.99, high_right: 0.975 },
  sampled_1_100: { right: 0.93, high_right: 0.8 },
};

/** A capture with so many answered conversations must reach this alone. */
export const ALONE = { answered: 100, right: 0.98 } as const;

export function pool(
  method: PooledFigures["method"],
  condition: Condition,
  figures: readonly CaptureFigures[],
): PooledFigures {
  const sum = (of: (one: CaptureFigures) => number): number =>
    figures.reduce((total, one) => total + of(one), 0);
  const answered = sum((one) => one.answered);
  const oriented_right = sum((one) => one.oriented_right);
  const both_ports_high = sum((one) => one.both_ports_high);
  const both_high_right = sum((one) => one.both_high_right);
  return {
    method,
    condition,
    answered,
    oriented_right,
    both_ports_high,
    both_high_right,
    right: answered === 0 ? 1 : oriented_right / answered,
    high_right: both_ports_high === 0 ? 1 : both_high_right / both_ports_high,
  };
}

function meetsTarget(figures: PooledFigures): boolean {
  const target = TARGETS[figures.condition as Condition];
  return figures.right >= target.right && figures.high_right >= target.high_right;
}

export function belowAlone(figures: readonly CaptureFigures[]): CaptureFigures[] {
  return figures.filter(
    (one) => one.answered >= ALONE.answered && one.oriented_right / one.answered < ALONE.right,
  );
}

export function tableOf(pooled: readonly PooledFigures[]): string {
  const rows = pooled.map((one) => [
    one.condition,
    one.method.replaceAll("_", " "),
    String(one.answered),
    one.right.toFixed(4),
    String(one.both_ports_high),
    one.high_right.toFixed(4),
    one.method === "fold" ? (meetsTarget(one) ? "met" : "MISSED") : "",
  ]);
  return columns([["condition", "method", "answered", "right", "both high", "right", "target"], ...rows]);
}

export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
