import { FEATURES_V1, type FeatureDefinition } from "./catalogue.ts";

/**
 * A features.v1 value as a person reads it: "fan-in 12 clients", "TCP 93 %", "serves SSH: no",
 * "unevenness from hour to hour: missing, it was seen for less than 3 hours …". Logarithms are undone.
 * Throws a RangeError when there is no feature `index`.
 */
export function describeFeature(index: number, value: number): string {
  const feature: FeatureDefinition | undefined = FEATURES_V1.features[index];
  if (feature === undefined) throw new RangeError(`features.v1 has no feature ${index}.`);
  if (Number.isNaN(value)) return `${feature.label}: missing, ${feature.missingWhen ?? "it was not counted"}`;
  switch (feature.unit) {
    case "yes or no":
      return `${feature.label}: ${value >= 0.5 ? "yes" : "no"}`;
    case "share":
      return `${feature.label} ${formatShare(value)}`;
    case "deviation / mean":
      return `${feature.label} ${value.toFixed(2)} times the mean`;
    case "log1p bytes":
    case "log1p bytes per conversation":
      return `${feature.label} ${formatBytes(Math.expm1(value))}`;
    case "log1p clients":
      return `${feature.label} ${formatCount(Math.expm1(value), "client")}`;
    case "log1p servers":
      return `${feature.label} ${formatCount(Math.expm1(value), "server")}`;
    case "log1p conversations":
    case "log1p ports":
      return `${feature.label} ${formatInteger(Math.expm1(value))}`;
  }
}

/** "93 %"; a share that is not quite 0 or 1 never reads as 0 % or 100 %. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 1) return "under 1 %";
  if (percent > 99 && percent < 100) return "over 99 %";
  return `${Math.round(percent)} %`;
}

/** "1 client", "12 clients", "1,204 clients". */
export function formatCount(count: number, singular: string, plural = `${singular}s`): string {
  const rounded = Math.round(count);
  return `${formatInteger(rounded)} ${rounded === 1 ? singular : plural}`;
}

/** A whole number with comma groups, the same in every locale: explanations are stored and compared. */
export function formatInteger(value: number): string {
  return Math.round(value)
    .toString()
    .replaceAll(/\B(?=(\d{3})+(?!\d))/g, ",");
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Decimal units (1 kB = 1,000 B), as network links are counted: "512 B", "1.4 kB", "20 MB". */
export function formatBytes(bytes: number): string {
  let value = Math.round(bytes);
  let unit = 0;
  while (value >= 1000 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 10 ? value.toFixed(1) : formatInteger(value);
  return `${digits} ${BYTE_UNITS[unit]}`;
}
