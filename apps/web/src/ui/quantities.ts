/** Numbers as people read them, in few characters; the exact ones are shown on hover. */

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"] as const;
const COUNT_UNITS = ["", "k", "M", "G", "T"] as const;
const STEP = 1_000;
const EXACT = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });

/** `12,345`. */
export function exactCount(value: number): string {
  return EXACT.format(value);
}

/** `987`, `9,876`, `12.3 k`, `4.56 M`. */
export function shortCount(value: number): string {
  return Math.abs(value) < 10_000 ? EXACT.format(Math.round(value)) : scaled(value, COUNT_UNITS);
}

/** `512 B`, `1.2 MB`: decimal units. */
export function shortBytes(value: number): string {
  return value < STEP ? `${EXACT.format(Math.round(value))} B` : scaled(value, BYTE_UNITS);
}

/** Per second, with one digit behind the point where it is small: `0.4`, `7`, `1.2 k`. */
export function shortRate(value: number): string {
  if (value === 0) return "0";
  if (value < 0.1) return "< 0.1";
  return value < 10 ? value.toFixed(1).replace(/\.0$/, "") : shortCount(value);
}

/** `93 %`; what is not quite all or nothing never reads as all or nothing. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 100 && share < 1) return "> 99 %";
  if (rounded === 0 && share > 0) return "< 1 %";
  return `${rounded} %`;
}

/** A confidence as the engine says it: `0.93`. */
export function confidenceText(share: number): string {
  return (Math.floor(share * 100) / 100).toFixed(2);
}

/** `1 client`, `12 clients`. */
export function counted(count: number, noun: string): string {
  return `${shortCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function scaled(value: number, units: readonly string[]): string {
  let rest = value;
  let unit = 0;
  while (Math.abs(rest) >= STEP && unit < units.length - 1) {
    rest /= STEP;
    unit++;
  }
  // 999.96 would read 1000.
  if (Number(rest.toPrecision(3)) >= STEP && unit < units.length - 1) {
    rest /= STEP;
    unit++;
  }
  return `${Number(rest.toPrecision(3))} ${units[unit]}`;
}
