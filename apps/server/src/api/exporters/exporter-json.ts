import type { CollectorSocket, Exporter, ExporterList } from "@flowlens/contract";
import type { CollectorStatus, LiveExporter } from "#collection";

/** Exporters and what receives them, as the API and `flowlens exporters --json` show them. */
export function toExporterList(
  exporters: readonly LiveExporter[],
  status: Pick<CollectorStatus, "sockets" | "refusedSenders">,
): ExporterList {
  return {
    exporters: exporters.map(toExporter),
    sockets: status.sockets.map(toSocket),
    refused_senders: status.refusedSenders.map(({ address, packets }) => ({ address, packets })),
  };
}

export function toExporter(exporter: LiveExporter): Exporter {
  return {
    address: exporter.address,
    name: exporter.name,
    network: exporter.network,
    state: exporter.state,
    protocols: [...exporter.protocols],
    packets: exporter.packets,
    records: exporter.records,
    records_per_second: exporter.recordsPerSecond,
    records_lost: exporter.recordsLost,
    packets_lost: exporter.packetsLost,
    records_dropped: exporter.recordsDropped,
    samples_dropped: exporter.samplesDropped,
    sequence_gaps: exporter.sequenceGaps,
    sequence_reorders: exporter.sequenceReorders,
    sequence_resets: exporter.sequenceResets,
    records_waiting: exporter.recordsWaiting,
    templates: exporter.templates,
    malformed: exporter.malformed,
    malformed_by_reason: { ...exporter.malformedByReason },
    unsupported: exporter.unsupported,
    times_clamped: exporter.timesClamped,
    sampling_rate: exporter.samplingRate,
    sampling_rate_override: exporter.samplingRateOverride,
    clock_skew_ms: exporter.clockSkewMs,
    simulated: exporter.simulated,
    first_seen: exporter.firstSeen?.toISOString() ?? null,
    last_seen: exporter.lastSeen?.toISOString() ?? null,
  };
}

function toSocket(socket: CollectorStatus["sockets"][number]): CollectorSocket {
  return {
    address: socket.address,
    port: socket.port,
    protocols: [...socket.protocols],
    packets: socket.packets,
    bytes: socket.bytes,
    refused: socket.refused,
    queue_drops: socket.queueDrops,
    kernel_drops: socket.kernelDrops ?? null,
    receive_buffer_asked_bytes: socket.receiveBufferAskedBytes,
    receive_buffer_bytes: socket.receiveBufferBytes,
  };
}
