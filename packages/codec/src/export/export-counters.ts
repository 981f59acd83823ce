/** The counters of an export decoder that are there from the start; others appear when they are first counted. */
export function createExportCounters(): Record<string, number> {
  return {
    packets: 0,
    records: 0,
    malformed: 0,
    malformed_too_short: 0,
    malformed_count_lies: 0,
    malformed_trailing_bytes: 0,
    times_clamped: 0,
    unsupported_version_1: 0,
    unsupported_version_7: 0,
    unsupported_version_8: 0,
    options_records: 0,
    records_waiting: 0,
    events_not_flows: 0,
    records_not_flows: 0,
    decoder_steps: 0,
    unknown_version: 0,
    packets_of_unwatched_exporters: 0,
    packets_of_unwatched_engines: 0,
  };
}
