export interface LineFigures {
  readonly mean: number;
  /** 95 of 100 values are not above it. */
  readonly p95: number;
  readonly most: number;
}

/** What a line of values comes to; all 0 when there are none. */
export function figuresOf(values: readonly number[]): LineFigures {
  if (values.length === 0) return { mean: 0, p95: 0, most: 0 };
  const sorted = values.toSorted((a, b) => a - b);
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    p95: sorted[Math.ceil(values.length * 0.95) - 1],
    most: sorted[sorted.length - 1],
  };
}
