import type { Migration } from "./migration.ts";

/** The catalogues as they stood at the first version. Never edited once released: a change is a new migration. */
export const TABLES_MIGRATION: Migration = {
  number: 1,
  name: "tables",
  statements: (engineOf) => [
    `CREATE TABLE IF NOT EXISTS flows
    (
        network_id UInt32,
        import_id UInt32,
        batch UInt64,
        received_at DateTime('UTC'),
        exporter IPv6,
        observation_domain UInt32,
        time_start DateTime64(3, 'UTC') CODEC(T64, LZ4),
        time_end DateTime64(3, 'UTC') CODEC(T64, LZ4),
        src_addr IPv6,
        dst_addr IPv6,
        src_port UInt16,
        dst_port UInt16,
        ip_protocol UInt8,
        tcp_flags UInt8,
        icmp_type_code UInt16,
        ip_tos UInt8,
        bytes UInt64 CODEC(T64, LZ4),
        packets UInt64 CODEC(T64, LZ4),
        sampling_rate UInt32,
        in_if UInt32,
        out_if UInt32,
        vlan_src UInt16,
        vlan_dst UInt16,
        src_as UInt32,
        dst_as UInt32,
        next_hop IPv6,
        direction UInt8,
        initiator UInt8,
        window_last DateTime('UTC') MATERIALIZED toDateTime(intDiv(toUnixTimestamp64Milli(time_end), 300000) * 300, 'UTC'),
        window_first DateTime('UTC') MATERIALIZED toDateTime(least(toInt64(toUnixTimestamp(window_last)), greatest(intDiv(toUnixTimestamp64Milli(time_start), 300000) * 300, toInt64(toUnixTimestamp(window_last)) - 604800)), 'UTC'),
        slice UInt8 MATERIALIZED toUInt8(cityHash64(least(src_addr, dst_addr), greatest(src_addr, dst_addr)) % 32),
        INDEX window_last_range window_last TYPE minmax GRANULARITY 1,
        INDEX batch_range batch TYPE minmax GRANULARITY 1,
        INDEX import_range import_id TYPE minmax GRANULARITY 1
    )
    ENGINE = ${engineOf("MergeTree", "flows")}
    PARTITION BY toYYYYMMDD(received_at)
    ORDER BY (network_id, window_first, slice)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000`,
    `CREATE TABLE IF NOT EXISTS aggregates
    (
        network_id UInt32,
        host IPv6,
        window DateTime('UTC') CODEC(T64, LZ4),
        side Enum8('client' = 0, 'server' = 1),
        peer IPv6,
        protocol UInt8,
        service_port UInt16,
        answered UInt8,
        started UInt32 CODEC(T64, LZ4),
        accepted UInt32 CODEC(T64, LZ4),
        refused UInt32 CODEC(T64, LZ4),
        one_way UInt32 CODEC(T64, LZ4),
        bytes_in UInt64 CODEC(T64, LZ4),
        bytes_out UInt64 CODEC(T64, LZ4),
        packets_in UInt64 CODEC(T64, LZ4),
        packets_out UInt64 CODEC(T64, LZ4),
        tcp_flags_or UInt8,
        duration_ms_sum UInt64 CODEC(T64, LZ4),
        first_seen DateTime64(3, 'UTC') CODEC(T64, LZ4),
        last_seen DateTime64(3, 'UTC') CODEC(T64, LZ4),
        max_sampling_rate UInt32,
        orientation_evidence UInt16,
        exporters Array(IPv6),
        slice UInt8,
        fold UInt32 CODEC(T64, LZ4),
        folded_on Date,
        INDEX window_range window TYPE minmax GRANULARITY 1
    )
    ENGINE = ${engineOf("MergeTree", "aggregates")}
    PARTITION BY folded_on
    ORDER BY (network_id, answered, host, side, protocol, service_port, peer, window)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    `CREATE TABLE IF NOT EXISTS folds
    (
        network_id UInt32,
        window DateTime('UTC'),
        slice UInt8,
        floor_batch UInt64,
        fold UInt32,
        batch_from UInt64,
        batch_to UInt64,
        folded_at DateTime('UTC')
    )
    ENGINE = ${engineOf("MergeTree", "folds")}
    ORDER BY (network_id, window, slice, floor_batch, fold)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    `CREATE TABLE IF NOT EXISTS fold_cycles
    (
        batch_to UInt64,
        finished_at DateTime('UTC')
    )
    ENGINE = ${engineOf("MergeTree", "fold_cycles")}
    ORDER BY (batch_to)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    `CREATE TABLE IF NOT EXISTS fold_requests
    (
        network_id UInt32,
        window DateTime('UTC'),
        slice UInt8,
        wanted_fold UInt32,
        requested_at DateTime('UTC')
    )
    ENGINE = ${engineOf("ReplacingMergeTree(wanted_fold)", "fold_requests")}
    ORDER BY (network_id, window, slice)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    `CREATE TABLE IF NOT EXISTS raw_expiries
    (
        batch_to UInt64,
        expired_at DateTime('UTC')
    )
    ENGINE = ${engineOf("MergeTree", "raw_expiries")}
    ORDER BY (batch_to)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    `CREATE TABLE IF NOT EXISTS forgotten_imports
    (
        import_id UInt32,
        forgotten_at DateTime('UTC')
    )
    ENGINE = ${engineOf("MergeTree", "forgotten_imports")}
    ORDER BY (import_id)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    `CREATE TABLE IF NOT EXISTS aggregates_hourly
    (
        network_id UInt32,
        host IPv6,
        hour DateTime('UTC') CODEC(T64, LZ4),
        side Enum8('client' = 0, 'server' = 1),
        peer IPv6,
        protocol UInt8,
        service_port UInt16,
        answered UInt8,
        started UInt32 CODEC(T64, LZ4),
        accepted UInt32 CODEC(T64, LZ4),
        refused UInt32 CODEC(T64, LZ4),
        one_way UInt32 CODEC(T64, LZ4),
        bytes_in UInt64 CODEC(T64, LZ4),
        bytes_out UInt64 CODEC(T64, LZ4),
        packets_in UInt64 CODEC(T64, LZ4),
        packets_out UInt64 CODEC(T64, LZ4),
        tcp_flags_or UInt8,
        duration_ms_sum UInt64 CODEC(T64, LZ4),
        first_seen DateTime64(3, 'UTC') CODEC(T64, LZ4),
        last_seen DateTime64(3, 'UTC') CODEC(T64, LZ4),
        max_sampling_rate UInt32,
        orientation_evidence UInt16,
        exporters Array(IPv6),
        rollup UInt32 CODEC(T64, LZ4),
        rolled_on Date,
        INDEX hour_range hour TYPE minmax GRANULARITY 1
    )
    ENGINE = ${engineOf("MergeTree", "aggregates_hourly")}
    PARTITION BY toYYYYMM(rolled_on)
    ORDER BY (network_id, answered, host, side, protocol, service_port, peer, hour)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    `CREATE TABLE IF NOT EXISTS rollups
    (
        network_id UInt32,
        hour DateTime('UTC'),
        rollup UInt32,
        fold_to UInt32,
        rolled_at DateTime('UTC')
    )
    ENGINE = ${engineOf("MergeTree", "rollups")}
    ORDER BY (network_id, hour, rollup)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
    `CREATE TABLE IF NOT EXISTS served_endpoints
    (
        network_id UInt32,
        hour DateTime('UTC'),
        host IPv6,
        protocol UInt8,
        service_port UInt16,
        clients UInt32,
        folded_on Date
    )
    ENGINE = ${engineOf("ReplacingMergeTree(clients)", "served_endpoints")}
    PARTITION BY folded_on
    ORDER BY (network_id, host, protocol, service_port, hour)
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  ],
};
