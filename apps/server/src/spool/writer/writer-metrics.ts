import type { Metrics } from "#telemetry";
import type { SpoolWriterStatus } from "./spool-writer-types.ts";

/** Shows what a writer's status says to Prometheus, whenever it asks. `status` answers the newest known, undefined before there is one. */
export function spoolWriterMetrics(metrics: Metrics, status: () => SpoolWriterStatus | undefined): void {
  const show = (name: string, help: string, value: (status: SpoolWriterStatus) => number): void =>
    metrics.measured({
      name: `flowlens_spool_${name}`,
      help,
      read: () => {
        const now = status();
        return now === undefined ? [] : [{ value: value(now) }];
      },
    });
  show("written_rows_total", "Received records written to the spool.", (now) => now.rows);
  show("written_bytes_total", "Bytes that they took.", (now) => now.bytes);
  show("sealed_segments_total", "Segments that were sealed for loading.", (now) => now.segmentsSealed);
  show("disk_bytes", "Bytes of the spool on disk.", (now) => now.spoolBytes);
  show("limit_bytes", "Bytes that the spool may take.", (now) => now.limitBytes);
  show("unsynced_bytes", "Bytes that a power loss would cost.", (now) => now.unsyncedBytes);
  show(
    "sync_failures_total",
    "Times that the disk refused to keep what it had taken.",
    (now) => now.syncFailures,
  );
  show("longest_sync_seconds", "The longest fsync.", (now) => now.longestSyncMs / 1000);
  show("refusing", "1 while received records are refused.", (now) => (now.refusing === null ? 0 : 1));
  metrics.measured({
    name: "flowlens_spool_refused_rows_total",
    help: "Received records that were lost because the spool could not take them.",
    labels: ["reason"],
    read: () =>
      Object.entries(status()?.refusedRows ?? {}).map(([reason, value]) => ({ value, labels: { reason } })),
  });
}
