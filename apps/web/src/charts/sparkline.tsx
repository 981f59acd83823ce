import styles from "./sparkline.module.css";

const WIDTH = 120;
const HEIGHT = 28;

/** The run of a value in a few strokes; what it shows stands in words beside it. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  if (values.length === 0) return <svg className={styles.line} aria-hidden="true" />;
  const most = Math.max(...values, 1e-9);
  const line = values.length === 1 ? [...values, ...values] : values;
  const step = WIDTH / (line.length - 1);
  const points = line.map(
    (value, index) =>
      `${(index * step).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`,
  );
  return (
    <svg
      className={styles.line}
      aria-hidden="true"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      <polygon points={`0,${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`} />
      <polyline points={points.join(" ")} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
