import type { Metrics } from "#telemetry";
import type { InserterCounter } from "./flow-inserter.ts";

const DEFINITIONS: Readonly<Record<InserterCounter, readonly [name: string, help: string]>> = {
  rows: ["inserted_rows_total", "Raw records inserted; replays that were there already count too."],
  inserts: ["inserts_total", "Inserts of raw records that the store acknowledged."],
  bytes: ["inserted_bytes_total", "Bytes of raw records sent to the store."],
  retries: ["insert_retries_total", "Inserts of raw records that were tried again."],
  failures: ["insert_failures_total", "Inserts of raw records that were given up."],
  clampedValues: [
    "clamped_values_total",
    "Values of raw records that no column can hold and were moved to the nearest.",
  ],
};

/** Counts for Prometheus what an inserter counts. */
export function insertMetrics(metrics: Metrics): (counter: InserterCounter, amount: number) => void {
  const counters = Object.fromEntries(
    Object.entries(DEFINITIONS).map(([counter, [name, help]]) => [
      counter,
      metrics.counter({ name: `flowlens_flow_store_${name}`, help }),
    ]),
  ) as Record<InserterCounter, ReturnType<Metrics["counter"]>>;
  return (counter, amount) => counters[counter].add(amount);
}
