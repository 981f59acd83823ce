import type { Metrics } from "#telemetry";
import type { SpoolLoaderStatus } from "./spool-loader-types.ts";

/** Shows what the loader's status says to Prometheus, whenever it asks. */
export function loaderMetrics(metrics: Metrics, status: () => SpoolLoaderStatus): void {
  const show = (name: string, help: string, value: (status: SpoolLoaderStatus) => number): void =>
    metrics.measured({ name: `flowlens_spool_${name}`, help, read: () => [{ value: value(status()) }] });
  show(
    "backlog_segments",
    "Segments on disk that the flow store does not have yet.",
    (now) => now.backlog.segments,
  );
  show("backlog_bytes", "Their bytes.", (now) => now.backlog.bytes);
  show("backlog_oldest_seconds", "Age of the oldest of them.", (now) => now.backlog.oldestAgeMs / 1000);
  show("loaded_rows_total", "Received records that the flow store has.", (now) => now.loadedRows);
  show("loaded_segments_total", "Segments that the flow store has.", (now) => now.loadedSegments);
  show(
    "set_aside_segments_total",
    "Segments that cannot be loaded; their files are kept.",
    (now) => now.setAsideSegments,
  );
  show(
    "damaged_rows_total",
    "Records that could not be read back, as far as known.",
    (now) => now.damagedRows,
  );
  show(
    "load_retries_total",
    "Inserts of spooled records that failed and were done again.",
    (now) => now.retries,
  );
  show("waiting_for_store", "1 while loading fails and is tried again.", (now) =>
    now.waitingFor === null ? 0 : 1,
  );
}
