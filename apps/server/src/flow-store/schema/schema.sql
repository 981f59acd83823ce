-- Generated from the catalogues in schema/ by schema/write-schema-sql.ts; a test compares. Do not edit.

-- Raw records, one row per one-way record as exported.
CREATE TABLE IF NOT EXISTS flows
(
    network_id UInt32, -- Address space the record belongs to
    import_id UInt32, -- Import that brought it; 0 is live traffic
    batch UInt64, -- Number of the inserted batch, ascending; below the settled number all are there
    received_at DateTime('UTC'), -- When the store took it; retention and partitions count from here, never from flow time
    exporter IPv6, -- Address of the device that sent the record; :: for a record FlowLens metered or read from a log
    observation_domain UInt32, -- IPFIX observation domain, NetFlow v9 source id, v5 engine type and id, sFlow sub-agent
    time_start DateTime64(3, 'UTC') CODEC(T64, LZ4), -- Time of the first packet, exporter's clock, ms since 1970
    time_end DateTime64(3, 'UTC') CODEC(T64, LZ4), -- Time of the last packet, exporter's clock, ms since 1970; never before time_start
    src_addr IPv6, -- Source address
    dst_addr IPv6, -- Destination address
    src_port UInt16, -- TCP, UDP, SCTP or DCCP source port, else 0
    dst_port UInt16, -- TCP, UDP, SCTP or DCCP destination port, else 0
    ip_protocol UInt8, -- IP protocol number (IANA)
    tcp_flags UInt8, -- OR of the TCP flags of the packets; 0 where the exporter does not say
    icmp_type_code UInt16, -- type × 256 + code of ICMP and ICMPv6, else 0
    ip_tos UInt8, -- IP type of service or traffic class
    bytes UInt64 CODEC(T64, LZ4), -- IP bytes as exported, not scaled by the sampling rate
    packets UInt64 CODEC(T64, LZ4), -- Packets as exported, not scaled by the sampling rate
    sampling_rate UInt32, -- One packet in this many was looked at; 1 where unsampled or not said
    in_if UInt32, -- SNMP index of the input interface, 0 where not said
    out_if UInt32, -- SNMP index of the output interface, 0 where not said
    vlan_src UInt16, -- VLAN id on the way in, 0 where not said
    vlan_dst UInt16, -- VLAN id on the way out, 0 where not said
    src_as UInt32, -- Autonomous system of the source, 0 where not said
    dst_as UInt32, -- Autonomous system of the destination, 0 where not said
    next_hop IPv6, -- Next router, :: where not said
    direction UInt8, -- 0 ingress, 1 egress, 255 where not said (IANA element 61)
    initiator UInt8, -- Who opened the conversation, as far as the source knows: see INITIATOR
    window_last DateTime('UTC') MATERIALIZED toDateTime(intDiv(toUnixTimestamp64Milli(time_end), 300000) * 300, 'UTC'), -- Start of the 5-minute window of time_end
    window_first DateTime('UTC') MATERIALIZED toDateTime(least(toInt64(toUnixTimestamp(window_last)), greatest(intDiv(toUnixTimestamp64Milli(time_start), 300000) * 300, toInt64(toUnixTimestamp(window_last)) - 604800)), 'UTC'), -- Start of the window of time_start, at most 7 days before window_last
    slice UInt8 MATERIALIZED toUInt8(cityHash64(least(src_addr, dst_addr), greatest(src_addr, dst_addr)) % 32), -- Hash of the unordered address pair: with the window, the unit that is folded
    INDEX window_last_range window_last TYPE minmax GRANULARITY 1,
    INDEX batch_range batch TYPE minmax GRANULARITY 1,
    INDEX import_range import_id TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMMDD(received_at)
ORDER BY (network_id, window_first, slice)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000;

-- What one host did in one 5-minute window with one peer on one service, from both sides; read through folds only.
CREATE TABLE IF NOT EXISTS aggregates
(
    network_id UInt32, -- Address space
    host IPv6, -- Whose view the row is
    window DateTime('UTC') CODEC(T64, LZ4), -- Start of the 5-minute window
    side Enum8('client' = 0, 'server' = 1), -- Role of host
    peer IPv6, -- The other side
    protocol UInt8, -- IP protocol number
    service_port UInt16, -- Port of the server; 0 for protocols without ports
    answered UInt8, -- 1: in this window the server sent something else than resets or ICMP unreachable
    started UInt32 CODEC(T64, LZ4), -- Conversations whose first record is in this window
    accepted UInt32 CODEC(T64, LZ4), -- Conversations first answered in this window
    refused UInt32 CODEC(T64, LZ4), -- Conversations started here that got resets or unreachables only
    one_way UInt32 CODEC(T64, LZ4), -- Conversations started here that got nothing back
    bytes_in UInt64 CODEC(T64, LZ4), -- Bytes host received, scaled by the sampling rate
    bytes_out UInt64 CODEC(T64, LZ4), -- Bytes host sent, scaled
    packets_in UInt64 CODEC(T64, LZ4), -- Packets host received, scaled
    packets_out UInt64 CODEC(T64, LZ4), -- Packets host sent, scaled
    tcp_flags_or UInt8, -- OR of the TCP flags of both directions
    duration_ms_sum UInt64 CODEC(T64, LZ4), -- Time the conversations took inside the window, summed, ms
    first_seen DateTime64(3, 'UTC') CODEC(T64, LZ4), -- First packet inside the window
    last_seen DateTime64(3, 'UTC') CODEC(T64, LZ4), -- Last packet inside the window
    max_sampling_rate UInt32, -- Highest sampling rate met; 1 is unsampled
    orientation_evidence UInt16, -- Bit set of the kinds of evidence that decided who is the server
    exporters Array(IPv6), -- Only where more than one exporter saw it: the counted one first
    slice UInt8, -- Slice of the address pair, as in flows
    fold UInt32 CODEC(T64, LZ4), -- Fold that wrote the row; folds says which one counts
    folded_on Date, -- Day of that fold, UTC; partitions and retention count from here
    INDEX window_range window TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY folded_on
ORDER BY (network_id, answered, host, side, protocol, service_port, peer, window)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Which fold of a slice counts: the newest per (network, window, slice, floor_batch). Written after the fold's aggregates: this is the switch.
CREATE TABLE IF NOT EXISTS folds
(
    network_id UInt32, -- Address space
    window DateTime('UTC'), -- Start of the 5-minute window
    slice UInt8, -- Slice of the address pairs
    floor_batch UInt64, -- 0, or: this fold covers only batches above and stands beside the older one, whose raw rows have expired
    fold UInt32, -- Number of the fold, ascending
    batch_from UInt64, -- Lowest batch among the raw rows it read; 0 where it found none
    batch_to UInt64, -- It covers the batches up to here
    folded_at DateTime('UTC') -- When; its day is folded_on of its aggregates
)
ENGINE = MergeTree
ORDER BY (network_id, window, slice, floor_batch, fold)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Finished cycles: every slice dirtied by batches up to batch_to has been folded.
CREATE TABLE IF NOT EXISTS fold_cycles
(
    batch_to UInt64, -- The watermark
    finished_at DateTime('UTC') -- When the cycle ended
)
ENGINE = MergeTree
ORDER BY (batch_to)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Slices that must be folded again although no new row says so (rows were deleted): wanted until a fold with at least this number is in folds.
CREATE TABLE IF NOT EXISTS fold_requests
(
    network_id UInt32, -- Address space
    window DateTime('UTC'), -- Start of the 5-minute window
    slice UInt8, -- Slice of the address pairs
    wanted_fold UInt32, -- Above every fold that may have read the rows before they were deleted
    requested_at DateTime('UTC') -- When
)
ENGINE = ReplacingMergeTree(wanted_fold)
ORDER BY (network_id, window, slice)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Raw rows of batches up to batch_to have expired, or are about to: written before they are dropped.
CREATE TABLE IF NOT EXISTS raw_expiries
(
    batch_to UInt64, -- Highest batch that expired
    expired_at DateTime('UTC') -- When
)
ENGINE = MergeTree
ORDER BY (batch_to)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Aggregates of folds up to fold_to have expired, or are about to: written before they are dropped.
CREATE TABLE IF NOT EXISTS aggregate_expiries
(
    fold_to UInt32, -- Highest fold that expired
    expired_at DateTime('UTC') -- When
)
ENGINE = MergeTree
ORDER BY (fold_to)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- One row each time an import's rows were deleted: its deduplication tokens count anew from there.
CREATE TABLE IF NOT EXISTS forgotten_imports
(
    import_id UInt32, -- The import
    forgotten_at DateTime('UTC') -- When
)
ENGINE = MergeTree
ORDER BY (import_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Current aggregates by hour, hosts and peers kept; read through rollups only.
CREATE TABLE IF NOT EXISTS aggregates_hourly
(
    network_id UInt32, -- Address space
    host IPv6, -- Whose view the row is
    hour DateTime('UTC') CODEC(T64, LZ4), -- Start of the hour, UTC
    side Enum8('client' = 0, 'server' = 1), -- Role of host
    peer IPv6, -- The other side
    protocol UInt8, -- IP protocol number
    service_port UInt16, -- Port of the server; 0 for protocols without ports
    answered UInt8, -- 1: in this window the server sent something else than resets or ICMP unreachable
    started UInt32 CODEC(T64, LZ4), -- Conversations whose first record is in this window
    accepted UInt32 CODEC(T64, LZ4), -- Conversations first answered in this window
    refused UInt32 CODEC(T64, LZ4), -- Conversations started here that got resets or unreachables only
    one_way UInt32 CODEC(T64, LZ4), -- Conversations started here that got nothing back
    bytes_in UInt64 CODEC(T64, LZ4), -- Bytes host received, scaled by the sampling rate
    bytes_out UInt64 CODEC(T64, LZ4), -- Bytes host sent, scaled
    packets_in UInt64 CODEC(T64, LZ4), -- Packets host received, scaled
    packets_out UInt64 CODEC(T64, LZ4), -- Packets host sent, scaled
    tcp_flags_or UInt8, -- OR of the TCP flags of both directions
    duration_ms_sum UInt64 CODEC(T64, LZ4), -- Time the conversations took inside the window, summed, ms
    first_seen DateTime64(3, 'UTC') CODEC(T64, LZ4), -- First packet inside the window
    last_seen DateTime64(3, 'UTC') CODEC(T64, LZ4), -- Last packet inside the window
    max_sampling_rate UInt32, -- Highest sampling rate met; 1 is unsampled
    orientation_evidence UInt16, -- Bit set of the kinds of evidence that decided who is the server
    exporters Array(IPv6), -- Only where more than one exporter saw it: the counted one first
    rollup UInt32 CODEC(T64, LZ4), -- Roll-up that wrote the row; rollups says which one counts
    rolled_on Date, -- Day of that roll-up, UTC
    INDEX hour_range hour TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(rolled_on)
ORDER BY (network_id, answered, host, side, protocol, service_port, peer, hour)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Which roll-up of an hour counts: the newest per (network, hour, floor_fold). Written after its rows: this is the switch.
CREATE TABLE IF NOT EXISTS rollups
(
    network_id UInt32, -- Address space
    hour DateTime('UTC'), -- Start of the hour
    floor_fold UInt32, -- 0, or: this roll-up covers only folds above and stands beside the older one, whose aggregates have expired
    rollup UInt32, -- Number of the roll-up, ascending
    fold_to UInt32, -- Newest fold of the hour's windows when it was read: a newer one makes the hour dirty
    rolled_at DateTime('UTC') -- When
)
ENGINE = MergeTree
ORDER BY (network_id, hour, rollup)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Memory of orientation: endpoints above the system ports that were plainly servers. A hint for later folds, never a count.
CREATE TABLE IF NOT EXISTS served_endpoints
(
    network_id UInt32, -- Address space
    hour DateTime('UTC'), -- Start of the hour of traffic it was seen in
    host IPv6, -- The server
    protocol UInt8, -- IP protocol number
    service_port UInt16, -- Its port
    clients UInt32, -- Different clients in the fold that noticed it
    folded_on Date -- Day of that fold, UTC; partitions and retention count from here
)
ENGINE = ReplacingMergeTree(clients)
PARTITION BY folded_on
ORDER BY (network_id, host, protocol, service_port, hour)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Migrations that were applied.
CREATE TABLE IF NOT EXISTS schema_migrations
(
    number UInt32, -- The migration's number
    name String, -- Its name
    applied_at DateTime('UTC') -- When
)
ENGINE = MergeTree
ORDER BY (number)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
