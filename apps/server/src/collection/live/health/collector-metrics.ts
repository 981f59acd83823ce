import type { Measurement, Metrics } from "#telemetry";
import type { CollectorSocket, CollectorStatus, LiveExporter } from "../live-types.ts";

export interface MeasuredCollector {
  status(): CollectorStatus;
  /** As last reported; at most `maxExporters` of them carry labels. */
  exporters(): readonly LiveExporter[];
}

type SocketNumber = (socket: CollectorSocket) => number | undefined;
type ExporterNumber = (exporter: LiveExporter) => number | null;

const OF_SOCKET: Readonly<Record<string, readonly [help: string, read: SocketNumber]>> = {
  packets_total: ["Datagrams received.", (one) => one.packets],
  bytes_total: ["Payload received.", (one) => one.bytes],
  refused_packets_total: ["Datagrams of senders that are not allowed.", (one) => one.refused],
  queue_drops_total: ["Datagrams dropped because decoding did not keep up.", (one) => one.queueDrops],
  kernel_drops_total: ["Datagrams that the system dropped before they were read.", (one) => one.kernelDrops],
  receive_buffer_bytes: ["Receive buffer that the system granted.", (one) => one.receiveBufferBytes],
};

const OF_COLLECTOR: Readonly<
  Record<string, readonly [help: string, read: (status: CollectorStatus) => number]>
> = {
  queue_bytes: ["Received and not yet decoded.", (one) => one.queue.waitingBytes],
  lost_packets_total: ["Datagrams that were with a thread when it died.", (one) => one.queue.lostPackets],
  decoded_packets_total: ["Datagrams decoded.", (one) => one.decoding.packets],
  decoded_records_total: ["Records decoded.", (one) => one.decoding.records],
  stored_records_total: ["Records handed to the spool.", (one) => one.spool.storedRecords],
  dropped_records_total: [
    "Records lost because the spool could not take them.",
    (one) => one.spool.droppedRecords,
  ],
  thread_restarts_total: ["Threads of the collector that died or hung.", (one) => one.restarts],
};

const OF_EXPORTER: Readonly<Record<string, readonly [help: string, read: ExporterNumber]>> = {
  packets_total: ["Datagrams of the exporter.", (one) => one.packets],
  records_total: ["Records decoded.", (one) => one.records],
  lost_records_total: ["Sent and not received, by its sequence numbers.", (one) => one.recordsLost],
  lost_packets_total: ["Packets sent and not received, by its sequence numbers.", (one) => one.packetsLost],
  dropped_records_total: ["Received and lost here.", (one) => one.recordsDropped],
  dropped_samples_total: ["Dropped by the exporter itself.", (one) => one.samplesDropped],
  sequence_gaps_total: ["Gaps in its sequence numbers.", (one) => one.sequenceGaps],
  sequence_reorders_total: ["Datagrams out of order.", (one) => one.sequenceReorders],
  sequence_resets_total: ["Restarts of its sequence.", (one) => one.sequenceResets],
  waiting_records: ["Came before their template.", (one) => one.recordsWaiting],
  templates: ["Templates known now.", (one) => one.templates],
  malformed_packets_total: ["Datagrams with something wrong.", (one) => one.malformed],
  unsupported_packets_total: ["Datagrams of a version that is not decoded.", (one) => one.unsupported],
  sampling_rate: [
    "The newest sampling rate in force.",
    (one) => one.samplingRateOverride ?? one.samplingRate,
  ],
  clock_skew_seconds: [
    "Receipt minus export time.",
    (one) => (one.clockSkewMs === null ? null : one.clockSkewMs / 1000),
  ],
  last_seen_timestamp_seconds: [
    "When its last datagram came.",
    (one) => (one.lastSeen === null ? null : one.lastSeen.getTime() / 1000),
  ],
};

/** Counters of the collector, of its sockets and of each exporter, read when somebody asks. */
export function measureCollector(metrics: Metrics, collector: MeasuredCollector): void {
  for (const [name, [help, read]] of Object.entries(OF_COLLECTOR)) {
    metrics.measured({
      name: `flowlens_collector_${name}`,
      help,
      read: () => [{ value: read(collector.status()) }],
    });
  }
  for (const [name, [help, read]] of Object.entries(OF_SOCKET)) {
    metrics.measured<"address" | "port">({
      name: `flowlens_collector_socket_${name}`,
      help,
      labels: ["address", "port"],
      read: () =>
        collector.status().sockets.flatMap((one): Measurement<"address" | "port">[] => {
          const value = read(one);
          return value === undefined
            ? []
            : [{ value, labels: { address: one.address, port: String(one.port) } }];
        }),
    });
  }
  for (const [name, [help, read]] of Object.entries(OF_EXPORTER)) {
    metrics.measured<"exporter">({
      name: `flowlens_exporter_${name}`,
      help,
      labels: ["exporter"],
      read: () =>
        collector.exporters().flatMap((one): Measurement<"exporter">[] => {
          const value = read(one);
          return value === null ? [] : [{ value, labels: { exporter: one.address } }];
        }),
    });
  }
}
