import type { Exporter } from "@flowlens/contract";
import { longDuration } from "../ui/moments.ts";
import { exactCount } from "../ui/quantities.ts";

const PROTOCOLS: Readonly<Record<string, string>> = {
  netflow5: "NetFlow v5",
  netflow9: "NetFlow v9",
  ipfix: "IPFIX",
  sflow5: "sFlow v5",
};

/** What is less than this is the time that packets take. */
const SKEW_FROM_MS = 1_000;

export function protocolName(protocol: string): string {
  return Object.hasOwn(PROTOCOLS, protocol) ? PROTOCOLS[protocol] : protocol;
}

/** `1:1000`; `all` where nothing is left out. */
export function samplingText({ sampling_rate, sampling_rate_override }: SamplingOf): string {
  const rate = sampling_rate_override ?? sampling_rate;
  return rate === 1 ? "all" : `1:${rate}`;
}
type SamplingOf = Pick<Exporter, "sampling_rate" | "sampling_rate_override">;

/** How far its clock is off: `3 s behind`. What it sends seems old when it is behind. */
export function skewText(skewMs: number | null): string {
  if (skewMs === null) return "–";
  if (Math.abs(skewMs) < SKEW_FROM_MS) return "none";
  return `${longDuration(skewMs)} ${skewMs > 0 ? "behind" : "ahead"}`;
}

/** All that was lost on the way from an exporter to the store, in words; empty when nothing was. */
export function lossWords(exporter: Exporter): string[] {
  const { protocols, records_lost, records_dropped, samples_dropped } = exporter;
  const unit = protocols.includes("netflow9")
    ? "packets"
    : protocols.includes("sflow5")
      ? "samples"
      : "records";
  return [
    ...(records_lost > 0 ? [`${exactCount(records_lost)} ${unit} sent and not received`] : []),
    ...(records_dropped > 0
      ? [`${exactCount(records_dropped)} records received and lost here: the spool was full`]
      : []),
    ...(samples_dropped > 0 ? [`${exactCount(samples_dropped)} samples dropped by the exporter itself`] : []),
  ];
}

/** In one figure. */
export function lost({ records_lost, records_dropped, samples_dropped }: LossOf): number {
  return records_lost + records_dropped + samples_dropped;
}
type LossOf = Pick<Exporter, "records_lost" | "records_dropped" | "samples_dropped">;
