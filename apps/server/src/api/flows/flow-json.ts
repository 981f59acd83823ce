import { FLOW_COLUMNS } from "@flowlens/flow";
import { formatService, type FlowAggregate, type FlowRecord } from "@flowlens/contract";
import type { StoredAggregate, StoredRecord } from "#flow-store";

/** A raw record by the names of the catalogue. */
export function toFlowRecord(record: StoredRecord): FlowRecord {
  const values = record as Readonly<Record<string, string | number>>;
  const columns = FLOW_COLUMNS.map(({ name, type }) => {
    const value = values[camelCase(name)];
    return [name, type === "time_ms" ? moment(Number(value)) : value];
  });
  return {
    ...(Object.fromEntries(columns) as Omit<FlowRecord, "received_at" | "import_id">),
    received_at: moment(record.receivedAt),
    import_id: record.importId === 0 ? null : record.importId,
  };
}

export function toFlowAggregate(row: StoredAggregate): FlowAggregate {
  const { protocol, servicePort: port } = row;
  return {
    window: moment(row.window),
    host: row.host,
    side: row.side,
    peer: row.peer,
    protocol,
    port,
    service: formatService({ protocol, port }),
    answered: row.answered === 1,
    started: row.started,
    accepted: row.accepted,
    refused: row.refused,
    one_way: row.oneWay,
    bytes_in: row.bytesIn,
    bytes_out: row.bytesOut,
    packets_in: row.packetsIn,
    packets_out: row.packetsOut,
    tcp_flags: row.tcpFlagsOr,
    duration_ms: row.durationMsSum,
    first_seen: moment(row.firstSeen),
    last_seen: moment(row.lastSeen),
    max_sampling_rate: row.maxSamplingRate,
    exporters: [...row.exporters],
  };
}

function moment(ms: number): string {
  return new Date(ms).toISOString();
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
